"""The report and the comparison in a browser: their numbers are the plan's, they sort, and everybody can read them."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdf
import pytest
from playwright.sync_api import Page

from geodata.message_catalogue import load_texts
from sweep.publish.orders.print_pdf import find_browser, print_page, print_pdf
from sweep.publish.report.report import report_page
from sweep.publish.studies.compare_page import compare_page
from sweep.publish.write_edition import write_edition
from tests.benchmarks.map.city_day import city_day
from tests.browser.access import serious_faults
from tests.browser.printed import plain
from tests.browser.watched import Watched
from tests.publish.hostile import hostile_edition
from tests.publish.payloads import PAYLOADS
from tests.publish.small_edition import small_edition

pytestmark = pytest.mark.enable_socket  # asyncio makes a pair of them to wake itself; the browser is offline

WIDTHS = pytest.mark.parametrize("width", [390, 1440])
ZH = load_texts("zh_CN")


@dataclass(frozen=True)
class Compared:
    """A comparison on disk, and the two plans that it shows."""

    page: Path
    plans: tuple[dict[str, Any], dict[str, Any]]


def plan_of(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "plan.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def compared(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Compared:
    """The city's plan beside one of two teams."""
    folder = tmp_path_factory.mktemp("compared")
    first = city_day(n_buildings=40, n_streets=112, n_teams=3, n_stops=4)
    second = city_day(n_buildings=40, n_streets=112, n_teams=2, n_stops=3)
    write_edition(second, folder / "second", ZH)
    (folder / "comparison.html").write_text(compare_page([first, second], ZH), encoding="utf-8")
    return Compared(folder / "comparison.html", (plan_of(city), plan_of(folder / "second")))


def figure(page: Page, key: str) -> str:
    return page.locator(f"[data-figure={key}] dd").first.inner_text()


@WIDTHS
def test_the_figures_of_the_report_are_those_of_the_plan(watched: Watched, city: Path, width: int) -> None:
    page, plan = watched.page, plan_of(city)
    watched.open(city / "report.html")
    summary = plan["summary"]
    assert figure(page, "value") == f"{summary['value']:.2f}"
    assert figure(page, "gap") == f"{100 * summary['gap']:.1f}%"
    assert figure(page, "teams") == str(summary["n_teams"] - summary["n_teams_reserve"])
    assert figure(page, "stops") == str(summary["n_stops"])
    assert f"{summary['distance_m'] / 1000:.0f} " in page.locator("[data-figure=minutes]").inner_text()
    assert page.locator("table.unserved tbody tr").count() == summary["n_unserved"]
    watched.check(city / "report.html")


@WIDTHS
def test_the_time_table_has_each_stop_at_its_time(watched: Watched, city: Path, width: int) -> None:
    page, plan = watched.page, plan_of(city)
    watched.open(city / "report.html")
    titles = page.locator("#timeline svg rect title").all_text_contents()
    spans = sorted(" ".join(t.split()[-3:]) for t in titles if "–" in t)
    clock = ZH.clock
    stops = [s for r in plan["routes"] for s in r["stops"]]
    assert spans == sorted(f"{clock(s['start_s'])} – {clock(s['end_s'])}" for s in stops)
    rows = page.locator("#timeline tbody tr").all_inner_texts()
    for route, row in zip(plan["routes"], rows, strict=False):
        assert f"{clock(route['depart_s'])} – {clock(route['return_s'])}" in row


@WIDTHS
def test_the_figures_of_the_comparison_are_those_of_the_plans(watched: Watched, compared: Compared, width: int) -> None:
    page = watched.page
    watched.open(compared.page)

    def shown(key: str) -> list[str]:
        return page.locator(f"tr[data-figure={key}] .shown").all_inner_texts()

    summaries = [plan["summary"] for plan in compared.plans]
    assert shown("value") == [f"{s['value']:.2f}" for s in summaries]
    assert shown("stops") == [str(s["n_stops"]) for s in summaries]
    assert shown("teams") == [str(s["n_teams"] - s["n_teams_reserve"]) for s in summaries]
    assert shown("unserved") == [str(s["n_unserved"]) for s in summaries]
    assert shown("km") == [f"{s['distance_m'] / 1000:.0f}" for s in summaries]
    mine, theirs = ({s["building_id"] for r in p["routes"] for s in r["stops"]} for p in compared.plans)
    kinds = page.locator("table.changes tbody tr")
    assert kinds.count() == len(mine ^ theirs)
    assert page.locator("table.changes tr[data-kind=lost]").count() == len(mine - theirs)
    assert page.locator("svg.sidemap").count() == 2
    watched.check(compared.page)


@WIDTHS
def test_a_table_sorts_by_the_head_that_is_pressed(watched: Watched, city: Path, width: int) -> None:
    page = watched.page
    watched.open(city / "report.html")
    table = page.locator("#clusters table.sortable").first
    head = table.locator("th button").nth(3)

    def column() -> list[float]:
        return [float(t.replace(",", "")) for t in table.locator("tbody tr td:nth-child(4)").all_inner_texts()]

    before = column()
    head.press("Enter")
    assert column() == sorted(before, reverse=True)
    assert table.locator("th[aria-sort=descending]").count() == 1
    head.press("Enter")
    assert column() == sorted(before)
    watched.check(city / "report.html")


@WIDTHS
@pytest.mark.parametrize("name", ["report", "comparison"])
def test_a_page_has_no_serious_fault_of_access_and_is_not_cut(
    watched: Watched, city: Path, compared: Compared, width: int, name: str
) -> None:
    path = compared.page if name == "comparison" else city / "report.html"
    watched.open(path)
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious_faults(watched.page) == []
    watched.shoot(name, full=True)
    # No text of a chart runs out of its picture.
    cut = watched.page.evaluate(
        """() => [...document.querySelectorAll("svg.chart text")].filter(t => {
             const a = t.getBoundingClientRect(), b = t.ownerSVGElement.getBoundingClientRect();
             return a.left < b.left - 2 || a.right > b.right + 2 || a.top < b.top - 2 || a.bottom > b.bottom + 2;
           }).map(t => t.textContent)"""
    )
    assert cut == []
    watched.check(path)


@pytest.mark.parametrize("width", [1440])
@pytest.mark.parametrize("name", ["report", "comparison"])
def test_a_payload_is_text_and_does_not_run(
    watched: Watched, hostile: Path, tmp_path: Path, width: int, name: str
) -> None:
    path = hostile / "report.html"
    if name == "comparison":
        path = tmp_path / "comparison.html"
        path.write_text(compare_page([small_edition(), hostile_edition()], ZH), encoding="utf-8")
    watched.open(path)
    for button in watched.page.locator("th button").all():
        button.press("Enter")
    shown = " ".join(watched.page.locator("body").inner_text().split())
    hidden = [p for p in PAYLOADS[:50] if " ".join(p.split()) not in shown]
    assert hidden == []
    watched.check(path)


@pytest.mark.parametrize("width", [1440])
def test_a_fault_of_access_is_seen(watched: Watched, city: Path, width: int) -> None:
    watched.open(city / "report.html")
    watched.page.evaluate(
        "() => document.querySelector('th button').closest('table').querySelector('button').replaceChildren()"
    )
    assert any(fault.startswith("button-name") for fault in serious_faults(watched.page))


def is_marked(sheet: pypdf.PageObject) -> bool:
    """Whether something on a printed page is drawn with a tenth of its colour, as the draft's mark alone is."""
    states = sheet["/Resources"].get("/ExtGState", {})
    return any(abs(float(state.get_object().get("/ca", 1)) - 0.1) < 1e-6 for state in states.values())


@pytest.mark.usefixtures("browser")
def test_the_drafts_mark_is_on_every_printed_page(city: Path) -> None:
    report = (city / "report.html").read_text(encoding="utf-8")
    orders = [page.read_text(encoding="utf-8") for page in sorted((city / "teams").iterdir())]
    for page in (report, print_page(orders, ZH)):
        sheets = pypdf.PdfReader(io.BytesIO(print_pdf(page, find_browser()))).pages
        assert len(sheets) > 2
        assert [is_marked(sheet) for sheet in sheets] == [True] * len(sheets)


@pytest.mark.parametrize("width", [1440])
@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_two_sheets_carry_the_decision_and_the_rest_begins_on_the_third(
    watched: Watched, width: int, lang: str, tmp_path: Path
) -> None:
    texts, path = load_texts(lang), tmp_path / "report.html"
    edition = city_day(n_buildings=400, n_streets=800, n_teams=12, n_stops=5)
    path.write_text(report_page(edition, texts, "5e" * 32), encoding="utf-8")
    watched.open(path)
    # The verdict is one line: lower than two lines of its text.
    too_low = "e => e.clientHeight < 2 * parseFloat(getComputedStyle(e).lineHeight)"
    assert watched.page.locator(".verdict > p").evaluate(too_low)
    pdf = pypdf.PdfReader(io.BytesIO(watched.page.pdf(prefer_css_page_size=True)))
    sheets = [plain(sheet).replace("\n", "") for sheet in pdf.pages]
    heads = ("report.sites", "report.not", "report.bound", "report.asked")
    first = [next(k for k, text in enumerate(sheets) if texts(key).replace(" ", "") in text) for key in heads]
    assert first == [0, 1, 1, 2]


@WIDTHS
def test_the_first_table_has_each_stop_of_each_team_at_its_hour(watched: Watched, city: Path, width: int) -> None:
    plan = plan_of(city)
    watched.open(city / "report.html")
    rows = watched.page.locator("#sites tbody tr").all()
    assert len(rows) == len(plan["teams"])
    for route, row in zip(plan["routes"], rows, strict=False):
        hours = [text.split()[1] for text in row.locator("li").all_inner_texts()]
        assert hours == [ZH.clock(stop["start_s"]) for stop in route["stops"]]
    marks = watched.page.locator(".first svg.sketch text").all_text_contents()
    expected = {
        f"{letter}{k}" for letter, r in zip("ABC", plan["routes"], strict=True) for k in range(1, 1 + len(r["stops"]))
    }
    assert expected <= set(marks)
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
