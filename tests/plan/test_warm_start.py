"""Warm starts from plans of problems much like the one at hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sweep.plan.problem.problem import TeamRules
from sweep.plan.solve import Settings, solve
from sweep.plan.warm_start import solve_from_neighbours
from sweep.records.people import Person
from tests.plan.conftest import NEEDS, SHIFT, problem, random_problem, visit
from tests.plan.judge import faults
from tests.plan.rich import rich_problem

FEW = Settings(seed=1, n_iterations=4)
ROUNDS = Settings(seed=1, n_iterations=200)
MANY = Settings(seed=1, n_iterations=4_000, is_proof_wanted=False)


@pytest.mark.parametrize("seed", range(4))
def test_a_plan_that_also_holds_here_is_not_lost(seed: int) -> None:
    # An hour more: what could be done before still can.
    p = random_problem(seed, 25, 4)
    near = solve(p, MANY)
    teams = tuple(replace(t, shift_s=(t.shift_s[0], t.shift_s[1] + 3_600)) for t in p.teams)
    longer = replace(p, teams=teams)
    made = solve_from_neighbours(longer, FEW, [near])
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
            made = solve_from_neighbours(p, Settings(seed=1, n_iterations=60), [near])
        except Exception:  # noqa: S112 - a random roster may not make the teams
            continue
        n += 1
        held = replace(p, teams=made.teams)
        assert [f for f in faults(held, made) if "given teams" not in f] == []
    assert n > 10


def crew(n_police: int, n_helpers: int = 0) -> list[Person]:
    """So many of the police, all women, and four of market regulation."""
    kinds = [("police", "officer")] * n_police + [("market_regulation", "inspector")] * 4
    kinds += [("police", "auxiliary")] * n_helpers
    until = date(2030, 1, 1)
    return [
        Person(f"P{k:02d}", agency, role, until, agency == "police", "S", "370102", SHIFT)
        for k, (agency, role) in enumerate(kinds)
    ]


def test_teams_of_a_neighbour_larger_than_allowed_are_not_kept() -> None:
    visits = [visit(f"B{k}", n_firms=60) for k in range(8)]
    p = problem(visits, people=crew(8, 16), rules=TeamRules(2, 0, NEEDS, 1, assist_letter=False, max_members=14))
    near = solve(p, ROUNDS)
    assert max(len(t.member_ids) for t in near.teams) > 6
    made = solve_from_neighbours(replace(p, rules=replace(p.rules, max_members=6)), ROUNDS, [near])
    assert max(len(t.member_ids) for t in made.teams) <= 6


def test_teams_of_a_neighbour_keep_to_their_district_where_there_is_no_letter() -> None:
    visits = [visit("A", 1.0), visit("Z", 9.0, division_code="370103")]
    p = problem(visits, people=crew(4), rules=TeamRules(1, 0, NEEDS, 1, assist_letter=True))
    near = solve(p, ROUNDS)
    assert near.value == pytest.approx(10.0)
    made = solve_from_neighbours(replace(p, rules=replace(p.rules, assist_letter=False)), ROUNDS, [near])
    assert (made.value, made.teams[0].division_codes) == (pytest.approx(1.0), {"370102"})
