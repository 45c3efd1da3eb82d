"""Teams composed while their routes are searched: how large, where, with whom; and the bound over all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from importlib import import_module

import numpy as np
import pytest

from geodata.errors import InputError
from sweep.plan.compositions.composition_bound import bound_compositions
from sweep.plan.problem.eligibility import active_teams
from sweep.plan.problem.problem import Lock, Problem, TeamRules
from sweep.plan.solve import Settings, solve
from sweep.plan.teams.compose_teams import compose_teams
from sweep.plan.teams.make_teams import movable_people, with_members
from sweep.records.people import Person, Team
from sweep.records.plan import Plan
from tests.plan.exhaustive import optimum
from tests.plan.judge import faults
from tests.plan.rich import rich_problem

TWO_TEAMS = TeamRules(2, 0, {"police": 2, "market_regulation": 2}, 1, assist_letter=False)


def roster(n_police: int, n_mr: int, n_street: int = 0) -> list[Person]:
    kinds = [
        ("police", "officer", n_police),
        ("market_regulation", "inspector", n_mr),
        ("street", "grid_member", n_street),
    ]
    return [
        Person(
            f"{agency[:2]}{k:02d}", agency, role, None if agency == "street" else date(2027, 1, 1), True, "S", "370102",
            (46_800, 64_800),
        )
        for agency, role, n in kinds
        for k in range(n)
    ]  # fmt: skip


def composed_plan(problem: Problem) -> Plan:
    """Plan by a search that composes the teams; every rule is kept."""
    plan = solve(problem, Settings(seed=1, n_iterations=4_000))
    assert faults(problem, plan) == []
    return plan


def members_at(plan: Plan, visit_id: str) -> frozenset[str]:
    """People in the teams that make a visit."""
    makers = {r.team_id for r in plan.routes for s in r.stops if s.visit_id == visit_id}
    return frozenset(i for t in plan.teams if t.team_id in makers for i in t.member_ids)


def test_a_building_that_even_teams_cannot_finish_gets_a_large_one(make_problem, make_visit):
    # 400 doors at 3 minutes take six pairs 212 minutes with the entry, and five 252; from base to base there are 230.
    visits = [make_visit("B1", value=5.0, n_firms=400), make_visit("B2", value=1.0)]
    problem = make_problem(visits, people=roster(16, 4), rules=TWO_TEAMS)
    assert [len(t.member_ids) for t in compose_teams(problem, 1)] == [10, 10]
    plan = composed_plan(problem)
    assert plan.value == 6.0
    assert len(members_at(plan, "V-B1")) >= 12


def test_the_officers_drawn_for_a_visit_are_in_the_team_whose_route_has_it(make_problem, make_visit):
    people = roster(8, 4)
    drawn = replace(make_visit("B1", is_must=True), officers=("ma00", "ma03"))
    problem = make_problem([drawn, make_visit("B2")], people=people, rules=TWO_TEAMS)
    assert members_at(composed_plan(problem), "V-B1") >= {"ma00", "ma03"}


def test_who_must_keep_away_is_in_another_team(make_problem, make_visit):
    people = roster(8, 4)
    people[0] = replace(people[0], recusals=frozenset({"B1"}))
    visits = [make_visit("B1", n_firms=120), make_visit("B2", n_firms=120)]
    problem = make_problem(visits, people=people, rules=TWO_TEAMS)
    plan = composed_plan(problem)
    assert plan.value == 2.0
    assert people[0].person_id not in members_at(plan, "V-B1")


def test_the_routes_of_teams_that_share_a_visit_bring_them_there_together(make_problem, make_visit):
    # Either team can be first at its own visit or at the shared one; only in one order do they meet.
    shared = make_visit("B0", value=9.0, n_slots=2, n_firms=40)
    early = make_visit("B1", windows=((48_900, 49_500),))
    problem = make_problem([shared, early, make_visit("B2")], people=roster(8, 4), rules=TWO_TEAMS)
    assert composed_plan(problem).value == 11.0


def test_squads_and_teams_that_locks_name_have_no_bound_over_all_compositions(make_problem, make_visit):
    problem = make_problem([make_visit("B1")], people=roster(8, 4), rules=TWO_TEAMS)
    teams = compose_teams(problem, 1)
    assert bound_compositions(problem, teams, lambda: True) is not None
    locked = replace(problem, locks=(Lock("V-B1", 0, "T01"),))
    split = replace(problem, rules=replace(problem.rules, is_split=True))
    for each in (locked, split):
        assert bound_compositions(each, teams, lambda: True) is None


@pytest.mark.slow
def test_no_composition_of_two_teams_is_above_the_bound_and_the_search_finds_the_best_of_all(make_problem, make_visit):
    n = 5
    for seed in range(8):
        rng = np.random.default_rng(seed)
        points = rng.uniform(0, 30, (n + 1, 2))
        minutes = np.rint(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))).astype(np.int64) + 1
        firms, values = rng.integers(20, 200, n), rng.integers(1, 10, n)
        visits = [make_visit(f"B{k}", value=float(values[k]), n_firms=int(firms[k])) for k in range(n)]
        problem = make_problem(visits, minutes=minutes, people=roster(7, 4, 3), rules=TWO_TEAMS)
        teams = compose_teams(problem, 1)
        best = max(optimum(pair, with_musts=False) or 0.0 for pair in two_teams(problem, teams))
        of_any = bound_compositions(problem, teams, lambda: True)
        assert of_any is not None
        assert composed_plan(problem).value == best <= of_any.bound + 1e-6, seed


def two_teams(problem: Problem, teams: Sequence[Team]) -> Iterator[Problem]:
    """Every way to share out people of whom those of a kind are alike: two of market regulation in each team."""
    people = problem.people
    for n_police in range(2, 6):
        for n_street in range(4):
            first = [*people[:n_police], *people[7:9], *people[11 : 11 + n_street]]
            rest = [p for p in people if p not in first]
            pair = tuple(with_members(problem, t, group) for t, group in zip(teams, (first, rest), strict=True))
            yield replace(problem, teams=pair, people=())


def composed(seeds: range) -> list[tuple[int, Problem]]:
    """Random problems whose teams can be composed."""
    found = []
    for seed in seeds:
        problem = rich_problem(seed, composed=True)
        try:
            teams = compose_teams(problem, 1)
        except InputError:
            continue
        if len(active_teams(teams)) > 1:
            found.append((seed, problem))
    return found


@pytest.mark.slow
def test_composed_teams_are_of_the_people_who_may_be_in_them():
    n_composed = 0
    for seed, problem in composed(range(25)):
        made = active_teams(solve(problem, Settings(seed=1, n_iterations=300)).teams)
        n_composed += 1
        people = {p.person_id: p for p in movable_people(problem, compose_teams(problem, 1))}
        members = Counter(i for t in made for i in t.member_ids)
        assert max(members.values()) == 1, seed
        assert members.keys() <= people.keys(), seed
        for team in made:
            assert all(team.n_certified.get(a, 0) >= n for a, n in problem.rules.min_certified.items()), seed
            assert team.n_female_certified >= problem.rules.min_female, seed
            assert len(team.member_ids) <= (problem.rules.max_members or 10**9), seed
            if not problem.rules.assist_letter:
                of_market = (people[i] for i in team.member_ids if people[i].agency == "market_regulation")
                assert {p.division_code for p in of_market} <= team.division_codes, seed
    assert n_composed > 8


@pytest.mark.slow
def test_no_plan_of_composed_teams_breaks_a_rule_and_none_is_above_the_bound(monkeypatch):
    monkeypatch.setattr(import_module("sweep.plan.solve_budget"), "LEAST_BOUND_ROUNDS", 0)
    n_bounded = 0
    for seed, problem in composed(range(60, 80)):
        plan = solve(problem, Settings(seed=1, n_iterations=300))
        assert faults(problem, plan) == [], seed
        left_out = {v.visit_id for v in problem.visits} - {s.visit_id for r in plan.routes for s in r.stops}
        is_whole = not any(v.is_must and v.visit_id in left_out for v in problem.visits)
        visits = tuple(replace(v, is_must=v.is_must and is_whole) for v in problem.visits)
        of_any = bound_compositions(replace(problem, visits=visits), plan.teams, lambda: True)
        if of_any is None:
            continue
        assert plan.value <= of_any.bound + 1e-6, seed
        n_bounded += 1
    assert n_bounded > 5


def test_a_visit_that_keeps_a_pair_apart_is_made_by_a_team_that_does_not_hold_both(make_problem, make_visit):
    apart = replace(make_visit("B1"), keep_apart=(("po00", "po01"),))
    plan = composed_plan(make_problem([apart, make_visit("B2")], people=roster(8, 4), rules=TWO_TEAMS))
    assert plan.value == 2.0
    assert not members_at(plan, "V-B1") >= {"po00", "po01"}
