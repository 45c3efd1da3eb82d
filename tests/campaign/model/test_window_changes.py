"""What has moved since the window before, and what is said of it."""

from __future__ import annotations

from datetime import date

import pytest

from geodata.message_catalogue import LANGUAGES, load_texts
from sweep.campaign.model.window_changes import ChangedInputs, window_changes
from sweep.campaign.pages.campaign_sentences import move_places, move_reason
from sweep.campaign.records import DayPart, StopPart, TeamPart, VisitPart
from tests.campaign.model.small_record import record

MON, TUE, THU = date(2026, 9, 14), date(2026, 9, 15), date(2026, 9, 17)


def visit(building: str, on: date, value: float = 0.1, **changes: object) -> VisitPart:
    values = {on: value, **changes.pop("also", {})}  # type: ignore[arg-type, dict-item]
    given = {"track": "stocktake", "basis": ("x",), **changes}
    return VisitPart(
        visit_id=f"V-{building}", building_id=building, value=value, days=tuple(values), values=tuple(values.values()),
        **given,
    )  # fmt: skip


def day(on: date, *buildings: str | VisitPart, out: bool = False, **changes: object) -> DayPart:
    visits = tuple(visit(b, on) if isinstance(b, str) else b for b in buildings)
    given = {"commitment": "c", "pool_sha256": "p", "teams": (), **changes}
    return DayPart(day=on, is_published=out, visits=visits, **given)


def test_moves_say_which_day_was_published() -> None:
    before = record(days=(day(TUE, "a", "b", out=True), day(THU, "c")), planned_on=TUE)
    found = window_changes(before, (day(TUE, "a", out=True), day(THU, "b", "d")), TUE)
    assert [(m.building_id, m.before, m.after, m.is_frozen, m.why) for m in found] == [
        ("b", TUE, THU, True, "moved"),
        ("c", THU, None, False, "dropped"),
        ("d", None, THU, False, "new"),
    ]


def test_a_visit_of_a_day_that_is_published_only_now_was_not_published_before() -> None:
    before = record(days=(day(TUE, "a", out=True), day(THU, "b", "c")), planned_on=TUE)
    found = window_changes(before, (day(TUE, "a", "c", out=True), day(THU, "b", "d", out=True)), TUE)
    assert [(m.building_id, m.is_frozen, m.why) for m in found] == [("c", True, "moved"), ("d", False, "new")]


def test_days_beyond_the_window_before_are_no_moves() -> None:
    before = record(days=(day(TUE, "a"),), planned_on=TUE)
    assert window_changes(before, (day(TUE, "a"), day(THU, "b")), TUE) == ()
    assert window_changes(None, (day(TUE, "a"),), TUE) == ()


TEAM = TeamPart(
    team_id="T1",
    member_ids=("P1", "P2"),
    base_id="base",
    stops=(StopPart(visit_id="V-a", slot=0, building_id="a", start_s=1, end_s=2),),
)
FIRM = visit("a", TUE, targets=("u1", "u2"))
A_ON_THU = (day(TUE, "b"), day(THU, "c", visit("a", THU, also={TUE: 0.1})))
NO_A = (day(TUE, "b"), day(THU, "c"))
MOVED = {
    "its day is none any more": ("a", (day(THU, "a", "b", "c"),), ChangedInputs(), ("no_day", "2026-09-15")),
    "a member is off duty": ("a", A_ON_THU, ChangedInputs(on_duty={TUE: {"P1"}}), ("off_duty", "2026-09-15", "P2")),
    "all are on duty": ("a", A_ON_THU, ChangedInputs(on_duty={TUE: {"P1", "P2"}}), ("place", "2026-09-17")),
    "a result": ("a", NO_A, ChangedInputs(looks={"a": MON}), ("looked", "2026-09-14")),
    "caps used up": ("a", NO_A, ChangedInputs(capped={2026: {"u1", "u2", "u3"}}), ("cap", "u1", "u2")),
    "caps used up in the year after": ("a", NO_A, ChangedInputs(capped={2027: {"u1", "u2"}}), ("no_ground",)),
    "one of two firms is capped": ("a", NO_A, ChangedInputs(capped={2026: {"u1"}}), ("cap", "u1")),
    "the other of two firms may be visited": (
        "a",
        NO_A,
        ChangedInputs(capped={2026: {"u1"}}, offered={"a"}),
        ("left", "LOW_VALUE"),
    ),
    "something else takes its time": (
        "a",
        (day(TUE, "b", visit("d", TUE, 0.2), visit("e", TUE, 0.3)), day(THU, "c")),
        ChangedInputs(offered={"a"}),
        ("displaced", "2026-09-15", "e", "d"),
    ),
    "no room": (
        "a",
        NO_A,
        ChangedInputs(offered={"a"}, unserved_reasons={"a": "NO_TIME_LEFT"}),
        ("left", "NO_TIME_LEFT"),
    ),
    "a new lead": (
        "d",
        (day(TUE, "a", "b", "d"), day(THU, "c")),
        ChangedInputs(leads={"d": MON}),
        ("lead", "2026-09-14"),
    ),
    "an item to look at again": (
        "d",
        (day(TUE, "a", "b", visit("d", TUE, basis=("R1",))), day(THU, "c")),
        ChangedInputs(rechecks={"R1"}),
        ("again",),
    ),
    "the draw": ("d", (day(TUE, "a", "b", "d", drawn=("d",)), day(THU, "c")), ChangedInputs(), ("drawn", "2026-09-15")),
    "a promise due": (
        "c",
        (day(TUE, "a", "b", "c"), day(THU)),
        ChangedInputs(due={"c": TUE}),
        ("promise", "2026-09-15"),
    ),
    "a promise that was kept before": (
        "c",
        (day(TUE, "a", "b", visit("c", TUE, also={THU: 0.1})), day(THU)),
        ChangedInputs(due={"c": THU}),
        ("place", "2026-09-15"),
    ),
    "not on offer on its day any more": (
        "c",
        (day(TUE, "a", "b", "c"), day(THU)),
        ChangedInputs(),
        ("not_then", "2026-09-17"),
    ),
    "a lead due": (
        "c",
        (day(TUE, "a", "b", "c"), day(THU)),
        ChangedInputs(leads_due={"c": (TUE,)}),
        ("lead_due", "2026-09-15"),
    ),
    "worth more": (
        "c",
        (day(TUE, "a", "b", visit("c", TUE, 0.3, also={THU: 0.2})), day(THU)),
        ChangedInputs(),
        ("worth", "2026-09-17", "2026-09-15"),
    ),
    "driven away": (
        "a",
        (day(TUE, "b", "d"), day(THU, "c", visit("a", THU, also={TUE: 0.1}))),
        ChangedInputs(),
        ("displaced", "2026-09-15", "d"),
    ),
    "room that came free": (
        "c",
        (day(TUE, "a", visit("c", TUE, also={THU: 0.1})), day(THU, "b")),
        ChangedInputs(),
        ("room", "2026-09-15", "b"),
    ),
    "time left": ("d", (day(TUE, "a", "b", "d"), day(THU, "c")), ChangedInputs(), ("fills", "2026-09-15")),
}


@pytest.mark.parametrize("case", MOVED)
def test_a_move_says_what_made_it(case: str) -> None:
    building, days, since, wanted = MOVED[case]
    before = record(days=(day(TUE, FIRM, "b", teams=(TEAM,)), day(THU, "c")), planned_on=MON)
    move = next(m for m in window_changes(before, days, TUE, since) if m.building_id == building)
    assert (move.reason, *move.named) == wanted
    for lang in LANGUAGES:
        said = move_reason(move, load_texts(lang), lambda x: f"<{x}>" if len(x) == 1 else x)
        assert said not in (move_reason(move.model_copy(update={"reason": ""}), load_texts(lang)), "")
        assert all(f"<{x}>" in said for x in wanted[2:] if len(x) == 1)


def team(*members: str, start_s: int = 1, building: str = "a") -> TeamPart:
    stop = StopPart(visit_id=f"V-{building}", slot=0, building_id=building, start_s=start_s, end_s=start_s + 1)
    return TeamPart(team_id="T1", member_ids=members, base_id="base", stops=(stop,))


CHANGED = {
    "nothing": ((team("P1", "P2"),), ChangedInputs(), None),
    "a person on leave": ((team("P1"),), ChangedInputs(on_duty={TUE: {"P1"}}), ("off_duty", "2026-09-15", "P2")),
    "another time": ((team("P1", "P2", start_s=60),), ChangedInputs(), ("with_others", "2026-09-15")),
    "another visit": ((team("P1", "P2", start_s=60),), ChangedInputs(), ("makes_way", "2026-09-15", "d")),
}


@pytest.mark.parametrize("case", CHANGED)
def test_other_orders_for_a_visit_on_its_published_day_are_a_change_with_teams_and_times(case: str) -> None:
    teams, since, wanted = CHANGED[case]
    more = ("d",) if wanted is not None and "d" in wanted else ()
    before = record(days=(day(TUE, "a", out=True, teams=(team("P1", "P2"),)),), planned_on=MON)
    found = [
        m for m in window_changes(before, (day(TUE, "a", *more, teams=teams),), TUE, since) if m.building_id == "a"
    ]
    assert [(m.why, m.is_frozen, m.reason, *m.named) for m in found] == (
        [] if wanted is None else [("changed", True, *wanted)]
    )
    for m in found:
        assert (m.before, m.teams_before, m.start_before_s) == (TUE, ("T1",), 1)
        assert (m.after, m.teams_after, m.start_after_s) == (TUE, ("T1",), teams[0].stops[0].start_s)
        assert move_places(m, load_texts("en"))[0] == "2026-09-15 T1 00:00"
        assert move_reason(m, load_texts("zh_CN"))
    # Days that were not published may be planned as they are worth most.
    draft = record(days=(day(TUE, "a", teams=(team("P1", "P2"),)),), planned_on=MON)
    assert [m for m in window_changes(draft, (day(TUE, "a", teams=teams),), TUE, since) if m.building_id == "a"] == []
