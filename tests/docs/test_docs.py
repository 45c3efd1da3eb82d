"""The docs: the site builds strictly with no network, what is generated is current, pictures are small."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from geodata.texts import load_texts
from sweep.cli import app
from sweep.publish.exports.formats import FORMATS
from tests.paths import ROOT

DOCS = ROOT / "docs"


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / "tools" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_the_page_of_errors_is_what_the_catalogue_says(lang: str) -> None:
    errors = tool("errors")
    told = errors.PAGES[lang].read_text(encoding="utf-8")
    assert told == errors.errors_page(load_texts(lang)), "run: uv run python docs/tools/errors.py"


def test_every_fault_is_on_the_page_of_errors() -> None:
    page = (DOCS / "errors.md").read_text(encoding="utf-8")
    codes = {k.split(".")[1] for k in load_texts("en").keys() if re.match(r"issue\.[GS]\d+\.what", k)}  # noqa: SIM118
    assert len(codes) > 150
    assert {code for code in codes if f"| `{code}`" not in page.replace(f'<a id="{code}"></a>', "")} == set()


def test_the_site_builds_strictly_and_names_no_outside_host(tmp_path: Path) -> None:
    # A proxy that nobody listens at: whatever asks a network fails.
    dead = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    environment = {**os.environ, **dead, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > 15
    loads = re.compile(r"""(?:\bsrc|<link[^>]+href)=["']?(?:https?:)?//""")
    assert [p.name for p in pages if loads.search(p.read_text(encoding="utf-8"))] == []


def test_pictures_are_small_and_shown() -> None:
    text = "".join(p.read_text(encoding="utf-8") for p in [ROOT / "README.md", *DOCS.rglob("*.md")])
    pictures = list((DOCS / "images").iterdir())
    assert {p.name for p in pictures} >= {"map.jpg", "report.jpg"}
    for picture in pictures:
        assert picture.stat().st_size < tool("pictures").MOST_BYTES, picture.name
        assert f"images/{picture.name}" in text


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    names = [c.name or (c.callback.__name__ if c.callback else "") for c in app.registered_commands]
    assert len(names) > 10
    assert [n for n in names if f"sweep {n}" not in readme] == []


def test_every_format_is_told() -> None:
    told = (DOCS / "files.md").read_text(encoding="utf-8")
    assert [f for f in FORMATS if f"| `{f}` |" not in told] == []
