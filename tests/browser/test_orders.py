"""Orders in a real browser: on a phone, on paper, under a passphrase."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Locator, Page

from geodata.message_catalogue import load_texts
from geodata.schema import RESULTS
from sweep.jobs.results_intake import accepted_results
from sweep.publish.edition import Edition
from sweep.publish.facts.team_facts import team_facts
from sweep.publish.orders.order_page import order_page
from sweep.publish.orders.print_pdf import find_browser, print_page, print_pdf
from sweep.publish.orders.sealed_page import sealed_order
from sweep.records.check_form_items import ITEMS
from sweep.records.ranking import RankingFacts
from tests.benchmarks.map.city_day import city_day
from tests.browser.access import serious_faults
from tests.browser.printed import plain
from tests.browser.watched import Watched, press
from tests.publish.hostile import hostile_edition
from tests.publish.payloads import PAYLOADS
from tests.publish.small_edition import DAY, VISITS, small_edition

pytestmark = pytest.mark.enable_socket  # asyncio makes a pair of them to wake itself; the browser is offline

WIDTHS = pytest.mark.parametrize("width", [390, 1440])
ZH = load_texts("zh_CN")
# What the form asks after the items.
AFTER = ("unit_state", "n_hazards", "n_hazards_fixed", "n_dens", "is_rectify", "is_closed", "recheck_on")
PASSPHRASE = "QWERT-23456-YUPAS-DFGHJ"  # noqa: S105


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The order with sixty hostile stops, under a passphrase."""
    return seal_first(hostile_edition(), tmp_path_factory.mktemp("sealed"))


@pytest.fixture(scope="module")
def sealed_plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The order of a plain day, four stops, under a passphrase."""
    day = city_day(n_buildings=40, n_streets=112, n_teams=3, n_stops=4)
    return seal_first(day, tmp_path_factory.mktemp("sealed_plain"))


def seal_first(edition: Edition, folder: Path) -> Path:
    """The order of the first team, sealed."""
    team, path = team_facts(edition)[0], folder / "A.sealed.html"
    page = order_page(edition, team, ZH)
    path.write_text(sealed_order(page, edition.plan_id, team, PASSPHRASE, ZH, lambda n: bytes(n)), encoding="utf-8")
    return path


def is_inside(font: pypdf.generic.DictionaryObject) -> bool:
    """Whether the file brings the pictures of the font's signs: drawn (Type 3), or as a font file."""
    if font["/Subtype"] == "/Type3":
        return len(font["/CharProcs"]) > 0
    whole = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
    return bool(whole["/FontDescriptor"].get_object().keys() & {"/FontFile", "/FontFile2", "/FontFile3"})


@WIDTHS
def test_an_order_is_as_wide_as_the_screen(watched: Watched, city: Path, width: int) -> None:
    path = city / "teams" / "T000.html"
    watched.open(path)
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
    assert watched.page.locator(".stop h2").count() == 4
    assert watched.page.locator(".nav a").count() == 4 * 5
    watched.shoot("order", full=True)
    watched.check(path)


@pytest.mark.parametrize("width", [1440])
@pytest.mark.parametrize("name", ["T000", "T001", "T002"])
def test_an_order_of_four_stops_prints_on_one_sheet(watched: Watched, city: Path, width: int, name: str) -> None:
    watched.open(city / "teams" / f"{name}.html")
    printed = pypdf.PdfReader(io.BytesIO(watched.page.pdf(prefer_css_page_size=True)))
    (sheet,) = printed.pages
    # A4 in points.
    assert [round(float(side)) for side in (sheet.mediabox.width, sheet.mediabox.height)] == [595, 842]
    names = watched.page.locator(".stop h2").all_inner_texts()
    text = plain(sheet)
    assert [n for n in names if n not in text] == []


@pytest.mark.parametrize("width", [1440])
@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_four_stops_fit_one_sheet_though_two_are_linked_and_six_officers_go(
    watched: Watched, width: int, lang: str, tmp_path: Path
) -> None:
    day = city_day(n_buildings=40, n_streets=112, n_teams=3, n_stops=4)
    first = team_facts(day)[0]
    linked = {s.visit.visit_id: replace(s.visit, link_group="G") for s in first.stops[:2]}
    more = {f"X{k}": replace(first.members[0], person_id=f"X{k}") for k in range(4)}
    team = replace(first.team, member_ids=(*first.team.member_ids, *more))
    edition = replace(
        day,
        visits={**day.visits, **linked},
        persons={**day.persons, **more},
        plan=replace(day.plan, teams=(team, *day.plan.teams[1:])),
        facts=RankingFacts("rule", 0, 0, "2026-09-15", 0.5),
    )
    path = tmp_path / "order.html"
    path.write_text(order_page(edition, team_facts(edition)[0], load_texts(lang)), encoding="utf-8")
    watched.open(path)
    assert watched.page.locator(".together").count() == 2
    assert watched.page.locator(".person").count() == 9
    assert len(pypdf.PdfReader(io.BytesIO(watched.page.pdf(prefer_css_page_size=True))).pages) == 1


@pytest.mark.slow
@pytest.mark.parametrize("width", [1440])
@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_each_sheet_with_a_form_names_its_columns_though_the_first_stop_has_no_firm(
    watched: Watched, width: int, lang: str, tmp_path: Path
) -> None:
    texts, edition = load_texts(lang), city_day(n_buildings=40, n_streets=112, n_teams=1, n_stops=12)
    team = team_facts(edition)[0]
    first, *others = team.stops
    without = replace(first, visit=replace(first.visit, targets=()))
    path = tmp_path / "order.html"
    path.write_text(order_page(edition, replace(team, stops=(without, *others)), texts), encoding="utf-8")
    watched.open(path)
    pdf = pypdf.PdfReader(io.BytesIO(watched.page.pdf(prefer_css_page_size=True)))
    sheets = [plain(sheet) for sheet in pdf.pages]
    assert len(sheets) > 1
    legend = "".join(f"{k}{texts(f'item.{item}')}" for k, item in enumerate(ITEMS, start=1)).replace(" ", "")
    with_form = [s for s in sheets if any(stop.building.name.replace(" ", "") in s for stop in others)]
    assert len(with_form) > 1
    assert [s for s in with_form if legend not in s.replace("\n", "")] == []


@WIDTHS
def test_a_sealed_order_opens_with_the_passphrase_and_not_without(watched: Watched, sealed: Path, width: int) -> None:
    page = watched.page
    watched.open(sealed)
    message, field, button = page.locator("#told"), page.locator("#passphrase"), page.locator("#lock button")
    button.click()
    assert message.inner_text() == ZH("seal.empty")
    field.fill("QWERT-23456-YUPAS-DFGHK")
    button.click()
    page.get_by_text(ZH("seal.wrong")).wait_for()
    assert page.locator(".stop").count() == 0
    watched.shoot("sealed")
    field.fill(f" {PASSPHRASE} ")
    field.press("Enter")
    page.locator(".stop").first.wait_for()
    assert page.locator(".stop h2").count() == 50
    assert page.locator("#lock").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    watched.shoot("sealed-open")
    page.locator("#again").click()
    page.locator("#lock").wait_for()
    assert page.locator(".stop").count() == 0
    assert watched.faults == []
    assert {r for r in watched.requests if not r.startswith("data:")} == {sealed.as_uri()}


@pytest.mark.parametrize("width", [390])
def test_hostile_texts_of_an_opened_order_are_text(watched: Watched, sealed: Path, width: int) -> None:
    watched.open(sealed)
    watched.page.locator("#passphrase").fill(PASSPHRASE)
    watched.page.locator("#passphrase").press("Enter")
    watched.page.locator(".stop").first.wait_for()
    shown = watched.page.locator(".stop h2").all_text_contents()
    assert shown == list(PAYLOADS[:50])
    assert watched.page.locator("main img, main iframe, main script, main form, main input:not(.fill)").count() == 0
    watched.check(sealed)


@WIDTHS
def test_hostile_texts_of_an_order_are_text(watched: Watched, hostile: Path, width: int) -> None:
    (path,) = (p for p in (hostile / "teams").glob("*.html") if p.stat().st_size > 60_000)
    watched.open(path)
    assert watched.page.locator(".stop h2").all_text_contents() == list(PAYLOADS[:50])
    firms = watched.page.locator("td.firm").all_text_contents()
    assert [p for p in PAYLOADS[:50] if not any(p in firm for firm in firms)] == []
    watched.check(path)


@pytest.mark.slow
@pytest.mark.usefixtures("browser")
def test_all_orders_are_one_pdf_with_the_chinese_fonts_inside(city: Path) -> None:
    pages = [(city / "teams" / f"T00{k}.html").read_text(encoding="utf-8") for k in range(3)]
    pdf = pypdf.PdfReader(io.BytesIO(print_pdf(print_page(pages, ZH), find_browser())))
    assert len(pdf.pages) == 3
    for k, sheet in enumerate(pdf.pages):
        text = plain(sheet)
        assert ZH("order.title") in text
        assert f"T00{k}" in text
        fonts = [font.get_object() for font in sheet["/Resources"]["/Font"].values()]
        assert fonts
        assert [font for font in fonts if not is_inside(font)] == []


@pytest.mark.slow
@WIDTHS
def test_orders_sealed_or_open_keep_nobody_out(watched: Watched, city: Path, sealed_plain: Path, width: int) -> None:
    watched.open(city / "teams" / "T000.html")
    assert serious_faults(watched.page) == []
    watched.open(sealed_plain)
    assert serious_faults(watched.page) == []
    watched.page.locator("#passphrase").fill(PASSPHRASE)
    watched.page.locator("#passphrase").press("Enter")
    watched.page.locator(".stop").first.wait_for()
    assert serious_faults(watched.page) == []


# What `fill_in` does by hand, on a card that it is given.
_FILL = """([row]) => {
  row.querySelectorAll("[data-answer]").forEach((box, k) => {
    for (let n = 0; n <= k % 2; n++) box.querySelector("button").click();
  });
  const filled = [...row.querySelectorAll("[data-count] input, [data-day] input")];
  for (const input of filled) {
    input.value = input.closest("[data-day]") ? "2026-09-30" : "3";
    for (const kind of ["input", "change"]) input.dispatchEvent(new Event(kind, {bubbles: true}));
  }
  for (const state of ["locked", "open"]) row.querySelector(`button[data-state=${state}]`).click();
}"""


def fill_in(row: Locator, *, by_hand: bool) -> dict[str, str]:
    """
    Fill in all that a card asks, the boxes yes and no in turn; column -> value as the file should have it.

    By hand a box is pressed where it is seen; else a script clicks, in a tenth of the time.
    """
    boxes, counts = row.locator("[data-answer]"), row.locator("[data-count]")
    names = boxes.evaluate_all("all => all.map(e => e.dataset.answer)")
    numbers = counts.evaluate_all("all => all.map(e => e.dataset.count)")
    filled = {"unit_state": "open"} | {name: ("yes", "no")[k % 2] for k, name in enumerate(names)}
    filled |= dict.fromkeys(numbers, "3") | {"recheck_on": "2026-09-30"}
    assert filled["is_closed"] == "no", "else the form asks for no day of a second look"
    if not by_hand:
        row.evaluate_all(_FILL)
        return filled
    for k in range(len(names)):
        for _ in range(1 + k % 2):
            press(boxes.nth(k).locator("button"))
    for k in range(len(numbers)):
        counts.nth(k).locator("input").fill("3")
    row.locator("[data-day] input").fill("2026-09-30")
    press(row.locator("button[data-state=locked]"))
    press(row.locator("button[data-state=open]"))
    return filled


def shown(page: Page) -> list[tuple[str, ...]]:
    """What each card shows, in order."""
    values = """all => all.map(e => [
      ...[...e.querySelectorAll("[data-answer]")].map(c => c.dataset.value),
      ...[...e.querySelectorAll("input")].map(c => c.value),
      ...[...e.querySelectorAll("[aria-pressed=true]")].map(c => c.dataset.state),
    ])"""
    return [tuple(card) for card in page.locator("tr[data-visit]").evaluate_all(values)]


# Each pair of a width, a language and a kind of order.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "lang", "is_sealed"),
    [(390, "zh_CN", True), (390, "en", False), (1440, "zh_CN", False), (1440, "en", True)],
)
def test_what_is_ticked_in_an_order_survives_closing_it_and_its_file_is_taken_as_results(
    alone: Watched, width: int, lang: str, is_sealed: bool, tmp_path: Path
) -> None:
    edition, texts, path = small_edition(), load_texts(lang), tmp_path / "A.html"
    team = team_facts(edition)[0]
    order = order_page(edition, team, texts)
    sealed = sealed_order(order, edition.plan_id, team, PASSPHRASE, texts, lambda n: bytes(n))
    path.write_text(sealed if is_sealed else order, encoding="utf-8")

    def open_order() -> None:
        alone.open(path)
        if is_sealed:
            alone.page.locator("#passphrase").fill(PASSPHRASE)
            alone.page.locator("#passphrase").press("Enter")
        alone.page.locator("main.live").wait_for()

    open_order()
    page = alone.page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    filled = [fill_in(row, by_hand=k == 0) for k, row in enumerate(page.locator("tr[data-visit]").all())]
    page.get_by_role("button", name=texts("order.fill.add_unit")).click()
    extra = page.locator("tr[data-visit]").last
    extra.locator("[data-unit]").fill("=1203")
    # Nothing of an inspection is asked of a unit that is not on the list (C32).
    assert extra.locator("[data-answer=licence_displayed], [data-answer=is_rectify]").count() == 0
    extra.locator("[data-answer=closed_door] button").click()
    page.get_by_role("button", name=texts("order.fill.save")).click()
    page.get_by_text(texts("order.fill.missing")).wait_for()
    assert page.locator(".state.missing").count() == 1
    extra.locator("button[data-state=vacant]").click()
    page.get_by_text(texts("order.fill.kept")).wait_for()
    assert serious_faults(page) == []
    before = shown(page)
    alone.shoot(f"order-filled-{lang}", full=True)
    kept = page.evaluate("JSON.stringify(Object.entries(localStorage))")
    assert (VISITS["V1"].targets[0] in kept, "licence_displayed" in kept) == (not is_sealed, not is_sealed)
    alone.page = page.context.new_page()
    page.close()
    # Chromium hands what a page keeps over to its other processes a moment later, on a busy machine after seconds.
    for _ in range(40):
        open_order()
        if shown(alone.page) == before:
            break
        alone.page.wait_for_timeout(500)
    assert shown(alone.page) == before
    with alone.page.expect_download() as download:
        alone.page.get_by_role("button", name=texts("order.fill.save")).click()
    assert download.value.suggested_filename == "results-abc123-A.csv"
    download.value.save_as(tmp_path / "results.csv")
    taken = accepted_results(edition, [tmp_path / "results.csv"], DAY)[0].table
    assert taken["visit_id"].tolist() == ["V1"] * 3 and taken["uscc"].tolist()[:2] == list(VISITS["V1"].targets)
    assert (taken["unit"].iat[2], taken["unit_state"].iat[2], taken["closed_door"].iat[2]) == ("=1203", "vacant", "yes")
    for k, row in enumerate(filled):
        got = {c: taken[c].iat[k] for c in row}
        got = {c: f"{v:%Y-%m-%d}" if c == "recheck_on" else str(v).removesuffix(".0") for c, v in got.items()}
        assert got == row
    assert set(filled[0]) == {c for c in RESULTS.columns if c in (*ITEMS, *AFTER)}
    assert alone.faults == []


# A slow phone: each text takes a tenth of a second to seal, and a second box is ticked meanwhile. Gives how many boxes
# are ticked in the text that was sealed last when the page first says that it is kept.
_TICK_WHILE_SEALING = """async () => {
    const seal = crypto.subtle.encrypt.bind(crypto.subtle), pause = (ms) => new Promise((done) => setTimeout(done, ms));
    let last = "";
    crypto.subtle.encrypt = async (how, key, text) => {
        await pause(100);
        last = new TextDecoder().decode(text);
        return seal(how, key, text);
    };
    const status = document.querySelector("[role=status]"), boxes = document.querySelectorAll("[data-answer] button");
    const told = new Promise((done) => new MutationObserver(() => done(last)).observe(status, { childList: true }));
    boxes[0].click();
    await pause(50);
    boxes[1].click();
    return [(await told).split('"yes"').length - 1, status.textContent];
}"""


@pytest.mark.parametrize("width", [390])
def test_ticks_are_said_to_be_kept_once_the_last_of_them_is(alone: Watched, width: int, tmp_path: Path) -> None:
    edition, path, page = small_edition(), tmp_path / "A.html", alone.page
    team = team_facts(edition)[0]
    sealed = sealed_order(order_page(edition, team, ZH), edition.plan_id, team, PASSPHRASE, ZH, lambda n: bytes(n))
    path.write_text(sealed, encoding="utf-8")
    alone.open(path)
    page.locator("#passphrase").fill(PASSPHRASE)
    page.locator("#passphrase").press("Enter")
    page.locator("main.live").wait_for()
    assert page.evaluate(_TICK_WHILE_SEALING) == [2, ZH("order.fill.kept")]


@pytest.mark.parametrize("width", [390])
def test_an_order_that_is_cleared_forgets_and_one_of_another_plan_never_knew(
    alone: Watched, width: int, tmp_path: Path
) -> None:
    edition, path, other = small_edition(), tmp_path / "A.html", tmp_path / "B.html"
    path.write_text(order_page(edition, team_facts(edition)[0], ZH), encoding="utf-8")
    later = replace(edition, plan_id="later")
    other.write_text(order_page(later, team_facts(later)[0], ZH), encoding="utf-8")
    page = alone.page
    alone.open(path)
    page.locator("[data-answer] button").first.click()
    page.get_by_text(ZH("order.fill.kept")).wait_for()
    alone.open(other)
    assert page.locator("[data-value=yes]").count() == 0
    alone.open(path)
    assert page.locator("[data-value=yes]").count() == 1
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name=ZH("order.fill.clear")).click()
    page.locator("main.live [data-value='']").first.wait_for()
    alone.open(path)
    assert page.locator("[data-value=yes]").count() == 0
