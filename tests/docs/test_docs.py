"""The docs: the site builds strictly with no network, what is generated is current, pictures are small."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from docs.tools.pictures import MOST_BYTES
from tests.paths import ROOT

DOCS = ROOT / "docs"


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
        assert picture.stat().st_size < MOST_BYTES, picture.name
        assert f"images/{picture.name}" in text
