"""One thing more, against paper."""

from __future__ import annotations

import pytest

from sweep.plan.explain.margins import Margin, margins
from sweep.plan.problem.problem import Problem
from sweep.plan.solve import Settings, solve
from tests.plan.conftest import problem, random_problem, team, visit

ROUNDS = Settings(seed=1, n_iterations=200)


def margins_by_kind(p: Problem) -> dict[str, Margin]:
    return {m.kind: m for m in margins(p, solve(p, ROUNDS), ROUNDS)}


def test_each_margin_is_what_the_one_thing_more_makes_possible() -> None:
    # 60 minutes a team, 27 a visit of 8 people, 5 any way: one visit each. C wants 5 police, whom nobody has.
    short = (48_600, 48_600 + 3_600)
    p = problem(
        [visit("A", 3.0), visit("B", 2.0), visit("C", 7.0, needs={"police": 5})],
        [team("T0", shift=short)],
    )
    more = margins_by_kind(p)
    # A second team makes B; an hour more lets T0 make A and B; a fifth policeman lets it make C in place of A.
    assert more["team"].added == pytest.approx(2.0)
    assert more["hour"].added == pytest.approx(2.0)
    assert more["police"].added == pytest.approx(4.0)
    assert (more["police"].where, more["market_regulation"].added) == ("T0", 0.0)


@pytest.mark.parametrize("seed", range(6))
def test_one_thing_more_never_takes_anything_away(seed: int) -> None:
    p = random_problem(seed, 14, 3, linked=True)
    for m in margins_by_kind(p).values():
        assert m.added >= 0.0
        assert m.bound >= m.value - 1e-9


def test_an_hour_more_starts_nothing_after_the_last_start_that_is_allowed() -> None:
    p = problem([visit("A", windows=((48_600, 60_300),))], [team("T0", shift=(48_600, 48_700))])
    plan = solve(p, ROUNDS)
    hour = next(m for m in margins(p, plan, ROUNDS, last_start_s=60_300) if m.kind == "hour")
    assert hour.added == pytest.approx(1.0)  # 13:30-14:31 has 27 minutes and two ways of 5
