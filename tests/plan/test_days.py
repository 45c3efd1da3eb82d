"""Plans of several days: values by day and caps in search, bound and proof, beside exhaustive search."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from sweep.plan.problem.problem import Problem
from sweep.plan.problem.problem_file import write_problem
from sweep.plan.search.encode_problem import make_arrays
from sweep.plan.solve import Settings, solve
from sweep.records.visits import Cap
from tests.check.bound.proven import Proven
from tests.plan.conftest import problem, team, visit
from tests.plan.exhaustive import optimum
from tests.plan.judge import faults
from tests.plan.knapsack_bound import knapsack_bound
from tests.plan.relaxed_bound import upper_bound
from tests.plan.rich import over_days, rich_problem
from tests.plan.tied import tied_problem
from tests.seeds import over_seeds

ROUNDS = Settings(seed=1, n_iterations=400)
DAY = 86_400


def small(seed: int) -> Problem:
    """Two days, each team out on one of them."""
    return over_days(tied_problem(seed), seed, is_each=False)


def proven(asked: Problem, n_rounds: int = 400) -> Proven:
    plan = solve(asked, Settings(seed=1, n_iterations=n_rounds))
    made = Proven(json.loads(write_problem(asked)), plan, json.loads(plan.proof or ""))
    made.rehash()
    return made


@over_seeds(range(60), n_fast=20)
def test_no_plan_of_several_days_breaks_a_rule_or_a_cap_and_its_bound_is_shown(seed):
    asked = over_days(rich_problem(seed), seed)
    made = proven(asked, 200)
    assert faults(asked, made.plan) == []
    assert made.plan.value <= made.plan.bound + 1e-9
    assert made.fault() is None


@over_seeds(range(40))
def test_no_bound_is_below_the_optimum_and_the_search_comes_to_it(seed):
    asked = small(seed)
    a = make_arrays(asked, asked.teams)
    best = optimum(asked, with_musts=False)
    assert upper_bound(asked, a, asked.teams, np.inf, with_musts=False)[0] >= best - 1e-6
    assert knapsack_bound(asked, a, asked.teams) >= best - 1e-6
    with_musts = optimum(asked, with_musts=True)
    if with_musts is not None:
        plan = solve(asked, ROUNDS)
        assert with_musts == pytest.approx(plan.value)
        assert plan.bound >= with_musts - 1e-6


def two_days(cap: Cap | None = None, values: tuple[float, ...] = (1.0, 3.0)) -> Problem:
    """Two visits, one worth more on the second day; a team on each day has time for both."""
    visits = [
        visit("B1", 1.0, values=values, windows=[(48_600, 60_300), (48_600 + DAY, 60_300 + DAY)]),
        visit("B2", 2.0, windows=[(48_600, 60_300), (48_600 + DAY, 60_300 + DAY)]),
    ]
    shift = (48_600, 63_000)
    teams = [team("T0", shift=shift), replace(team("T1", shift=(shift[0] + DAY, shift[1] + DAY)), day=1)]
    return replace(problem(visits, teams), caps=() if cap is None else (cap,))


def test_a_visit_is_made_on_the_day_on_which_it_is_worth_most():
    plan = solve(two_days(), ROUNDS)
    assert {r.team_id for r in plan.routes for s in r.stops if s.visit_id == "V-B1"} == {"T1"}
    assert (plan.value, plan.bound, plan.status) == (5.0, 5.0, "optimal")


def test_a_cap_leaves_the_lesser_visit_out_and_the_bound_knows_it():
    plan = solve(two_days(Cap("C", {"V-B1": 1, "V-B2": 1}, 1)), ROUNDS)
    assert (plan.value, plan.bound, plan.status) == (3.0, 3.0, "optimal")
    assert [(u.visit_id, u.reasons[0].code, dict(u.reasons[0].values)) for u in plan.unserved] == [
        ("V-B2", "TOTAL_CAP", {"cap": "C", "most": 1, "taken": 1, "needs": 1})
    ]


def test_a_way_past_a_visit_of_another_day_is_in_no_route_and_its_proof_is_confirmed():
    # On the first day nobody can be at B2 and back but past B3, which is open on the second day alone.
    minutes = np.full((4, 4), 5)
    minutes[1, [0, 3]] = minutes[[0, 3], 1] = 200
    early, late = ((48_600, 60_300),), ((48_600 + DAY, 60_300 + DAY),)
    visits = [visit("B1", 1.0, windows=early), visit("B2", 4.0, windows=early)]
    visits.append(visit("B3", 2.0, windows=late, values=(0.0, 2.0)))
    teams = [team("T0"), replace(team("T1", shift=(48_600 + DAY, 63_000 + DAY)), day=1)]
    made = proven(problem(visits, teams, minutes))
    assert (made.plan.value, made.plan.bound) == (3.0, pytest.approx(3.0))
    assert made.fault() is None


def test_what_is_changed_in_a_proof_of_days_and_caps_is_refused():
    made = proven(two_days(Cap("C", {"V-B1": 1, "V-B2": 1}, 1)))
    (node,) = made.proof["pools"][0]["nodes"]
    assert node["shown"]["caps"]["C"] > 0
    assert made.fault() is None

    def spoiled(change) -> str | None:
        copy = Proven(deepcopy(made.problem), made.plan, deepcopy(made.proof))
        change(copy)
        return copy.fault()

    def of_problem(key, value):
        def change(copy):
            *steps, last = key
            place = copy.problem
            for step in steps:
                place = place[step]
            place[last] = value
            copy.rehash()

        return change

    def of_caps(caps):
        return lambda copy: copy.proof["pools"][0]["nodes"][0]["shown"].update(caps=caps)

    ways = [
        of_problem(("caps", 0, "most"), 2),
        of_problem(("caps", 0, "loads"), {"V-B1": 1}),
        of_problem(("caps", 0, "loads", "V-B2"), -1),
        of_problem(("caps",), []),
        of_problem(("visits", 0, "values"), [1.0, 9.0]),
        of_problem(("visits", 0, "values"), [1.0]),
        of_caps({"C": 0}),
        of_caps({"C": -1}),
        of_caps({"D": node["shown"]["caps"]["C"]}),
        of_caps({}),
    ]
    assert [n for n, change in enumerate(ways) if spoiled(change) is None] == []


def urgent(seed: int) -> Problem:
    """As `small`, with urgency beside the values."""
    asked, rng = small(seed), np.random.default_rng((seed, 23))
    urgency = rng.choice([0.0, 0.5, 4.0, 20.0], len(asked.visits))
    return replace(
        asked, visits=tuple(replace(v, urgency=float(u)) for v, u in zip(asked.visits, urgency, strict=True))
    )


def all_told(asked: Problem) -> Problem:
    """The same with urgency as part of the value."""
    added = (
        replace(v, value=v.value + v.urgency, values=tuple(x + v.urgency for x in v.values), urgency=0.0)
        for v in asked.visits
    )
    return replace(asked, visits=tuple(added))


def urgency_of(made: Proven) -> float:
    served = {s.visit_id for r in made.plan.routes for s in r.stops}
    return sum(v.get("urgency", 0.0) for v in made.problem["visits"] if v["visit_id"] in served)


@over_seeds(range(40))
def test_a_bound_over_days_is_on_plans_as_urgent_and_never_below_the_best_of_both(seed):
    asked = urgent(seed)
    made = proven(asked)
    assert made.fault() is None
    best = optimum(all_told(asked), with_musts=True)
    if best is not None and made.proof.get("with_urgency"):
        assert made.plan.value + urgency_of(made) <= best + 1e-6 <= made.plan.bound + urgency_of(made) + 2e-6


def one_of_two(urgency: float = 5.0) -> Problem:
    """Two visits of which one can be made, the one of less value for its urgency."""
    asked = two_days(Cap("C", {"V-B1": 1, "V-B2": 1}, 1))
    return replace(asked, visits=(asked.visits[0], replace(asked.visits[1], urgency=urgency)))


def test_the_bound_over_days_leaves_out_what_would_cost_urgency():
    plan = solve(one_of_two(), ROUNDS)
    assert (plan.value, plan.bound, plan.status) == (2.0, 2.0, "optimal")
    # Less urgent, the other is made, and no plan is worth more.
    plan = solve(one_of_two(0.5), ROUNDS)
    assert (plan.value, plan.bound, plan.status) == (3.0, 3.0, "optimal")


@pytest.mark.parametrize(
    ("visit_id", "urgency"), [("V-B2", 0.5), ("V-B2", 6.0), ("V-B1", 4.5)], ids=["less", "more", "another"]
)
def test_another_urgency_than_was_counted_is_refused(visit_id, urgency):
    """More of what is made shows no less of it; the rest was bounded without."""
    made = proven(one_of_two())
    assert made.fault() is None
    for v in made.problem["visits"]:
        if v["visit_id"] == visit_id:
            v["urgency"] = urgency
    assert made.fault() is not None
    made.rehash()
    assert (made.fault() is None) == (visit_id == "V-B2" and urgency > 5.0)


def test_urgency_that_is_not_counted_or_not_made_is_refused():
    made = proven(one_of_two())
    del made.proof["with_urgency"]
    assert made.fault() is not None
    made = proven(one_of_two())
    made.plan = replace(made.plan, routes=())
    assert made.fault() is not None


def test_a_team_on_whose_day_nothing_is_open_has_no_price():
    asked = two_days()
    asked = replace(asked, visits=tuple(replace(v, windows_s=v.windows_s[:1]) for v in asked.visits))
    made = proven(asked)
    assert made.proof["pools"][0]["nodes"][0]["shown"]["prices"]["T1"] == 0
    assert (made.plan.value, made.plan.bound, made.fault()) == (3.0, 3.0, None)


def test_trouble_of_the_lp_with_numbers_leaves_a_bound(monkeypatch):
    monkeypatch.setattr(
        import_module("sweep.plan.bound.route_master").RouteMaster, "solve", lambda _self, _slack=0.0: None
    )
    made = proven(two_days())
    assert made.fault() is None
    assert made.plan.value == 5.0 <= made.plan.bound


def test_an_lp_that_goes_round_in_circles_is_given_up_and_leaves_a_bound(monkeypatch):
    # GLOP's clock has run out before its first step.
    monkeypatch.setattr(import_module("sweep.plan.bound.route_master"), "MOST_GLOP_S", 0.0)
    made = proven(two_days())
    assert made.fault() is None
    assert made.plan.value == 5.0 <= made.plan.bound
