"""Names in place of ids wherever a person reads: differences, events, the edit page, phones, journal, results."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from geodata.message_catalogue import load_texts
from sweep.board.board_state import Board
from sweep.publish.facts.names_and_reasons import breach_text, names_by_id
from sweep.records.plan import Violation
from tests.board.asking import Asker, Wall, board_of, published, with_people
from tests.board.stubs import Planner, change
from tests.board.windows import sign_in, window
from tests.publish.small_edition import small_edition

USCC = "91370102MA30000450"
EN = load_texts("en")


@pytest.fixture
def named(tmp_path: Path, wall: Wall) -> Iterator[Board]:
    """A board whose buildings, base and firms have plain names."""
    own = small_edition()
    names = {"B1": "North Tower", "B2": "South Tower", "B3": "Mill House"}
    buildings = {i: replace(b, name=names[i]) for i, b in own.buildings.items()}
    firms = {u: replace(f, name=f"Firm {k}") for k, (u, f) in enumerate(own.firms.items())}
    bases = {i: replace(b, name="Station") for i, b in own.bases.items()}
    edition = replace(own, plan_id="abc123abc123", buildings=buildings, firms=firms, bases=bases)
    with board_of(published(edition, tmp_path / "out"), wall) as board:
        yield with_people(board)


def said(board: Board, n: int, kind: str, **body: object) -> None:
    desk = Asker(board).sign_in("planner")
    assert desk.send("/desk/reports", {"id": f"said-{n:04}", "kind": kind, "body": body}).status == 200


def text_of(board: Board, path: str, who: str = "planner") -> str:
    asker = Asker(board).sign_in(who)
    asker.cookies["sweep_lang"] = "en"
    return html.unescape(re.sub(r"<[^>]+>", " ", asker.get(path).text))


def test_events_are_told_by_names(named: Board) -> None:
    events = (
        {"type": "held", "team_id": "T2", "until": "14:50"},
        {"type": "ill", "person_id": "T2P1"},
        {"type": "closed", "from_id": "S1", "to_id": "B2", "minutes": 20},
        {"type": "urgent", "visit_id": "U-B3", "building_id": "B3"},
        {"type": "locked", "visit_id": "V1"},
    )
    for n, event in enumerate(events):
        said(named, n, "event", event=event)
    assert [e["about"] for e in named.live.changes_since(0)["events"]] == [
        ["B T2", "14:50"],
        ["T2P1 (B T2)"],
        ["Station", "South Tower", "20 min"],
        ["Mill House"],
        ["North Tower"],
    ]


@pytest.mark.parametrize(
    ("breach", "said"),
    [
        (Violation("P02", "T2 V2", {"detail": "17:38:47"}), "B T2 South Tower"),
        (Violation("C01", "T2", {"detail": "police 2 < 6"}), "(Police 2 < 6)"),
        (Violation("C22", "L1", {"detail": "B1, > 12:27"}), "(North Tower, > 12:27)"),
        (Violation("C12", "T2 V2", {"detail": "370102 != 370103"}), "(Lixia != Shizhong)"),
        (Violation("C16", "X1", {"detail": "V1, V2"}), "North Tower + South Tower"),
    ],
)
def test_a_breach_of_a_plan_names_team_building_authority_and_district(
    named: Board, breach: Violation, said: str
) -> None:
    assert said in breach_text(named.live.edition, breach, EN)


def test_phones_are_listed_by_letter_and_base_and_all_codes_are_on_one_sheet(named: Board) -> None:
    text = " ".join(text_of(named, "/phones").split())
    assert "T/1 Station" in text
    assert "T3 standby Station" in text
    desk = Asker(named).sign_in("planner")
    sheet = desk.form("/phones", all="1").text
    codes = re.findall(r"/enrol#([\w-]+)", sheet)
    assert [named.enrolments.team_of(code) for code in codes] == ["T/1", "T2", "T3"]
    assert (sheet.count("<section>"), sheet.count('class="letter"')) == (3, 3)
    assert [e["act"] for e in named.log.entries()].count("board phone code") == 3
    assert Asker(named).sign_in("commander").form("/phones", all="1").status == 403


def test_results_name_the_firm(named: Board) -> None:
    form = {"team_id": "T/1", "visit_id": "V1", "row": USCC, "unit": "3A", "answers": {"unit_state": "open"}}
    said(named, 1, "form", **form)
    text = text_of(named, "/evening")
    assert "Firm 0 3A" in text
    assert USCC not in text


def test_the_journal_shows_what_each_line_says_and_is_filtered_by_team_kind_and_time(named: Board, wall: Wall) -> None:
    wall.set("13:10")
    said(named, 1, "left", team_id="T2", visit_id="V2", note="by car")
    wall.set("13:20")
    said(named, 2, "message", to="T/1", text="wait at the gate")
    wall.set("13:30")
    form = {"team_id": "T/1", "visit_id": "V1", "row": USCC, "unit": "", "answers": {"n_dens": "2"}}
    said(named, 3, "form", **form)
    said(named, 4, "event", event={"type": "held", "team_id": "T2", "until": "15:00"})
    desk = Asker(named).sign_in("planner")
    withdrawal = {"id": "said-0005", "kind": "withdrawn", "body": {"n": len(named.live.journal.entries)}}
    assert desk.send("/desk/reports", withdrawal).status == 200
    lines = {
        "left": "South Tower, by car",
        "message": "→ A T/1, wait at the gate",
        "form": f"North Tower, Firm 0, {EN('column.n_dens')} 2",
        "event": f"{EN('board.desk.event.held')}, B T2, 15:00",
    }
    whole = text_of(named, "/journal", "auditor")
    assert [line for line in lines.values() if line not in whole] == []
    # A withdrawal says which event it takes back.
    assert f"13:30 {lines['event']}" in whole
    for query, kinds in (
        ("team=T2", {"left", "event"}),
        ("team=T/1", {"message", "form"}),
        ("kind=message", {"message"}),
        ("from=13:15&until=13:25", {"message"}),
        ("team=T2&from=13:30", {"event"}),
        ("from=soon&team=nobody", set()),
    ):
        text = text_of(named, f"/journal?{query}", "auditor")
        assert (query, {kind for kind, line in lines.items() if line in text}) == (query, kinds)


@pytest.mark.enable_socket
def test_changes_are_grouped_by_visit_and_by_team_with_the_most_important_first(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    board, address, _ = day
    planner = board.planner
    assert isinstance(planner, Planner)
    locked = {"code": "LOCKED_DOOR", "visit": "V1"}
    planner.changes = [
        change("V2", "retimed", ("T2", 49_260), ("T2", 52_200), {"code": "TEAM_HELD", "team": "T2", "until_s": 52_200}),
        change("V3", "new", None, ("T2", 55_800), {"code": "ROOM_LEFT", "team": "T2"}),
        change("V1", "dropped", ("T/1", 49_200), None, locked),
        {**change("V1", "dropped", ("T2", 49_200), None, locked), "slot": 1},
    ]
    desk = sign_in(window(browser, address, 1440), "planner", "en")
    desk.page.keyboard.press("n")
    rows = desk.page.locator("#diff tbody tr")
    expect(rows).to_have_count(3)
    names = [names_by_id(board.live.edition)[v] for v in ("V1", "V3", "V2")]
    assert [rows.nth(k).locator("th").inner_text() for k in range(3)] == names
    assert [cell.strip() for cell in rows.nth(0).locator("td").all_inner_texts()] == [
        EN("replan.kind.dropped"),
        "A T/1 13:40, B T2 13:40",
        "–",
        EN("replan.cause.LOCKED_DOOR", visit=names[0]),
    ]
    desk.page.click("#diff summary")
    teams = desk.page.locator("#diff-teams li").all_inner_texts()
    assert [t.split(" ")[1] for t in teams] == ["T2", "T/1"]
    assert desk.faults == []
    desk.context.close()
