"""The page, the JSON and the workbook of a province: all counties told of, nothing loaded, every text escaped."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from geodata.message_catalogue import LANGUAGES, load_texts
from sweep.province.pages.edition_comparison import comparison_files, differences
from sweep.province.pages.province_json import edition_id, province_json, read_province_edition
from sweep.province.pages.province_numbers import city_figures, next_gains, province_figures
from sweep.province.pages.province_page import province_page
from sweep.province.pages.write_province_edition import province_workbook
from sweep.province.records import ProvinceEdition
from tests.province.pages.small_province import small_province, windows_of

EVIL = '"><img src=x onerror=alert(1)>{{7*7}}'
languages = pytest.mark.parametrize("lang", LANGUAGES)


@languages
def test_every_county_is_on_the_page_with_its_report_or_why_it_has_none(lang: str) -> None:
    page = province_page(small_province(12, lang), load_texts(lang))
    assert re.findall(r'href="(counties/c000/[^"]+)"', page) == [
        "counties/c000/000000000000/report.html",
        "counties/c000/000000000000/report.html",
        "counties/c000/000000000000/map.html",
    ]
    assert [code for code in ("G101", "S305", "S963") if code not in page] == []
    assert "counties/c003/000000000003/violations.csv" in page


def far_apart(lang: str) -> ProvinceEdition:
    """Four counties of .18 degrees in a row, the first of them moved by 15 degrees of longitude and 8 of latitude."""
    edition = small_province(6, lang)
    first = edition.counties[0]
    assert first.plan is not None
    ring = tuple((x + 15.0, y + 8.0) for x, y in first.plan.outline[0])
    moved = replace(first, plan=replace(first.plan, outline=(ring,)))
    return replace(edition, counties=(moved, *edition.counties[1:]))


@languages
def test_counties_far_apart_are_drawn_in_frames_at_one_scale_each_large_enough_to_be_seen(lang: str) -> None:
    page = province_page(far_apart(lang), load_texts(lang))
    frames = re.findall(r'<svg class="map" width="(\d+)" viewBox="0 0 (\d+) (\d+)".*?</svg>', page, re.DOTALL)
    # Three in a row at 35 degrees, .54 x .819, fill 984 pixels; one at 43 degrees, .18 x .731, 293, with 16 of margin.
    assert len(frames) == 2
    assert sorted(int(width) for width, *_ in frames) == [pytest.approx(309, abs=2), 1_000]
    assert load_texts(lang)("province.map_apart") in page
    assert page.count("<figcaption>") == 2


@languages
def test_counties_side_by_side_are_one_map(lang: str) -> None:
    page, texts = province_page(small_province(12, lang), load_texts(lang)), load_texts(lang)
    assert page.count('<svg class="map"') == 1
    assert f'role="group" aria-label="{texts("province.map")}"' in page
    assert "<figcaption>" not in page


@languages
def test_a_window_leads_to_its_page_and_to_each_day_that_is_out(lang: str) -> None:
    page = province_page(windows_of(small_province(12, lang)), load_texts(lang))
    assert re.findall(r'href="(counties/c00[03]/[^"]+)"', page) == [
        "counties/c000/campaign/campaign.html",
        "counties/c003/campaign/campaign.html",
        "counties/c000/campaign/campaign.html",
        "counties/c000/a00000000000/report.html",
        "counties/c000/b00000000000/report.html",
        "counties/c003/campaign/campaign.html",
        "counties/c003/a00000000003/report.html",
        "counties/c003/b00000000003/violations.csv",
    ]
    assert load_texts(lang)("province.unmade.of_one_day") in page


def test_one_team_more_helps_only_where_it_brings_something() -> None:
    # A point of a curve is what a search has found, which may be less than with one team fewer.
    allocation = replace(small_province().allocation, gains={"a": -0.01, "b": 0.2, "c": 0.0, "d": 0.3})
    assert next_gains(allocation) == [("d", 0.3), ("b", 0.2)]


def test_an_edition_of_windows_is_read_as_it_was_written(tmp_path: Path) -> None:
    edition = windows_of(small_province())
    (tmp_path / "province.json").write_text(province_json(edition), encoding="utf-8")
    assert read_province_edition(tmp_path) == edition


def test_no_text_of_a_table_becomes_a_part_of_the_page() -> None:
    edition = small_province(12, evil=EVIL)
    texts = load_texts("en")
    for page in (province_page(edition, texts), comparison_files(edition, edition, texts)["comparison.html"]):
        assert "<img" not in page
        assert "&#34;&gt;&lt;img" in page


def test_the_page_names_no_host_and_lets_nothing_run_but_its_own() -> None:
    page = province_page(small_province(), load_texts("en"))
    assert "default-src 'none'" in page
    assert re.findall(r"(?:https?:)?//[\w.]+", page.replace("http://www.w3.org", "")) == []
    assert " style=" not in page


def test_a_page_of_137_counties_is_below_five_megabytes() -> None:
    assert len(province_page(small_province(137), load_texts("zh_CN")).encode()) < 1_000_000


def test_the_figures_of_cities_add_up_to_those_of_the_province() -> None:
    edition = small_province(20)
    whole, cities = province_figures(edition), city_figures(edition)
    assert whole.n_counties == 20
    assert whole.n_planned == sum(c.n_planned for c in cities) == 18
    assert whole.value == pytest.approx(sum(c.value for c in cities))
    assert whole.low <= whole.high
    # Eighteen counties with 1.0 finds each on average: nine days of ten are about it.
    assert whole.low < 18 < whole.high


def test_an_edition_is_read_as_it_was_written_and_its_id_follows_from_it(tmp_path: Path) -> None:
    edition = small_province()
    (tmp_path / "province.json").write_text(province_json(edition), encoding="utf-8")
    assert read_province_edition(tmp_path) == edition
    assert edition_id(edition) == edition_id(small_province())
    assert edition_id(replace(edition, n_mobile=9)) != edition_id(edition)


@languages
def test_the_workbook_has_a_row_a_county_and_nothing_to_compute(lang: str) -> None:
    edition = small_province(9, lang, evil="=1+1")
    content = province_workbook(edition, load_texts(lang))
    assert content == province_workbook(edition, load_texts(lang))
    book = openpyxl.load_workbook(io.BytesIO(content))
    counties, cities, curves, links = book.worksheets
    assert (counties.max_row, cities.max_row, curves.max_row, links.max_row) == (10, 2, 22, 5)
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}


def test_counties_gained_and_lost_are_told() -> None:
    first = small_province(6)
    counties = list(first.counties)
    lost = replace(counties[0], plan=None, state="at_fault")
    gained = replace(counties[4], plan=counties[1].plan, state="planned")
    second = replace(first, counties=(lost, *counties[1:4], gained, counties[5]))
    assert [(d.county.county.county_id, d.kind) for d in differences(first, second)] == [
        ("c000", "lost"),
        ("c001", "same"),
        ("c002", "same"),
        ("c003", "same"),
        ("c004", "gained"),
    ]
    files = comparison_files(first, second, load_texts("en"))
    assert "Counties gained: 1; lost: 1" in files["comparison.html"]
    assert "c004" in files["comparison.csv"]
