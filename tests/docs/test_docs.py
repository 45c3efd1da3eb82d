"""The docs: the site builds strictly with no network, what is generated is current, pictures are small."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.tools.pictures import MOST_BYTES
from tests.paths import ROOT

DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built strictly: a link or an anchor that leads nowhere stops it."""
    target = tmp_path_factory.mktemp("site")
    # A proxy that nobody listens at: whatever asks a network fails.
    dead = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(target)]
    environment = {**os.environ, **dead, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
    return target


def test_the_site_builds_strictly_and_names_no_outside_host(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 15
    loads = re.compile(r"""(?:\bsrc|<link[^>]+href)=["']?(?:https?:)?//""")
    assert [p.name for p in pages if loads.search(p.read_text(encoding="utf-8"))] == []


def test_the_list_for_programs_has_every_page_with_what_it_is_about(site: Path) -> None:
    text = (site / "llms.txt").read_text(encoding="utf-8")
    assert text.startswith("# sweep\n\n> Joint inspections of office buildings, planned offline\n\n## ")
    lines = re.findall(r"^- \[(.+)\]\((\S+)\): (.+)$", text, re.MULTILINE)
    assert len(lines) == len(re.findall(r"^- ", text, re.MULTILINE))
    sources = {p.relative_to(DOCS).with_suffix("").as_posix() for p in (*DOCS.glob("*.md"), *DOCS.glob("zh/*.md"))}
    assert {path.removesuffix(".html") for _, path, _ in lines} == sources
    assert all((site / path).is_file() for _, path, _ in lines)
    # The first sentence is one of the page's own, without its marks.
    assert {path: about for _, path, about in lines}["limits.html"] == (
        "Sizes that were tested, what it does not do, and when a spreadsheet is enough."
    )


LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")), ids=lambda page: page.name)
def test_each_link_of_a_page_outside_the_site_leads_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert links or page.name == "CONTRIBUTING.md"
    for link in links:
        path, _, anchor = link.partition("#")
        if "://" in link:
            assert page.name == "CHANGELOG.md", link
            continue
        target = (page.parent / path) if path else page
        assert target.is_file(), link
        if anchor:
            assert anchor in anchors(target), link


def anchors(page: Path) -> set[str]:
    """Of headings, as GitHub makes them, and those set by hand."""
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)">', text))


def test_pictures_are_small_and_shown() -> None:
    text = "".join(p.read_text(encoding="utf-8") for p in [ROOT / "README.md", *DOCS.rglob("*.md")])
    pictures = list((DOCS / "images").iterdir())
    assert {p.name for p in pictures} >= {"map.jpg", "report.jpg"}
    for picture in pictures:
        assert picture.stat().st_size < MOST_BYTES, picture.name
        assert f"images/{picture.name}" in text
