"""Warm starts from plans of problems much like the one at hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sweep.plan.neighbour import solve_near
from sweep.plan.solve import Settings, solve
from tests.plan.conftest import random_problem
from tests.plan.judge import faults
from tests.plan.rich import rich_problem

FEW = Settings(seed=1, n_iterations=4)
MANY = Settings(seed=1, n_iterations=4_000, is_proof_wanted=False)


@pytest.mark.parametrize("seed", range(4))
def test_a_plan_that_also_holds_here_is_not_lost(seed: int) -> None:
    # An hour more: what could be done before still can.
    p = random_problem(seed, 25, 4)
    near = solve(p, MANY)
    teams = tuple(replace(t, shift_s=(t.shift_s[0], t.shift_s[1] + 3_600)) for t in p.teams)
    longer = replace(p, teams=teams)
    made = solve_near(longer, FEW, [near])
    assert made.value >= near.value - 1e-9 or len(made.unserved) <= len(near.unserved)
    assert faults(longer, made) == []


def test_a_neighbour_with_other_teams_helps_and_breaks_nothing() -> None:
    n = 0
    for seed in range(30):
        p = rich_problem(seed, composed=True)
        if n > 10 or p.rules.n_teams < 2:
            continue
        fewer = replace(p, rules=replace(p.rules, n_teams=p.rules.n_teams - 1, n_reserve=0))
        try:
            near = solve(fewer, Settings(seed=1, n_iterations=60, is_proof_wanted=False))
            made = solve_near(p, Settings(seed=1, n_iterations=60), [near])
        except Exception:  # noqa: S112 - a random roster may not make the teams
            continue
        n += 1
        held = replace(p, teams=made.teams)
        assert [f for f in faults(held, made) if "given teams" not in f] == []
    assert n > 10
