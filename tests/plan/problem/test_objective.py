"""The objective and every price that is quoted in its units, against an objective written here from its definition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from sweep.plan.explain import explain_visits
from sweep.plan.explain.cheapest_swaps import cheapest_swaps, with_swaps_taken
from sweep.plan.explain.explain_visits import Explainer
from sweep.plan.explain.insertion_options import Options
from sweep.plan.kernel.annealing import score
from sweep.plan.problem.objective import objective
from sweep.plan.problem.problem import Problem, Weights
from sweep.plan.search.decode_routes import make_routes
from sweep.plan.search.encode_problem import make_arrays, must_value
from sweep.plan.search.initial_solution import with_routes
from sweep.plan.solve import Settings, solve
from sweep.records.plan import Objective, Plan, Route
from tests.plan.conftest import problem, random_problem, team, visit
from tests.seeds import over_seeds

FEW = Settings(seed=1, n_iterations=20, is_proof_wanted=False)
ROUNDS = Settings(seed=1, n_iterations=300)
WEIGHTS = Weights(travel=1e-5, lateness=1e-4, disturbance=0.01, overtime=1e-4, uneven_work=1e-5)


def drawn(seed: int) -> Problem:
    """A small plan problem with leads that fall due, due times, disturbed firms and hours that cost."""
    rng = np.random.default_rng(seed)
    p = random_problem(seed, 5, 2, linked=seed % 3 == 0)
    visits = (
        replace(
            v,
            urgency=float(rng.random() < 0.4),
            due_s=int(rng.integers(48_600, 60_000)) if rng.random() < 0.5 else None,
            disturbance=float(rng.integers(0, 20)),
        )
        for v in p.visits
    )
    teams = tuple(replace(t, paid_until_s=56_000) for t in p.teams)
    return replace(p, visits=tuple(visits), teams=teams, weights=WEIGHTS)


def own_objective(p: Problem, routes: Sequence[Route]) -> tuple[int, float]:
    """Must-visits missed, and finds plus what falls due less the costs; from the routes' stops and times alone."""
    served = {s.visit_id for r in routes for s in r.stops}
    of = {v.visit_id: v for v in p.visits}
    total = sum(v.value + v.urgency - WEIGHTS.disturbance * v.disturbance for i, v in of.items() if i in served)
    work = []
    for r in routes:
        places = ["S", *(s.building_id for s in r.stops), "S"]
        road_s = sum(p.travel_s[p.places[a], p.places[b]] for a, b in pairwise(places) if r.stops)
        work.append(road_s + sum(s.end_s - s.start_s for s in r.stops))
        total -= WEIGHTS.travel * road_s
        if r.stops:
            total -= WEIGHTS.overtime * max(0, r.return_s - 56_000)
        for s in r.stops:
            due_s = of[s.visit_id].due_s
            total -= 0.0 if due_s is None else WEIGHTS.lateness * max(0, s.start_s - due_s)
    total -= WEIGHTS.uneven_work * sum(abs(w - sum(work) / len(work)) for w in work)
    return sum(v.is_must for i, v in of.items() if i not in served), float(total)


@over_seeds(range(200), n_fast=60)
def test_the_score_of_the_search_is_the_objective(seed: int) -> None:
    p = drawn(seed)
    plan = solve(p, FEW)
    missed, total = own_objective(p, plan.routes)
    parts = objective(p, plan.routes, p.teams)
    assert (parts.must_missed, parts.total) == (missed, pytest.approx(total, abs=1e-9))
    assert plan.total == parts.total
    a = make_arrays(p, p.teams)
    found = score(a, with_routes(p, a, p.teams, plan.routes))
    n_musts = sum(v.is_must for v in p.visits) - missed
    assert found - must_value(p) * n_musts == pytest.approx(total, abs=1e-6)


@over_seeds(range(200), n_fast=40)
def test_the_price_of_a_forced_visit_is_the_difference_of_two_objectives(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    p = drawn(seed)
    plan = solve(p, FEW)
    missed, total = own_objective(p, plan.routes)
    forced: list[Plan] = []
    monkeypatch.setattr(
        explain_visits, "solve", lambda *args, **more: forced.append(solve(*args, **more)) or forced[-1]
    )
    # Whether a price is proven is another question, with tests of its own.
    monkeypatch.setattr(Explainer, "_is_proven", lambda *_: False)
    explainer, swaps = Explainer(p, plan, FEW), cheapest_swaps(p, plan)
    for v in p.visits:
        if v.visit_id not in explainer.served and (price := explainer.price(v)) is not None:
            then_missed, then_total = own_objective(p, forced[-1].routes)
            assert price.parts.total == pytest.approx(total - then_total, abs=1e-9)
            assert price.parts.must_missed == missed - then_missed
            if v.visit_id in swaps and price.parts.must_missed == 0:
                assert price.parts.total <= swaps[v.visit_id].price + 1e-6


@over_seeds(range(200), n_fast=40)
def test_the_price_of_a_swap_is_the_difference_of_two_objectives_and_none_is_below_0(seed: int) -> None:
    p = drawn(seed)
    plan = with_swaps_taken(p, solve(p, FEW))
    _, total = own_objective(p, plan.routes)
    options = Options(p, p.teams, plan.routes)
    for visit_id, swap in cheapest_swaps(p, plan).items():
        found = options.cheapest(next(v for v in p.visits if v.visit_id == visit_id))
        assert found is not None
        _, then = own_objective(p, make_routes(p, options.arrays, found.state, p.teams))
        assert swap.price == pytest.approx(total - then, abs=1e-5)
        assert swap.parts.total == pytest.approx(total - then, abs=1e-9)
        is_must = next(v.is_must for v in p.visits if v.visit_id == visit_id)
        assert swap.price >= 0.0 or is_must


def lead_or_finds() -> Problem:
    """One team has time for one of two: A with a lead that falls due and .2 finds, or B with .6 finds."""
    a, b = replace(visit("A", 0.2), urgency=1.0), visit("B", 0.6)
    return problem([a, b], [team("T0", shift=(48_600, 48_600 + 3_600))])


def test_a_visit_that_would_displace_a_due_lead_costs_the_lead_less_its_own_finds() -> None:
    p = lead_or_finds()
    plan = solve(p, ROUNDS)
    assert [s.visit_id for s in plan.routes[0].stops] == ["V-A"]
    (why,) = (Explainer(p, plan, ROUNDS).why_not(v) for v in p.visits if v.visit_id == "V-B")
    assert why.price is not None
    # 1.2 for A less .6 for B; by finds alone it would be -.4, a gain.
    assert why.price.parts.total == pytest.approx(0.6, abs=1e-4)
    parts = why.price.parts
    assert (parts.finds, parts.due, parts.n_due) == (pytest.approx(-0.4), 1.0, 1)
    assert [r.code for r in why.reasons] == ["LOW_VALUE"]


def test_a_plan_that_misses_the_due_lead_is_replaced_by_the_one_that_reaches_it() -> None:
    p = lead_or_finds()
    worse = solve(replace(p, visits=tuple(replace(v, urgency=0.0) for v in p.visits)), ROUNDS)
    assert [s.visit_id for s in worse.routes[0].stops] == ["V-B"]
    known = replace(worse, due=0.0)
    (why,) = (Explainer(p, known, ROUNDS).why_not(v) for v in p.visits if v.visit_id == "V-A")
    assert why.price is not None and why.price.parts.total == pytest.approx(-0.6, abs=1e-4)
    assert [r.code for r in why.reasons] == ["SEARCH_TOO_SHORT"]
    better = with_swaps_taken(p, known)
    assert [s.visit_id for s in better.routes[0].stops] == ["V-A"]
    assert (better.value, better.due) == (pytest.approx(0.2), 1.0)


def test_a_must_visit_goes_before_any_total() -> None:
    few, many = Objective(finds=9.0, must_missed=1), Objective(finds=1.0)
    assert max(few, many, key=lambda o: o.rank) is many
    assert (few - many).total == pytest.approx(8.0)
