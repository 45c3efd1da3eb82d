"""The fold of a replay: its state on disk, its luck, its figures; and what each policy wants first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sweep.campaign.model.replay_measures import ReplayReference, measures
from sweep.campaign.model.replay_policies import POLICIES, VisitFacts
from sweep.campaign.model.replay_state import (
    ReplayState,
    ReplayVisit,
    ReplayWeek,
    outcome,
    pseudo_random,
    read_state,
    state_json,
)

DONE = ReplayVisit("2026-01-10", "B1", "routine", ("u1",), "find", "T1", ({"police": ("P1", "P2")},), 3_600, 0.1)
TRUTH = ReplayReference(
    end=date(2026, 4, 1),
    begins=date(2026, 1, 1),
    promise_days={"B1": 50, "B2": 100},
    first_looks={},
    leads=[("B1", date(2026, 1, 8), date(2026, 1, 12)), ("B2", date(2026, 1, 8), date(2026, 1, 12))],
    classes={"u1": "A"},
    caps={"A": 1, "B": 2},
    n_buildings=2,
    shift_hours=4.0,
    days=(date(2026, 1, 6), date(2026, 1, 13), date(2026, 1, 20)),
    recheck_days=7,
)


def test_a_state_that_is_written_and_read_is_the_same() -> None:
    week = ReplayWeek("2026-01-05", 1, 1, 0.5, 2)
    state = ReplayState(
        "planner", 3, 1, (DONE,), {"F1": "2026-01-10"}, {"B2": "2026-01-13"}, {"B2": 0.25}, 2, 1, {"P1": 1}, (week,)
    )
    assert read_state(state_json(state)) == state
    assert state_json(read_state(state_json(state))) == state_json(state)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"policy": "x"}'])
def test_what_is_no_state_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_state(text)


def test_the_figures_of_a_replay() -> None:
    # B1 was looked at on 10 January: its 50 days end on 1 March, 31 days before the end. B2 has until 11 April.
    found = measures(ReplayState("random", 1, done=(DONE,), duties={"P1": 1, "P2": 1}), TRUTH)
    assert list(found) == [
        "finds", "visits", "hours", "late_leads", "rechecks_late", "late_share", "p90_over", "worst", "never_share",
        "caps_broken", "pairs_twice", "moved_share", "gini",
    ]  # fmt: skip
    assert (found["finds"], found["visits"], found["hours"]) == (1.0, 1.0, 1.0)
    assert found["late_leads"] == 1.0  # B2's
    assert found["late_share"] == pytest.approx(31 / (90 * 2))
    assert found["worst"] == pytest.approx(81 / 50)
    assert found["never_share"] == pytest.approx(0.5)
    assert found["caps_broken"] == 0.0
    twice = ReplayState("random", 1, done=(DONE, replace(DONE, day="2026-03-10")))
    assert measures(twice, TRUTH)["caps_broken"] == 1.0


def test_luck_is_of_the_seed_and_the_words_alone() -> None:
    assert pseudo_random(1, "a", "b") == pseudo_random(1, "a", "b") != pseudo_random(2, "a", "b")
    numbers = [pseudo_random(1, str(k)) for k in range(400)]
    assert 0.45 < sum(numbers) / 400 < 0.55


@pytest.mark.parametrize(
    ("den", "chances", "result"),
    [
        ("F1", (1.0, 1.0, 1.0), "no_access"),
        ("F1", (0.0, 1.0, 1.0), "find"),
        ("F1", (0.0, 0.0, 1.0), "irregular"),
        (None, (0.0, 1.0, 0.0), "nothing"),
    ],
)
def test_what_a_visit_comes_to(den: str | None, chances: tuple[float, float, float], result: str) -> None:
    no_access, detects, irregular = chances
    day = date(2026, 1, 10)
    assert outcome(1, "B1", day, den, no_access=no_access, detects=detects, irregular=irregular) == result


KNOWN = VisitFacts(value=0.2, n_leads=1, days_since=100, promise_days=200, days_to_due=None, ticket=0.5)


@pytest.mark.parametrize(
    ("policy", "better"),
    [
        ("planner", replace(KNOWN, value=0.3)),
        ("each_day", replace(KNOWN, days_to_due=0)),
        ("earliest_due", replace(KNOWN, days_to_due=2)),
        ("earliest_due", replace(KNOWN, days_since=199)),
        ("fixed_intervals", replace(KNOWN, days_since=150)),
        ("most_leads", replace(KNOWN, n_leads=2)),
        ("random", replace(KNOWN, ticket=0.6)),
    ],
)
def test_each_policy_prefers_what_it_is_named_for(policy: str, better: VisitFacts) -> None:
    assert POLICIES[policy](better) > POLICIES[policy](KNOWN) > 0.0


def test_fixed_intervals_do_not_look_at_leads() -> None:
    fixed = POLICIES["fixed_intervals"]
    assert fixed(replace(KNOWN, n_leads=9, value=0.9, days_to_due=0)) == fixed(KNOWN)
