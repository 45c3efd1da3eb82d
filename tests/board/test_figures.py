"""Each figure that stands on two pages is the same there: of a plan, and of a changed day."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from geodata.message_catalogue import Texts, load_texts
from sweep.board.board_state import Board
from sweep.board.desk.desk_json import figures, plan_view
from sweep.day.journal.day_state import DayState, StopState
from sweep.publish.edition import Edition
from sweep.publish.handouts.handout_contents import market_brief
from sweep.publish.map.map_page import map_page
from sweep.publish.report.report import report_page
from sweep.publish.studies.compare_page import compare_page
from sweep.records.plan import Route, Stop, Unserved
from tests.board.asking import Wall
from tests.board.stubs import Planner
from tests.board.windows import sign_in, window
from tests.publish.small_edition import PLAN_SHA256, at_a_locked_door, small_edition
from tests.seeds import over_seeds

EN = load_texts("en")


def random_edition(seed: int) -> Edition:
    """Two to five teams with no, one or two stops; some doors are found locked, and some of those are tried again."""
    chance, own = random.Random(seed), small_edition()
    pattern, building = own.visits["V1"], own.buildings["B1"]
    visits, buildings, routes = {}, dict(own.buildings), []
    teams = tuple(replace(own.plan.teams[0], team_id=f"T{k}", is_reserve=chance.random() < 0.2) for k in range(5))
    served: set[str] = set()
    for team in teams[: chance.randint(2, 5)]:
        stops: list[Stop] = []
        for k in range(0 if team.is_reserve else chance.choice((0, 1, 1, 2))):
            ids = f"{team.team_id}V{k}", f"{team.team_id}B{k}"
            value = round(chance.uniform(0.05, 0.6), 3)
            visits[ids[0]] = replace(
                pattern, visit_id=ids[0], building_id=ids[1], value=value, n_firms=chance.randint(1, 30)
            )
            buildings[ids[1]] = replace(building, building_id=ids[1], lon=building.lon + chance.uniform(0, 0.01))
            start_s = 49_200 + 6_000 * k
            stop = Stop(ids[0], 0, ids[1], 300, 1_500, start_s, start_s, start_s + 1_800)
            fate = chance.choice(("made", "made", "locked", "again"))
            if fate != "made":
                stops.append(replace(stop, is_attempt=True, end_s=start_s + 300))
            if fate != "locked":
                later_s = start_s + (2_400 if fate == "again" else 0)
                stops.append(replace(stop, arrive_s=later_s, start_s=later_s, end_s=later_s + 1_800))
                served.add(ids[0])
        if not team.is_reserve:
            end_s = stops[-1].end_s if stops else 48_900
            routes.append(Route(team.team_id, 48_900, tuple(stops), 300, 1_500, end_s + 300))
    # The sum over the visits that are made, which no page is asked for here.
    value = sum(v.value for v in visits.values() if v.visit_id in served)
    shut = (Unserved(i, v.building_id, own.plan.unserved[0].reasons) for i, v in visits.items() if i not in served)
    plan = replace(own.plan, teams=teams, routes=tuple(routes), value=value, unserved=tuple(shut))
    lines = {r.team_id: () for r in routes}
    return replace(own, plan=plan, visits=visits, buildings=buildings, route_lines=lines, clusters=())


def shown(edition: Edition, texts: Texts) -> Iterator[tuple[str, str, str]]:
    """Figure, page, and the figure as that page shows it."""
    for page, text in (
        ("report", report_page(edition, texts, PLAN_SHA256)),
        ("compare", compare_page([edition, edition], texts)),
    ):
        for key, content in re.findall(r'data-figure="(\w+)"[^>]*>(.*?)</(?:div|tr)>', text, re.DOTALL):
            cells = re.findall(r'<dd>(.*?)</dd>|<span class="shown">(.*?)</span>', content)
            # The report shows what share of the leads is reached, and in its note how many.
            yield ("share of leads" if (page, key) == ("report", "leads") else key), page, cells[0][0] or cells[0][1]
            if page == "report":
                for name, number in in_sentence(f"report.figure.{key}_note", cells[1][0], texts).items():
                    yield name.replace("reached", "leads"), f"{page} note", number
    board = figures(edition, DayState(), {})
    yield "value", "board", f"{board['value'][1]:.2f}"
    yield "doors", "board", str(board["firms"][1])
    yield "visits", "board", str(board["planned"])
    yield "visits", "board, parts", str(board["done"] + board["left"])
    out = [bool(t["stops"]) for t in plan_view(edition)["teams"]]
    yield "teams", "board", str(out.count(True))
    yield "reserve", "board", str(out.count(False))
    sentences = (("brief.text", market_brief(edition, texts)), ("map.facts", map_page(edition, texts)))
    for key, text in sentences:
        for name, number in in_sentence(key, text, texts).items():
            yield name.replace("finds", "value"), key, number


def in_sentence(key: str, text: str, texts: Texts) -> dict[str, str]:
    """The numbers that a sentence of the catalogue names, as a page has them."""
    if key not in texts:
        return {}
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[\\d.,]+|—)", re.escape(texts.raw(key)))
    found = re.search(pattern, text)
    return found.groupdict() if found else {}


def differences(edition: Edition) -> dict[str, dict[str, str]]:
    by_figure: dict[str, dict[str, str]] = defaultdict(dict)
    for key, page, number in shown(edition, EN):
        by_figure[key][page] = number
    named = {key: set(pages) for key, pages in by_figure.items()}
    assert named["value"] >= {"board", "compare", "report", "map.facts"}
    assert named["teams"] >= {"board", "compare", "report", "map.facts", "brief.text"}
    assert named["buildings"] >= {"compare", "report note", "brief.text"}
    assert named["visits"] >= {"board", "report note"}
    assert named["doors"] >= {"board", "compare", "report note"}
    return {key: pages for key, pages in by_figure.items() if len(set(pages.values())) > 1}


@pytest.mark.parametrize("edition", [small_edition(), at_a_locked_door()], ids=["plan", "changed day"])
def test_each_figure_of_a_plan_is_the_same_on_all_its_pages(edition: Edition) -> None:
    assert differences(edition) == {}


@over_seeds(range(50), n_fast=4)
def test_each_figure_of_a_random_plan_is_the_same_on_all_its_pages(seed: int) -> None:
    assert differences(random_edition(seed)) == {}


def test_a_visit_given_up_at_a_locked_door_is_closed_and_not_planned() -> None:
    # V1 is left and worth 0.5; V2, worth 0.2, was given up.
    board = figures(at_a_locked_door(), DayState(), {})
    assert {k: board[k] for k in ("planned", "left", "done", "shut", "value")} == {
        "planned": 1,
        "left": 1,
        "done": 0,
        "shut": 1,
        "value": [0, 0.5],
    }
    done = DayState(stops={("T/1", "V1"): StopState("T/1", "V1", outcome="done", done_s=51_000)})
    board = figures(at_a_locked_door(), done, {})
    assert [board[k] for k in ("planned", "left", "done", "shut")] == [1, 0, 1, 1]


def test_a_visit_that_the_plan_gave_up_and_that_is_done_all_the_same_is_none_of_those_that_it_makes() -> None:
    done = DayState(stops={("T2", "V2"): StopState("T2", "V2", outcome="done", done_s=51_000)})
    board = figures(at_a_locked_door(), done, {})
    assert [board[k] for k in ("planned", "left", "done", "shut", "value")] == [1, 1, 0, 1, [0, 0.5]]


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("value", "kept", "said"),
    [(0.9, 0.51, "is 0.39 above that of the old routes (0.90 instead of 0.51"), (0.5, 0.5, "No gain")],
    ids=["better", "same"],
)
def test_the_summary_of_a_change_says_whether_it_is_good_in_what_unit_and_against_what(
    browser: Browser, day: tuple[Board, str, Wall], value: float, kept: float, said: str
) -> None:
    board, address, _ = day
    planner = board.planner
    assert isinstance(planner, Planner)
    planner.value, planner.kept = value, kept
    desk = sign_in(window(browser, address, 1440), "planner", "en")
    desk.page.keyboard.press("n")
    desk.shows("#diff-told", said)
    # The objective of the active plan.
    expect(desk.page.locator("#diff-told")).to_contain_text("0.70")
    assert desk.faults == []
    desk.context.close()
