"""JIT warm-up: calls or compiles every compiled function of the planner on a problem of three teams."""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import numba
import numpy as np

from geodata.precompile import Precompiler
from sweep.plan.bound.branch_and_price import Prover
from sweep.plan.bound.proof_thread import served_units
from sweep.plan.bound.team_kind_arrays import TaskWindows
from sweep.plan.kernel.insertion import best_place, update_times
from sweep.plan.kernel.people_arrays import People, make_people, members
from sweep.plan.kernel.problem_arrays import Arrays
from sweep.plan.kernel.route_times import first_start, travel_time
from sweep.plan.kernel.search_state import SearchState, assign_state, fits_caps, insert_task, remove_unit
from sweep.plan.kernel.synchronised_insertion import insert_unit
from sweep.plan.problem.eligibility import active_teams
from sweep.plan.problem.problem import Problem, TeamRules
from sweep.plan.search.annealing_schedule import anneal
from sweep.plan.search.encode_problem import make_arrays
from sweep.plan.search.initial_solution import empty_state
from sweep.plan.search.parallel_chains import SearchLimits, SynchronisationReply
from sweep.plan.teams.compose_teams import compose_teams
from sweep.plan.teams.make_teams import movable_people
from sweep.records.buildings import Building
from sweep.records.people import Base, Person, Team
from sweep.records.service_time import ServiceMinutes
from sweep.records.visits import Slot, Visit

PLANNER = Precompiler(("sweep.plan.kernel", "sweep.plan.bound"), f"{__name__}:search", f"{__name__}:steps_and_proof")

DISTRICT, N_TEAMS, N_VISITS, SERVICE_S = "370102", 3, 12, 5_000


def compile_for(function: Callable[..., Any], *given: Any) -> None:
    """Compile a function and its callees for the types of `given`, its arguments, ahead of its first call."""
    dispatcher: Any = function
    dispatcher.compile(tuple(map(numba.typeof, given)))


def search() -> None:
    """Compile the search by a short run on the problem of `small_day`."""
    _, _, arrays, people, state = small_day()
    anneal(arrays, people, state, SearchLimits(0.0, n_rounds=64), (1,), lambda _: SynchronisationReply())


def steps_and_proof() -> None:
    """Compile the proof and the kernel functions that Python calls directly; takes about as long as `search`."""
    problem, teams, arrays, _, state = small_day()
    is_open, rng = np.zeros(len(arrays.team), np.bool_), np.random.default_rng(1)
    compile_for(travel_time, arrays, 0, 0)
    compile_for(first_start, arrays, 0, 0)
    compile_for(best_place, arrays, state, 0, 0, rng)
    compile_for(insert_unit, arrays, state, 0, is_open, 0.0, 0.0, rng)
    compile_for(insert_task, arrays, state, 0, 0, 0)
    compile_for(update_times, arrays, state, 0)
    compile_for(remove_unit, arrays, state, 0)
    compile_for(fits_caps, arrays, state, 0)
    compile_for(assign_state, state, state)
    prover, served = Prover(problem, arrays, teams), served_units(arrays, state)
    prover.run(lambda: served, lambda: prover.n_rounds < 3)
    compile_for(first_start, TaskWindows(arrays.window), 0, 0)


@cache
def small_day() -> tuple[Problem, list[Team], Arrays, People, SearchState]:
    """
    Return a problem that reaches all compiled functions: three teams, a visit of two teams, two linked visits.

    With it come its teams, its arrays, the people who may change teams, and a state without routes.
    """
    problem = _problem()
    teams = active_teams(compose_teams(problem, 1))
    arrays, people = make_arrays(problem, teams), movable_people(problem, teams)
    state = empty_state(arrays, members(people, teams))
    return problem, teams, arrays, make_people(problem, teams, people), state


def _problem() -> Problem:
    ids = [str(n) for n in range(N_VISITS)]
    steps = np.arange(N_VISITS + 1)
    travel = 300 * np.abs(steps[:, None] - steps[None])
    return Problem(
        day=date(2026, 9, 16),
        visits=tuple(_visit(n) for n in range(N_VISITS)),
        buildings={k: Building(k, k, "", DISTRICT, None, None, 9, 2, 1, 900.0, 117.0, 36.7) for k in ids},
        people=tuple(_person(n) for n in range(4 * N_TEAMS)),
        teams=(),
        rules=TeamRules(N_TEAMS, 0, {"police": 2, "market_regulation": 2}, 0, assist_letter=False),
        bases={"base": Base("base", "", DISTRICT, 117.0, 36.7)},
        places={**{k: row for row, k in enumerate(ids)}, "base": N_VISITS},
        travel_s=travel,
        distance_m=travel,
        unreachable=1 << 30,
        shift_s=(48_600, 63_000),
        minutes=ServiceMinutes(8.0, 1.0, 3.0),
        link_tolerance_s=300,
    )


def _visit(n: int) -> Visit:
    slots = tuple(Slot(k, {"police": 2, "market_regulation": 2}, 0) for k in range(2 if n == 0 else 1))
    return Visit(
        visit_id=str(n),
        building_id=str(n),
        division_code=DISTRICT,
        track="stocktake",
        basis=(),
        targets=(),
        n_firms=1,
        value=1.0 + n / N_VISITS,
        is_must=False,
        slots=slots,
        windows_s=((48_600, 60_300),),
        link_group="together" if n in (1, 2) else None,
        service_s=SERVICE_S,
    )


def _person(n: int) -> Person:
    agency = "police" if n % 2 else "market_regulation"
    return Person(str(n), agency, "officer", date(2099, 1, 1), n % 3 == 0, "base", DISTRICT, (48_600, 63_000))
