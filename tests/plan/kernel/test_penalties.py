"""What the search takes for the price of a plan is what the checker finds from the plan's times."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sweep.check.bound.recompute_plan_value import costs_of
from sweep.plan.kernel.annealing import score
from sweep.plan.kernel.insertion import best_place, update_times
from sweep.plan.kernel.people_arrays import make_people
from sweep.plan.kernel.problem_arrays import NONE, Arrays
from sweep.plan.kernel.route_schedule import compute_starts
from sweep.plan.kernel.route_times import first_start, travel_time
from sweep.plan.kernel.search_parameters import PARAMETERS
from sweep.plan.kernel.search_state import SearchState, copy_state, insert_task
from sweep.plan.kernel.synchronised_insertion import insert_unit
from sweep.plan.problem.problem import Problem, Weights
from sweep.plan.problem.problem_file import write_problem
from sweep.plan.search.annealing_schedule import anneal
from sweep.plan.search.decode_routes import make_routes
from sweep.plan.search.encode_problem import make_arrays
from sweep.plan.search.initial_solution import empty_state
from sweep.plan.search.parallel_chains import SearchLimits, Synchronisation, SynchronisationReply
from sweep.records.plan import Plan
from tests.plan.entered import note_days, soft_from, soft_rise
from tests.plan.rich import rich_problem, softened
from tests.seeds import over_seeds


def filled(problem: Problem, rng: np.random.Generator) -> tuple[Arrays, SearchState]:
    """Routes with about three in four of the units."""
    a = make_arrays(problem, problem.teams)
    state = empty_state(a)
    for u in rng.permutation(len(a.units)):
        if rng.random() < 0.75:
            insert_unit(a, state, u, np.ones(len(a.team), np.bool_), np.inf, 0.0, rng)
    assert compute_starts(a, state)
    return a, state


def price(problem: Problem, a: Arrays, state: SearchState) -> float:
    """By the checker."""
    routes = make_routes(problem, a, state, problem.teams)
    plan = Plan("feasible", 0.0, 0.0, "", problem.teams, routes, (), 1, 0)
    return sum(cost.price for cost in costs_of(write_problem(problem).encode(), plan).values())


def work_s(problem: Problem, a: Arrays, state: SearchState) -> np.ndarray:
    """Seconds on the road and inside, by team."""
    routes = {r.team_id: r for r in make_routes(problem, a, state, problem.teams)}
    on_road = {i: r.return_travel_s + sum(s.travel_s for s in r.stops) for i, r in routes.items()}
    inside = {i: sum(s.end_s - s.start_s for s in r.stops) for i, r in routes.items()}
    return np.array([on_road.get(t.team_id, 0) + inside.get(t.team_id, 0) for t in problem.teams])


def soft_problem(seed: int) -> Problem:
    problem = softened(rich_problem(seed), seed)
    return replace(problem, teams=tuple(replace(t, is_reserve=False) for t in problem.teams))


@over_seeds(range(60), n_fast=20)
def test_the_search_prices_a_plan_as_the_checker_does(seed):
    problem = soft_problem(seed)
    a, state = filled(problem, np.random.default_rng(seed))
    inside = state.fill["team"][a.units["first"]] != NONE
    assert score(a, state) == pytest.approx(a.units["value"][inside].sum() - price(problem, a, state), abs=1e-6)


@over_seeds(range(60), n_fast=20)
def test_an_insertion_costs_what_it_is_said_to_cost_with_waiting_at_its_share(seed):
    problem = soft_problem(seed)
    # What the search does not look ahead to, and what ties routes to each other, is left out.
    visits = tuple(replace(v, slots=v.slots[:1], link_group=None) for v in problem.visits)
    weights = replace(problem.weights, largest_lateness=0.0)
    teams = tuple(replace(t, break_time=None) for t in problem.teams)
    problem = replace(problem, visits=visits, weights=weights, teams=teams, lags=())
    seen = replace(
        problem, weights=replace(weights, waiting=PARAMETERS.seen_waiting * weights.waiting, uneven_work=0.0)
    )
    rng = np.random.default_rng(seed)
    a, state = filled(problem, rng)
    for u in np.flatnonzero(state.fill["team"][a.units["first"]] == NONE):
        i, trial = int(a.units["first"][u]), copy_state(state)
        note_days(a, trial)
        for k in range(len(a.team)):
            p, cost = best_place(a, trial, i, k, rng)
            if p == NONE:
                continue
            after = copy_state(state)
            insert_task(a, after, i, k, p)
            if not update_times(a, after, int(u)):  # its longest duty
                continue
            inside_s = problem.weights.travel * int(state.service[k, i])
            # Uneven work is seen of this team alone, against the mean of before.
            before = work_s(problem, a, state)
            from_mean = abs(np.array([before[k], work_s(problem, a, after)[k]]) - before.sum() // len(before))
            uneven = weights.uneven_work * (from_mean[1] - from_mean[0])
            assert cost - inside_s == pytest.approx(price(seen, a, after) - price(seen, a, state) + uneven, abs=1e-9)


@given(st.integers(0, 10_000))
@example(2_100)  # a stop that is pushed to a window that opens again is less late there
@example(1_001)  # a team that leaves later waits less by more than it has to do
@settings(max_examples=40, deadline=None, derandomize=True)
def test_no_later_start_costs_less_than_the_least_that_is_said_of_a_place(seed):
    problem, rng = soft_problem(seed), np.random.default_rng(seed)
    a, state = filled(problem, rng)
    note_days(a, state)
    for i in np.flatnonzero(state.fill["team"][: a.n_visit_tasks] == NONE).tolist():
        here, k = int(a.task["place"][i]), int(rng.integers(len(a.team)))
        for p in range(state.team["length"][k] + 1):
            stops, inside = state.stop[k], int(state.service[k, i])
            before = int(stops["at"][p - 1] if p else a.team["base"][k])
            after = int(stops["at"][p] if p < state.team["length"][k] else a.team["end"][k])
            last = int(stops["task"][p - 1])
            free = int(state.fill["early"][last] + state.service[k, last] if p else a.team["shift_lo"][k])
            to_here, leg = travel_time(a, before, here), travel_time(a, here, after)
            start = first_start(a, i, free + to_here)
            if start == NONE or inside < 0:
                continue
            seconds = inside + to_here + leg - travel_time(a, before, after)
            least = soft_from(a, state, i, k, p, start, start + inside + leg, seconds)
            for later in (0, 60, 900, 7_200):
                at = start + later
                assert soft_rise(a, state, i, k, p, at, at + inside + leg, seconds, np.inf) >= least - 1e-9


def test_a_day_on_which_it_costs_who_goes_is_not_taken_for_several_days() -> None:
    one = replace(soft_problem(3), weights=Weights(unpreferred=0.5))
    one = replace(one, visits=tuple(replace(v, preferred=("somebody",)) for v in one.visits))
    assert not make_arrays(one, one.teams).is_daily


@over_seeds(range(20))
def test_what_is_noted_of_days_that_changed_is_what_would_be_noted_of_all(seed):
    problem = soft_problem(seed)
    a = make_arrays(problem, problem.teams)

    def judge(meeting: Synchronisation) -> SynchronisationReply:
        # The best is where a chain stood then, with all that it had noted.
        changed, fresh = copy_state(meeting.best), copy_state(meeting.best)
        fresh.team["is_noted"] = False
        note_days(a, changed)
        note_days(a, fresh)
        assert changed.team.tolist() == fresh.team.tolist()
        assert changed.fill[changed.fill["team"] != NONE].tolist() == fresh.fill[fresh.fill["team"] != NONE].tolist()
        return SynchronisationReply()

    anneal(a, make_people(problem, problem.teams, ()), empty_state(a), SearchLimits(0.0, 1_000), (seed,), judge)
