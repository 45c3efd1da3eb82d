"""Chinese pages and workbooks of a plan: no half-width punctuation beside Chinese signs, no bare keys."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from geodata.message_catalogue import load_texts
from sweep.publish.exports.export_formats import export_plan
from sweep.publish.handouts.handout_contents import handout_files
from sweep.publish.studies.compare_page import compare_page
from sweep.publish.studies.whatif_page import GridPoint, curves_of, whatif_page
from sweep.publish.write_edition import write_edition
from tests.chinese_marks import half_width, shown
from tests.paths import ROOT
from tests.publish.small_edition import small_edition

ZH = load_texts("zh_CN")


def pages(folder: Path) -> Iterator[tuple[str, str]]:
    """Name and HTML of every page that a plan is shown on."""
    edition = small_edition()
    write_edition(edition, folder, ZH)
    for path in sorted(folder.rglob("*.html")):
        yield path.name, path.read_text(encoding="utf-8")
    yield "brief", handout_files(edition, "market_regulation", ZH, None)["brief.html"].decode("utf-8")
    yield "compare", compare_page([edition, edition], ZH)
    yield "whatif", what_if()


def what_if() -> str:
    grid = [{"teams.n_teams": n, "plan.speed_kmh": d} for n in ("4", "6", "8") for d in ("20", "25")]
    points = [GridPoint(values, 6, 1.0, 1.0, 9, 9, 9, 9, 9, 9, (), is_warm=False) for values in grid]
    return whatif_page("x", curves_of(points), ZH)


def test_pages_have_full_width_marks(tmp_path: Path) -> None:
    found = {
        (name, words): marks
        for name, page in pages(tmp_path / "e")
        for words in shown(page).split("\n\n")
        if (marks := half_width(words))
    }
    assert found == {}


def test_the_workbook_has_full_width_marks() -> None:
    book = openpyxl.load_workbook(io.BytesIO(export_plan(small_edition(), "xlsx", ZH).content))
    cells = [str(c) for sheet in book for row in sheet.iter_rows(values_only=True) for c in row if c is not None]
    assert len(cells) > 100
    assert {cell: marks for cell in cells if (marks := half_width(cell))} == {}


@pytest.mark.parametrize("name", ["检查组数（teams.n_teams）", "直线行驶时速（plan.speed_kmh） = 20"])
def test_a_what_if_names_what_its_keys_set(name: str) -> None:
    assert name in what_if()


PAGES = sorted([*(ROOT / "docs/zh").glob("*.md"), ROOT / "README.zh.md"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_chinese_pages_of_the_docs_have_full_width_marks(page: Path) -> None:
    assert half_width(page.read_text(encoding="utf-8")) == []
