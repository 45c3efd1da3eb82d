"""Versions of visits by day, caps across days, and what a promise weighs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from geodata.clock_times import DAY_S
from sweep.campaign.campaign_settings import Promise
from sweep.campaign.model.promise_deadlines import DueDate
from sweep.campaign.window.daily_offers import DayOffer, _on_fixed_days
from sweep.campaign.window.visit_urgency import promise_urgency
from sweep.campaign.window.visit_versions import visit_versions
from sweep.campaign.window.window_pins import with_one_must
from sweep.campaign.window.window_problem import _shift_team
from sweep.records.draw import Draw
from sweep.records.people import BreakTime, Team
from sweep.records.visits import Slot, Visit
from sweep.select.offer_visits import Offer

TUE, THU, NEXT = date(2026, 9, 15), date(2026, 9, 17), date(2026, 9, 22)


def visit(building: str, **changes: object) -> Visit:
    made = Visit(
        f"V-{building}",
        building,
        "370102",
        "stocktake",
        ("x",),
        (),
        3,
        0.1,
        False,
        (Slot(0, {"police": 1}, 0),),
        ((48_600, 60_300),),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def offer(day: date, *visits: Visit) -> DayOffer:
    return DayOffer(day, {v.building_id: v for v in visits}, Draw("s", "p", 0, ()))


def test_days_on_which_a_visit_is_alike_are_one_with_a_value_each() -> None:
    offers = [offer(TUE, visit("B1")), offer(THU, visit("B1", value=0.3)), offer(NEXT)]
    made, versions = visit_versions(offers, [0, 2, 7])
    (one,) = made
    assert (one.visit_id, one.values, one.value) == ("V-B1", (0.1, 0.3, 0.0), 0.3)
    assert one.windows_s == ((48_600, 60_300), (48_600 + 2 * DAY_S, 60_300 + 2 * DAY_S))
    assert set(versions["V-B1"]) == {0, 1}


def test_what_a_visit_weighs_on_a_day_counts_with_its_value_and_makes_no_other_visit() -> None:
    offers = [offer(TUE, visit("B1", urgency=0.5)), offer(THU, visit("B1", urgency=0.25))]
    (one,), versions = visit_versions(offers, [0, 2])
    assert (one.values, one.urgency) == ((0.6, 0.35), 0.0)
    assert [v.value for v in versions["V-B1"].values()] == [0.1, 0.1]


def test_a_lead_that_goes_stale_makes_no_other_visit() -> None:
    case = visit("B1", track="case", basis=("L1", "L2"), targets=("u1",))
    offers = [offer(TUE, case), offer(THU, replace(case, basis=("L2",), targets=()))]
    (one,), versions = visit_versions(offers, [0, 2])
    assert (one.basis, one.targets) == (("L1", "L2"), ("u1",))
    assert versions["V-B1"][1].basis == ("L1", "L2")


def test_a_firm_at_a_limit_of_inspections_on_a_later_day_is_not_visited_that_day() -> None:
    case = visit("B1", track="case", basis=("L1",), targets=("u1", "u2"))
    offers = [offer(TUE, case), offer(THU, replace(case, targets=("u2", "u3"))), offer(NEXT, case)]
    # On the last day a lead names the firm, so that it stays a target.
    limited = [replace(o, whole=Offer((), o.draw, at_limit=("u1",) if o.day > TUE else ())) for o in offers]
    made, versions = visit_versions(limited, [0, 2, 7])
    assert [(v.targets, set(versions[v.visit_id])) for v in made] == [(("u1", "u2"), {0, 2}), (("u2", "u3"), {1})]


def test_a_published_visit_is_another_one_than_what_is_on_offer_there_now() -> None:
    now = visit("B1", track="case", basis=("L2",), targets=("u2",))
    out = replace(now, basis=("L1", "L2"), targets=("u1",))
    published = replace(offer(THU, out), published=frozenset({"B1"}))
    made, versions = visit_versions([offer(TUE, now), published, offer(NEXT, now)], [0, 2, 7])
    assert [(v.basis, v.targets, set(versions[v.visit_id])) for v in made] == [
        (("L2",), ("u2",), {0, 2}),
        (("L1", "L2"), ("u1",), {1}),
    ]


def test_linked_visits_are_of_one_day_each() -> None:
    offers = [offer(d, visit("B1", link_group="C1", track="special")) for d in (TUE, THU)]
    made, _ = visit_versions(offers, [0, 2])
    assert [v.link_group for v in made] == ["C1/0", "C1/1"]


def test_a_building_that_must_be_visited_on_a_lead_or_on_a_list_must_be_visited_once() -> None:
    case = visit("B1", track="case", basis=("L1", "A"), targets=("u1",), is_must=True, value=0.5)
    special = visit("B1", track="special", basis=("A",), targets=("u1",), is_must=True, value=0.25)
    made, _ = visit_versions([offer(TUE, case), offer(THU, special)], [0, 2])
    assert [(v.track, v.is_must) for v in with_one_must(made)] == [("case", True), ("special", False)]


def test_a_must_on_a_lead_that_goes_stale_is_one_visit() -> None:
    case = visit("B1", track="case", basis=("L1", "L2", "A"), targets=("u1",), is_must=True)
    (one,), _ = visit_versions([offer(TUE, case), offer(THU, replace(case, basis=("L2", "A")))], [0, 2])
    assert (one.is_must, one.basis) == (True, ("L1", "L2", "A"))


def test_what_is_looked_at_again_keeps_its_day_though_a_list_must_be_made_before_it() -> None:
    listed = visit("B1", track="special", basis=("A",), targets=("u1",), is_must=True)
    again = visit("B1", track="case", basis=("R-1",), targets=("u2",), is_must=True)
    assert [list(o.visits) for o in _on_fixed_days([offer(TUE, listed), offer(THU, again)], {"B1": THU})] == [
        [],
        ["B1"],
    ]


PROMISE = Promise("all", "", 100)


@pytest.mark.parametrize(
    ("due_on", "day", "weight"),
    [
        (date(2026, 9, 20), THU, 1.0),  # falls due in the window: in full until then
        (date(2026, 9, 20), NEXT, 0.5 * 23 / 24),  # half after, less 2 of twice 24 days
        (date(2026, 8, 26), TUE, 1.2),  # 20 of 100 days late
        (date(2026, 8, 26), THU, 1.2 * 23 / 24),  # two days later
        (date(2025, 1, 1), TUE, 2.0),  # no more than twice
        (date(2026, 11, 4), THU, 0.005),  # half its days are over: 0.02 x 0.5^2
    ],
)
def test_what_a_promise_weighs(due_on: date, day: date, weight: float) -> None:
    due = DueDate("B1", PROMISE, due_on)
    assert promise_urgency(due, day, TUE, date(2026, 10, 8), 1.0) == pytest.approx(weight)


def test_a_team_of_a_later_day_is_paid_until_a_time_of_that_day() -> None:
    pause = BreakTime(50_000, 52_000, 1_800)
    first = Team(
        "T1", (), "S", frozenset(), (48_600, 63_000), {}, 0, frozenset(), break_time=pause, paid_until_s=61_200
    )
    later = _shift_team(first, 2 * DAY_S)
    assert (later.shift_s, later.paid_until_s) == ((221_400, 235_800), 234_000)
    assert later.break_time == BreakTime(222_800, 224_800, 1_800)
