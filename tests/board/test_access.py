"""Who may see what: every way in, for every role and for nobody, before and after the release of orders (C26)."""

from __future__ import annotations

import json

import pytest

from sweep.board.accounts.sessions import open_sessions
from sweep.board.accounts.sign_in_throttle import SignInThrottle
from sweep.board.application import ROUTES
from sweep.board.board_state import Board
from tests.board.asking import Asker, Wall

SIGNED = ("planner", "commander", "market_regulation", "auditor")
PHONES = ("T/1", "T2")
EVERYBODY = ("nobody", *SIGNED, *PHONES)
# Way, and who gets what; whoever is not named gets 403, and who has not signed in 303 to a page and 401 else.
ALL = dict.fromkeys(EVERYBODY, 200)
TABLE: dict[tuple[str, str], dict[str, int]] = {
    ("GET", "/login"): ALL,
    ("POST", "/login"): dict.fromkeys(EVERYBODY, 403),
    ("POST", "/logout"): dict.fromkeys(EVERYBODY, 303),
    ("GET", "/enrol"): ALL,
    ("POST", "/enrol"): dict.fromkeys(EVERYBODY, 403),
    ("POST", "/language"): dict.fromkeys(EVERYBODY, 303),
    ("GET", "/static/{name}"): ALL,
    **{(method, f"/health/{kind}"): ALL for method in ("GET", "HEAD") for kind in ("live", "ready")},
    ("GET", "/phone/worker.js"): ALL,
    ("GET", "/"): {"planner": 200, "commander": 200, "nobody": 303},
    ("GET", "/desk/stream"): {"planner": 200, "commander": 200},
    ("GET", "/desk/ground"): {"planner": 200, "commander": 200},
    ("GET", "/desk/routes"): {"planner": 200, "commander": 200},
    ("POST", "/desk/reports"): {"planner": 400},
    ("POST", "/desk/diff"): {"planner": 200},
    ("POST", "/desk/apply"): {"planner": 400},
    ("GET", "/evening"): {"planner": 200, "commander": 200, "nobody": 303},
    ("GET", "/evening/results.csv"): {"planner": 200},
    ("POST", "/evening/accept"): {"planner": 409},
    ("GET", "/editions"): {"planner": 200, "commander": 200, "nobody": 303},
    ("GET", "/editions/compared"): {"planner": 400, "commander": 400, "nobody": 303},
    ("GET", "/editions/{name}/{plan_id}/{file}"): {"planner": 200, "commander": 200, "nobody": 303},
    ("GET", "/editions/{name}/{plan_id}/edit"): {"planner": 200, "nobody": 303},
    ("GET", "/editions/{name}/{plan_id}/edit/plan"): {"planner": 200},
    ("POST", "/editions/{name}/{plan_id}/edit/judge"): {"planner": 400},
    ("POST", "/editions/{name}/{plan_id}/edit/save"): {"planner": 400},
    ("GET", "/campaigns/compared"): {"planner": 400, "commander": 400, "nobody": 303},
    ("GET", "/campaigns/{name}"): {"planner": 200, "commander": 200, "nobody": 303},
    ("GET", "/runs"): {"planner": 200, "nobody": 303},
    ("POST", "/runs/begin"): {"planner": 404},
    ("POST", "/runs/cut"): {"planner": 303},
    ("GET", "/runs/stream"): {"planner": 200},
    ("GET", "/phones"): {"planner": 200, "nobody": 303},
    ("POST", "/phones"): {"planner": 404},
    ("GET", "/journal"): {"planner": 200, "auditor": 200, "nobody": 303},
    ("GET", "/journal.jsonl"): {"planner": 200, "auditor": 200},
    ("GET", "/brief"): {"planner": 200, "market_regulation": 200, "nobody": 303},
    ("GET", "/phone/"): {"T/1": 200, "T2": 200, "nobody": 303},
    ("GET", "/phone/orders"): {"T/1": 200, "T2": 200},
    ("POST", "/phone/reports"): {"T/1": 422, "T2": 422},
    ("POST", "/phone/place"): {"T/1": 404, "T2": 404},
    ("GET", "/phone/stream"): {"T/1": 200, "T2": 200},
}
FORMS = {route.path for route in ROUTES if route.is_form}
FILLED = {"/static/{name}": "/static/desk.js", "{plan_id}": "abc123abc123", "{file}": "report.html", "{name}": "weeks"}
# What a board lacks that is served without an editor, a planner and scenarios; and ids that nothing has.
ABSENT = (
    *(("GET", p) for p in ("/runs", "/runs/stream", "/campaigns/none", "/editions/weeks/0123456789ab/report.html")),
    *(("GET", f"/editions/weeks/abc123abc123/{p}") for p in ("passwd", "plan.json", "edit", "edit/plan")),
    *(("POST", p) for p in ("/desk/diff", "/runs/cut")),
)


def asked(board: Board, who: str, method: str, path: str) -> int:
    asker = Asker(board)
    # Others of the table have tried from the same place.
    board.throttle = SignInThrottle()
    if who != "nobody":
        asker.sign_in(who)
    for hole, value in FILLED.items():
        path = path.replace(hole, value)
    if method != "POST":
        return asker.ask(method, path).status
    return (asker.form(path) if path in FORMS else asker.send(path, {})).status


def test_every_way_in_stands_in_the_table() -> None:
    assert {(route.method, route.path) for route in ROUTES} == set(TABLE)


@pytest.mark.parametrize("route", TABLE, ids=" ".join)
def test_each_role_gets_what_the_table_says_and_nobody_more(whole: Board, wall: Wall, route: tuple[str, str]) -> None:
    wanted = {who: TABLE[route].get(who, 401 if who == "nobody" else 403) for who in EVERYBODY}
    assert {who: asked(whole, who, *route) for who in EVERYBODY} == wanted
    # Before the hour of release only the orders are shut, and what market regulation sees has no visit in it.
    wall.set("11:00")
    if route == ("GET", "/phone/orders"):
        wanted |= dict.fromkeys(PHONES, 403)
    if route[1] == "/health/ready":
        # The clock was set back by two hours.
        wanted = dict.fromkeys(EVERYBODY, 503)
    assert {who: asked(whole, who, *route) for who in EVERYBODY} == wanted


@pytest.mark.parametrize("route", ABSENT, ids=" ".join)
def test_what_is_not_there_is_404_for_who_might_and_the_same_as_ever_for_who_may_not(
    board: Board, route: tuple[str, str]
) -> None:
    assert [asked(board, who, *route) for who in ("planner", "market_regulation", "T2")] == [404, 403, 403]


def test_a_team_gets_its_own_stops_and_no_word_of_another(board: Board) -> None:
    for own, other, visit, foreign in (("T/1", "T2", "V1", "V2"), ("T2", "T/1", "V2", "V1")):
        answer = Asker(board).sign_in(own).get("/phone/orders")
        order = answer.json()
        assert [s["visit"] for s in order["stops"]] == [visit]
        assert foreign not in answer.text
        assert json.dumps(other) not in answer.text


def test_what_is_said_to_one_team_reaches_no_other(board: Board) -> None:
    desk = Asker(board).sign_in("planner")
    for k, (to, text) in enumerate((("T2", "psst"), ("all", "hello"))):
        desk.send("/desk/reports", {"id": f"message-{k}", "kind": "message", "body": {"to": to, "text": text}})
    own, other = (Asker(board).sign_in(t).get("/phone/stream").text for t in ("T2", "T/1"))
    assert ("psst" in own, "hello" in own) == (True, True)
    assert ("psst" in other, "hello" in other) == (False, True)


def test_before_the_release_nothing_of_an_order_is_told(board: Board, wall: Wall) -> None:
    # V1 starts at 13:40: orders are out at 12:40.
    wall.set("12:39")
    told = Asker(board).sign_in("T/1").get("/phone/orders")
    assert told.status == 403
    assert set(told.json()) == {"now", "speed", "is_exercise", "from", "places"}
    assert "B1" not in Asker(board).sign_in("market_regulation").get("/brief").text
    wall.set("12:40")
    assert Asker(board).sign_in("T/1").get("/phone/orders").status == 200
    assert "V1" in Asker(board).sign_in("T/1").get("/phone/orders").text


def test_orders_of_a_night_stay_open_past_midnight_and_are_shut_the_evening_before(board: Board, wall: Wall) -> None:
    wall.now = wall.now.replace(day=15, hour=20)
    assert Asker(board).sign_in("T/1").get("/phone/orders").status == 403
    wall.now = wall.now.replace(day=17, hour=0, minute=30)
    told = Asker(board).sign_in("T/1").get("/phone/orders")
    assert (told.status, told.json()["now"]) == (200, 24 * 3_600 + 1_800)


def test_market_regulation_learns_no_lead_and_no_value(board: Board) -> None:
    text = Asker(board).sign_in("market_regulation").get("/brief").text
    assert "L1" not in text
    assert "IN_B1" in text


@pytest.mark.parametrize("seen", ["T/1", "planner"])
def test_a_session_that_is_over_or_shut_out_sees_nothing(board: Board, wall: Wall, seen: str) -> None:
    asker = Asker(board).sign_in(seen)
    path = "/phone/orders" if seen == "T/1" else "/desk/ground"
    assert asker.get(path).status == 200
    wall.now = wall.now.replace(day=17, hour=5, minute=1)
    assert asker.get(path).status == 401


def test_a_phone_is_shut_out_by_the_desk(board: Board) -> None:
    phone, desk = Asker(board).sign_in("T2"), Asker(board).sign_in("planner")
    assert desk.form("/phones", team_id="T2", shut="1").status == 303
    assert phone.get("/phone/orders").status == 401


@pytest.mark.parametrize(("name", "day"), [("other", "2026-09-16"), ("small", "2026-09-17")], ids=["name", "day"])
def test_a_phone_of_another_scenario_or_day_is_let_in_nowhere_else(
    board: Board, wall: Wall, name: str, day: str
) -> None:
    phone, desk = Asker(board).sign_in("T2"), Asker(board).sign_in("planner")
    assert phone.get("/phone/orders").status == 200
    board.sessions = open_sessions(board.folder, wall, f"{name}/{day}")
    assert [phone.get("/phone/orders").status, desk.get("/desk/ground").status] == [401, 200]
    # Nor is it counted there, or shut out with a team of the same name.
    assert [s.team_id for s in board.sessions.all() if s.team_id] == []
    board.sessions.end(lambda kept: kept.team_id != "T2")
    board.sessions = open_sessions(board.folder, wall, f"{board.live.edition.scenario.name}/{board.day}")
    assert phone.get("/phone/orders").status == 200


def test_of_two_boards_in_one_folder_each_keeps_the_sessions_of_the_other(board: Board, wall: Wall) -> None:
    first = board.sessions
    other = open_sessions(board.folder, wall, "other/2026-09-16")
    there, here = other.begin("T9", "team", "T9"), first.begin("T2", "team", "T2")
    other.begin("T8", "team", "T8")
    again = open_sessions(board.folder, wall, first.of)
    assert again.of_cookie(first.cookie(here.sid)) is not None
    # What one has ended the other does not bring back.
    first.end_one(here.sid)
    other.end_one(there.sid)
    assert open_sessions(board.folder, wall, first.of).of_cookie(first.cookie(here.sid)) is None


def test_nothing_that_names_a_session_can_be_guessed(board: Board) -> None:
    asker = Asker(board).sign_in("planner")
    sid, _, sign = asker.cookies["sweep_session"].partition(".")
    assert len(sid) >= 43
    for forged in (f"{sid}.{'0' * 64}", sid, f"{'A' * 43}.{sign}", "", "."):
        asker.cookies["sweep_session"] = forged
        assert asker.get("/desk/ground").status == 401


def test_a_phone_that_is_enrolled_the_evening_before_is_signed_in_through_its_day(board: Board, wall: Wall) -> None:
    wall.set("20:00")
    wall.now = wall.now.replace(day=15)
    phone, desk = Asker(board).sign_in("T2"), Asker(board).sign_in("planner")
    wall.set("13:00")
    assert [phone.get("/phone/orders").status, desk.get("/desk/ground").status] == [200, 401]
    wall.set("23:00")
    assert phone.get("/phone/orders").status == 200
    wall.now = wall.now.replace(day=17, hour=5)
    assert phone.get("/phone/orders").status == 401
    assert board.sessions.all() == ()
