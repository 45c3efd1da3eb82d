"""Lanes of the desk: the next stop with its time, and an axis that goes on with the clock."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from geodata.message_catalogue import load_texts
from sweep.board.board_state import Board
from sweep.board.changes.handlers import activate_plan
from sweep.day.journal.journal_entry import Report
from sweep.publish.edition import Edition
from tests.board.asking import Wall, published
from tests.board.windows import sign_in, window
from tests.publish.small_edition import small_edition

pytestmark = pytest.mark.enable_socket
EN = load_texts("en")


def with_two_stops() -> Edition:
    """T2 goes to B3 at 15:00, after B2 from 13:41 to 14:11."""
    edition = small_edition()
    first, second = edition.plan.routes
    later = replace(
        second.stops[0], visit_id="V3", building_id="B3", arrive_s=54_000, start_s=54_000, end_s=55_800, travel_s=600
    )
    routes = (first, replace(second, stops=(*second.stops, later), return_s=56_400))
    names = {"B2": "South Tower", "B3": "Mill House"}
    buildings = {i: replace(b, name=names.get(i, b.name)) for i, b in edition.buildings.items()}
    plan = replace(edition.plan, routes=routes, unserved=())
    return replace(edition, plan_id="d" * 12, plan=plan, buildings=buildings)


def test_a_lane_shows_the_next_stop_with_its_time_while_the_team_is_at_another(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    board, address, wall = day
    activate_plan(board, published(with_two_stops(), board.out).name, "P001")
    desk = sign_in(window(browser, address, 1440), "planner", "en")
    state, coming = (f"#lanes [data-team='T2'] .{part}" for part in ("state", "next"))
    desk.shows(coming, "T2 → South Tower 13:41")
    for kind, clock, now, shown in (
        ("left", 48_900, EN("board.state.left"), "T2 → South Tower 13:41"),
        ("inside", 49_260, "South Tower", "T2 → Mill House 15:00"),
        ("done", 51_060, EN("board.state.done"), "T2 → Mill House 15:00"),
    ):
        wall.set(f"{clock // 3_600:02}:{clock % 3_600 // 60:02}")
        board.live.take([Report(f"P/{kind}", kind, "P", "", clock, {"team_id": "T2", "visit_id": "V2"}, "")])
        desk.shows(state, now)
        expect(desk.page.locator(coming)).to_have_text(shown)
    wall.set("15:00")
    board.live.take([Report("P/last", "inside", "P", "", 54_000, {"team_id": "T2", "visit_id": "V3"}, "")])
    desk.shows(state, "Mill House")
    desk.shows(coming, EN("board.desk.last_stop"))
    assert desk.faults == []
    desk.context.close()


def test_a_long_name_leaves_the_time_of_the_next_stop_in_sight(browser: Browser, day: tuple[Board, str, Wall]) -> None:
    board, address, _ = day
    edition = with_two_stops()
    long = replace(edition.buildings["B2"], name="International Financial Centre, South Tower 2")
    edition = replace(edition, buildings={**edition.buildings, "B2": long})
    activate_plan(board, published(edition, board.out).name, "P001")
    desk = sign_in(window(browser, address, 1440), "planner", "en")
    coming = "#lanes [data-team='T2'] .next"
    desk.shows(coming, "South Tower 2 13:41")
    assert desk.page.locator(coming).evaluate("e => e.scrollWidth <= e.clientWidth")
    desk.context.close()


def test_a_held_team_that_is_overdue_is_as_red_as_any_other(browser: Browser, day: tuple[Board, str, Wall]) -> None:
    board, address, wall = day
    board.live.take([Report("P/h", "held", "P", "", 47_000, {"team_id": "T2", "visit_id": "V2", "until": "14:00"}, "")])
    wall.set("15:30")
    desk = sign_in(window(browser, address, 1440), "planner", "en")
    colours = "() => [...document.querySelectorAll('#lanes .overdue .state')].map((e) => getComputedStyle(e).color)"
    desk.page.locator("#lanes [data-team='T2'].held.overdue").wait_for()
    desk.page.locator("#lanes .overdue:not(.held)").first.wait_for()
    assert len(set(desk.page.evaluate(colours))) == 1
    desk.context.close()


def test_a_reserve_is_on_standby_at_its_base_and_boxes_without_a_line_are_absent(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    board, address, _ = day
    desk = sign_in(window(browser, address, 1440), "planner", "en")
    lane = "#lanes [data-team='T3']"
    desk.shows(f"{lane} .state", EN("board.state.standing_by"))
    expect(desk.page.locator(f"{lane} .next")).to_have_text(f"T3 {board.live.edition.bases['S1'].name}")
    desk.page.click(f"{lane} .who")
    expect(desk.page.locator("#team button[data-report]:visible")).to_have_text([EN("board.kind.home")])
    expect(desk.page.locator("#team label:visible")).to_have_count(0)
    desk.page.keyboard.press("Escape")
    messages = desk.page.locator(".box:has(#messages)")
    expect(messages).to_be_hidden()
    board.live.take([Report("P/m", "message", "P", "", 47_000, {"to": "all", "text": "wait"}, "")])
    expect(messages).to_be_visible(timeout=15_000)
    desk.context.close()


def test_a_team_inside_a_visit_that_the_plan_took_from_it_is_shown_there_and_can_be_reported_done(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    board, address, wall = day
    before = board.plan_id
    for plan_id in (published(with_two_stops(), board.out).name, before):
        activate_plan(board, plan_id, "P001")
    wall.set("14:00")
    board.live.take([Report("P/late", "inside", "P", "", 50_000, {"team_id": "T2", "visit_id": "V3"}, "")])
    desk = sign_in(window(browser, address, 1440), "planner", "en")
    desk.shows("#lanes [data-team='T2'] .state", EN("board.state.inside") + " · ")
    desk.page.click("#lanes [data-team='T2'] .who")
    desk.page.click("#team [data-report=done]")
    desk.shows("#lanes [data-team='T2'] .state", EN("board.state.done"))
    assert board.live.state.stops["T2", "V3"].outcome == "done"
    assert desk.faults == []
    desk.context.close()


@pytest.mark.slow
def test_the_axis_goes_on_with_the_clock_after_the_last_hour_of_the_plan(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    board, address, wall = day
    desk = sign_in(window(browser, address, 1440), "planner", "en")
    hours = desk.page.locator("#axis span")
    assert "19:00" not in hours.all_inner_texts()
    wall.set("19:40")
    board.live.tick()
    expect(hours.filter(has_text="19:00")).to_have_count(1, timeout=15_000)
    share = "[...document.querySelectorAll('#lanes .now')].map((e) => parseFloat(e.style.left))"
    desk.page.wait_for_timeout(1_200)
    assert all(0 <= x <= 100 for x in desk.page.evaluate(share))
    assert desk.faults == []
    desk.context.close()
