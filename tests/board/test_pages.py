"""The pages of a board in a real browser: open to all readers, and to those who have a keyboard alone."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from sweep.board.board_state import Board
from sweep.board.phone.phone_reports import take_batch
from sweep.day.journal.journal_entry import Report
from sweep.day.journal.report_kinds import plain_text
from sweep.publish.facts.team_facts import team_facts
from tests.board.asking import PHRASE, Wall
from tests.board.windows import enrol, sign_in, window
from tests.browser.access import serious_faults
from tests.publish.payloads import PAYLOADS

pytestmark = pytest.mark.enable_socket


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "lang"), [(390, "zh-CN"), (1440, "en")])
def test_pages_are_open_to_all_readers(
    browser: Browser, day: tuple[Board, str, Wall], width: int, lang: str, scheme: Literal["light", "dark"]
) -> None:
    board, address, _ = day
    desk = sign_in(window(browser, address, width, scheme), "planner", lang)
    for path in ("", "?big", "evening", "editions", "phones", "journal"):
        desk.page.goto(f"{address}/{path}")
        if path in ("", "?big"):
            desk.page.locator("body[data-drawn]").wait_for(state="attached")
        assert serious_faults(desk.page) == [], path
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= width, path
        desk.shoot(f"{path or 'board'}-{lang}-{scheme}")
    phone = enrol(window(browser, address, width, scheme), board, "T2")
    phone.choose(lang)
    phone.page.locator("#steps").wait_for(state="visible")
    assert serious_faults(phone.page) == []
    phone.shoot(f"phone-{lang}-{scheme}")
    # The board after a restart is drawn from the same journal.
    lanes = "document.getElementById('lanes').textContent"
    desk.page.goto(address)
    desk.page.locator("body[data-drawn]").wait_for(state="attached")
    before = desk.page.evaluate(lanes)
    board.live.start()
    desk.page.reload()
    desk.page.locator("body[data-drawn]").wait_for(state="attached")
    assert desk.page.evaluate(lanes) == before
    assert desk.faults == phone.faults == []
    desk.context.close()
    phone.context.close()


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_all_of_each_row_of_phones_is_on_a_narrow_screen(
    browser: Browser, day: tuple[Board, str, Wall], lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    board, address, _ = day
    # A base of a name of usual length, and phones to revoke in each team.
    named = [replace(t, base=replace(t.base, name="蝶桐大道市场监督管理所")) for t in team_facts(board.live.edition)]
    monkeypatch.setattr("sweep.board.pages.sign_in.team_facts", lambda _edition: named)
    for team in named:
        board.enrolments.issue(team.team.team_id)
    desk = sign_in(window(browser, address, 390), "planner", lang)
    desk.page.goto(f"{address}/phones")
    assert desk.page.locator(".scroll").evaluate("e => e.scrollWidth - e.clientWidth") == 0
    assert desk.page.locator(".inline button").count() == 2 * len(named)
    desk.shoot(f"phones-{lang}")
    desk.context.close()


def test_a_phone_keeps_nothing_of_days_before_but_what_was_never_sent(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    board, address, _ = day
    phone = enrol(window(browser, address, 390), board, "T2")
    leave = """async ([name, reports, typed]) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("queue", { keyPath: "seq", autoIncrement: true });
        request.result.createObjectStore("kept").put(typed, "typed");
      };
      await new Promise((done) => { request.onsuccess = done; });
      const work = request.result.transaction("queue", "readwrite");
      for (const text of reports) work.objectStore("queue").add({ text });
      await new Promise((done) => { work.oncomplete = done; });
      request.result.close();
    }"""
    for name, reports, typed in (
        ("sweep 2026-09-14 T2", [], {}),
        ("sweep 2026-09-15 small T2", [], {"V2": {"+0": {"sent": True}}}),
        ("sweep 2026-09-15 small T3", ["{}"], {}),
        ("sweep 2026-09-15 small T4", [], {"V2": {"+0": {"sent": False}}}),
        ("sweep 2026-09-16 other T2", [], {}),
        ("another", [], {}),
    ):
        phone.page.evaluate(leave, [name, reports, typed])
    phone.open("phone/")
    left = """async () => {
      for (let k = 0; k < 50; k++) {
        const names = (await indexedDB.databases()).map((d) => d.name).sort();
        if (names.length <= 4) return names;
        await new Promise((done) => setTimeout(done, 100));
      }
    }"""
    assert phone.page.evaluate(left) == [
        "another",
        "sweep 2026-09-15 small T3",
        "sweep 2026-09-15 small T4",
        "sweep 2026-09-16 small T2",
    ]
    assert phone.faults == []
    phone.context.close()


@pytest.mark.slow
def test_sixty_payloads_run_in_no_page(browser: Browser, day: tuple[Board, str, Wall]) -> None:
    board, address, wall = day
    wall.set("13:45")
    typed = [("message", {"to": "desk", "text": p}) for p in PAYLOADS]
    for k, payload in enumerate(PAYLOADS):
        answers = {"unit_state": "open", "remark": payload[:200]}
        typed.append(("form", {"visit_id": "V1", "row": f"+{k}", "unit": payload[:60], "answers": answers}))
    reports = [{"seq": k + 1, "text": json.dumps({"kind": i, "body": b, "t": 1})} for k, (i, b) in enumerate(typed)]
    take_batch(board, "T/1", {"device": "0" * 16, "sent": 2, "first": 1, "reports": reports})
    lead = {"lead_type": "goip", "building_id": "B1"}
    said = [("lead", {**lead, "lead_id": p[:120]}) for p in PAYLOADS]
    said += [("message", {"to": "all", "text": p}) for p in PAYLOADS]
    board.live.take([Report(f"said:{k}", i, PAYLOADS[0], "", 49_500, b, str(k)) for k, (i, b) in enumerate(said)])
    desk = sign_in(window(browser, address, 1440), "planner", "en")
    phone = enrol(window(browser, address, 390), board, "T2")
    desk.shows("#messages", "onmouseover")
    phone.shows("#talk", "onmouseover")
    for path in ("", "evening", "journal", "editions", "phones"):
        desk.page.goto(f"{address}/{path}")
        desk.page.wait_for_load_state("networkidle") if path else desk.shows("#leads", "onmouseover")
        assert desk.page.evaluate("window.__xss") is None, path
    assert len(board.live.state.leads) == len(set(PAYLOADS))
    sent = [m.text for m in board.live.state.messages.values()][: len(PAYLOADS)]
    assert sent == [plain_text(p) for p in PAYLOADS]
    for seen in (desk, phone):
        assert (seen.page.evaluate("window.__xss"), seen.faults) == (None, [])
        assert seen.hosts <= {address.removeprefix("http://"), "data"}
        seen.context.close()


@pytest.mark.slow
def test_the_desk_is_kept_by_the_keyboard_alone(browser: Browser, day: tuple[Board, str, Wall]) -> None:
    board, address, wall = day
    wall.set("13:35")
    desk = window(browser, address, 1440)
    page, keys = desk.page, desk.page.keyboard
    page.goto(f"{address}/login")
    desk.choose("en")
    expect(page.locator("#name")).to_be_focused()
    keys.type("planner")
    keys.press("Tab")
    keys.type(PHRASE)
    keys.press("Enter")
    page.locator("body[data-drawn]").wait_for(state="attached")
    press_at(page, "#lanes [data-team='T2'] .who")
    press_at(page, "[data-report=left]")
    desk.shows("#lanes [data-team='T2'] .state", "en route")
    # Who has closed a dialog goes on where they were.
    expect(page.locator("#lanes [data-team='T2'] .who")).to_be_focused()
    keys.press("l")
    keys.type("L0912")
    tab_to(page, "[name=building_id]")
    keys.type("B1")
    keys.press("Enter")
    desk.shows("#leads li", "T/1 is there at 13:40")
    expect(page.locator("dialog[open]")).to_have_count(0)
    keys.press("e")
    tab_to(page, "[name=until]")
    # Enter notes what was typed, as the button does.
    keys.type("1450PM")
    keys.press("Enter")
    desk.shows("#events li", "team held")
    expect(page.locator("dialog[open]")).to_have_count(0)
    press_at(page, "#lanes [data-team='T2'] .who")
    tab_to(page, "[name=until]")
    keys.press("Enter")
    # Which of its reports is meant it does not say.
    expect(page.locator("dialog#team[open]")).to_have_count(1)
    keys.press("Escape")
    keys.press("e")
    keys.type("den")
    tab_to(page, "[name=until]")
    keys.type("0310PM")
    press_at(page, "[data-do=event]")
    desk.shows("#figures", "1finds")
    expect(page.locator("dialog[open]")).to_have_count(0)
    # The last event is the first in the list; whatever comes in meanwhile, the button keeps the focus.
    tab_to(page, "#events li button")
    page.evaluate("document.body.dataset.drawn = ''")
    board.live.tick()
    page.locator("body[data-drawn]:not([data-drawn=''])").wait_for(state="attached")
    keys.press("Enter")
    expect(page.locator("#events li")).to_have_count(1)
    keys.press("m")
    tab_to(page, "[name=text]")
    keys.type("come back")
    press_at(page, "[data-do=say]")
    desk.shows("#messages li", "come back")
    expect(page.locator("dialog[open]")).to_have_count(0)
    keys.press("n")
    desk.shows("#diff tbody", "other time")
    press_at(page, "#apply")
    expect(page.locator("#diff")).not_to_be_visible(timeout=15_000)
    press_at(page, "a[href='/evening']")
    desk.shows("h1", "Results")
    kinds = ["edition", "left", "lead", "event", "event", "found", "withdrawn", "message", "edition"]
    assert [e.kind for e in board.live.journal.entries] == kinds
    assert desk.faults == []
    desk.context.close()


def test_a_team_that_stays_overdue_is_so_since_its_new_time(browser: Browser, day: tuple[Board, str, Wall]) -> None:
    board, address, wall = day
    wall.set("15:30")
    desk = sign_in(window(browser, address, 1440), "planner", "en")
    # It should have left its base at 13:35; so much later it is overdue.
    for grace_s, at in ((900, "13:50"), (1_800, "14:05")):
        board.live.grace_s = grace_s
        board.live.tick()
        desk.shows("#lanes [data-team='T2'] .state", at)
    desk.context.close()


def tab_to(page: Page, selector: str) -> None:
    """Go on by Tab to what a selector matches; whatever has the focus on the way shows it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        bare = page.evaluate("""() => {
          const at = document.activeElement;
          return at !== document.body && getComputedStyle(at).outlineStyle === "none" ? at.outerHTML.slice(0, 200) : "";
        }""")
        assert bare == ""
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is reached by no key")


def press_at(page: Page, selector: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Enter")


def test_single_key_shortcuts_are_switched_off_and_stay_so(browser: Browser, day: tuple[Board, str, Wall]) -> None:
    _, address, _ = day
    desk = sign_in(window(browser, address, 1440), "planner", "en")
    for is_on in (True, False):
        expect(desk.page.locator("#keys")).to_have_attribute("aria-pressed", str(is_on).lower())
        desk.page.keyboard.press("m")
        assert desk.page.locator("dialog#say").is_visible() is is_on
        if is_on:
            desk.page.keyboard.press("Escape")
            desk.page.click("#keys")
            desk.page.reload()
            desk.page.locator("body[data-drawn]").wait_for(state="attached")
    assert desk.faults == []
    desk.context.close()


@pytest.mark.slow
def test_desk_and_phone_are_dark_at_night_and_read_as_well(browser: Browser, day: tuple[Board, str, Wall]) -> None:
    board, address, _ = day
    desk = sign_in(window(browser, address, 1440, "dark"), "planner", "en")
    phone = enrol(window(browser, address, 390, "dark"), board, "T2")
    for seen in (desk, phone):
        paper = seen.page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
        assert max(paper) < 64
        assert serious_faults(seen.page) == []
        assert seen.faults == []
        seen.context.close()


def test_on_a_big_screen_everything_grows_and_nothing_leads_elsewhere(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    _, address, _ = day
    desk = sign_in(window(browser, address, 1920), "planner", "en")
    # Sizes of all texts in sight, by tag and classes of the element and its parent.
    sizes = """() => Object.fromEntries([...document.querySelectorAll(".bar > *, main :not(.hidden)")]
      .filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
      .map((e) => [[e.parentElement, e].map((x) => x.tagName + "." + x.className).join(" "),
                   parseFloat(getComputedStyle(e).fontSize)]))"""
    usual = desk.page.evaluate(sizes)
    desk.page.goto(f"{address}/?big")
    desk.page.locator("body[data-drawn]").wait_for(state="attached")
    desk.shows(".leaflet-tooltip.team", "A")
    big = desk.page.evaluate(sizes)
    assert len(big.keys() & usual.keys()) >= 15
    assert {name: (own, big[name]) for name, own in usual.items() if name in big and big[name] < 1.4 * own} == {}
    assert desk.page.locator(".bar nav, .bar form").count() == 0
    assert [a.get_attribute("href") for a in desk.page.locator(".bar a").all()] == ["/"]
    assert desk.faults == []
    desk.context.close()
