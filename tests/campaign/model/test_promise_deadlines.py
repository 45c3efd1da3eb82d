"""Promises: which covers a building, when its turn falls due, and how each stands."""

from __future__ import annotations

from datetime import date

import pytest

from sweep.campaign.campaign_settings import Promise
from sweep.campaign.model.promise_deadlines import due_dates, due_on, promise_status, visits_needed
from sweep.campaign.model.replay_measures import promise_measures

D, EVERY = Promise("credit_class", "D", 180), Promise("all", "", 1095)
BEGINS = date(2026, 1, 1)
FACTS = {"B1": {"credit_class": {"A", "D"}}, "B2": {"credit_class": {"A"}}, "B3": {}}


def test_the_shortest_promise_that_covers_a_building_holds() -> None:
    found = due_dates(FACTS, (D, EVERY), {}, BEGINS)
    assert {b: d.promise for b, d in found.items()} == {"B1": D, "B2": EVERY, "B3": EVERY}
    assert set(due_dates(FACTS, (D,), {}, BEGINS)) == {"B1"}


def test_a_turn_runs_from_the_last_look_and_without_one_from_the_beginning() -> None:
    looks = {"B1": date(2026, 2, 1), "B2": date(2020, 1, 1)}
    found = due_dates(FACTS, (D, EVERY), looks, BEGINS)
    assert found["B1"].due_on == date(2026, 7, 31)  # 180 days after 1 February
    assert found["B2"].due_on == BEGINS  # long ago: its turn is there on the first day, and not years before it
    assert found["B3"].due_on == date(2028, 12, 31)  # 1,095 days after 1 January 2026


def test_the_measures_of_a_replay_count_from_the_same_due_day() -> None:
    # B1's turn has been there since before the campaign: due on day one. B2 has until 11 April, 9 days before the end.
    found = promise_measures([], {"B1": 50, "B2": 100}, {"B1": date(2020, 1, 1)}, BEGINS, date(2026, 4, 20))
    assert due_on(date(2020, 1, 1), BEGINS, 50) == BEGINS
    assert due_on(None, BEGINS, 100) == date(2026, 4, 11)
    assert found["late_share"] == pytest.approx((109 + 9) / (109 * 2))


def test_kept_late_and_at_risk() -> None:
    due = due_dates({b: {"credit_class": {"D"}} for b in "abcd"}, (D,), dict.fromkeys("abcd", BEGINS), BEGINS)
    # All fall due on 30 June: on 10 July all are late but those of which nothing is asked any more.
    (late,) = promise_status(due.values(), (D,), date(2026, 7, 10), date(2026, 8, 1), {}, 2.0)
    assert (late.n_late, late.n_at_risk, late.p50, late.p90, late.p99) == (4, 0, 10.0, 10.0, 10.0)
    planned = {"a": date(2026, 6, 20), "b": date(2026, 7, 2)}
    (now,) = promise_status(due.values(), (D,), date(2026, 6, 10), date(2026, 7, 8), planned, 2.0)
    assert (now.n_kept, now.n_late, now.n_at_risk) == (1, 0, 3)
    # A visit on the last day keeps the promise.
    (last,) = promise_status(due.values(), (D,), date(2026, 6, 10), date(2026, 7, 8), {"a": date(2026, 6, 30)}, 2.0)
    assert last.n_kept == 1


def test_what_promises_need_of_each_day() -> None:
    # 180 buildings within 180 days are one a day: 7 a week, 3.5 on each of two sweep days.
    assert visits_needed({D: 180}, 2.0) == pytest.approx(3.5)
