"""What visits of a replay find irregular falls due again, and is over once somebody got in."""

from __future__ import annotations

from datetime import date

from sweep.campaign.model.replay_state import ReplayVisit
from sweep.campaign.model.replayed_rechecks import ReplayRecheck, n_missed, replay_rechecks


def done(day: int, outcome: str, building: str = "B1") -> ReplayVisit:
    return ReplayVisit(f"2026-01-{day:02}", building, "case", (), outcome, "T1", (), 3_600, 0.0)


OPENED, DUE = date(2026, 1, 6), date(2026, 1, 13)


def test_an_irregular_visit_is_looked_at_again_after_so_many_days() -> None:
    assert list(replay_rechecks([done(6, "irregular"), done(8, "nothing", "B2")], 7)) == [
        ReplayRecheck("B1", OPENED, DUE)
    ]


def test_a_locked_door_leaves_the_item_open_and_counts_as_a_call() -> None:
    (item,) = replay_rechecks([done(6, "irregular"), done(13, "no_access")], 7)
    assert (item.called_on, item.is_over) == (DUE, False)
    (item,) = replay_rechecks([done(6, "irregular"), done(13, "no_access"), done(15, "nothing")], 7)
    assert (item.called_on, item.is_over) == (DUE, True)


def test_what_is_still_irregular_is_looked_at_once_more() -> None:
    first, second = replay_rechecks([done(6, "irregular"), done(13, "irregular")], 7)
    assert (first.is_over, second.is_over) == (True, False)
    assert (second.opened_on, second.due_on, second.n_looks) == (OPENED, date(2026, 1, 20), 1)


def test_an_appointment_is_missed_if_nobody_came_by_the_first_sweep_day_when_it_was_due() -> None:
    days = [date(2026, 1, d) for d in (6, 12, 14, 16)]
    assert n_missed(replay_rechecks([done(6, "irregular"), done(14, "nothing")], 7), days) == 0
    assert n_missed(replay_rechecks([done(6, "irregular"), done(16, "nothing")], 7), days) == 1
    assert n_missed(replay_rechecks([done(6, "irregular")], 7), days[:2]) == 0  # it is not due yet
