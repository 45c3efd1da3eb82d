"""The door to the planner: a problem in, a plan out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from sweep.plan.arrays import Arrays, active_teams, make_arrays
from sweep.plan.bound import upper_bound
from sweep.plan.problem import Problem
from sweep.plan.reasons import unserved_visits
from sweep.plan.search import NONE, State, assign_state, copy_state, empty_state, improve, score
from sweep.plan.teams import compose_teams
from sweep.records import Plan, Route, Stop, Team

# Two searches with their own seeds, on two threads, that meet after so many rounds and go on from the better one.
# The number is fixed, not that of the machine's cores, so that the plan is the same on any machine.
N_CHAINS = 2
ROUNDS_TOGETHER = 200
# Temperatures as shares of the mean value of a visit.
HOT, COLD = 1.0, 0.02
CLOSED_GAP = 1e-9
# Most of the time limit that the bound may take; a district closes in a second or two.
BOUND_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of a solve. With `n_iterations` the plan is the same on every run, whatever the time it takes."""

    seed: int = 1
    time_limit_s: float = 20.0
    n_iterations: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a solve has come."""

    share: float
    """Of the limit, in [0, 1]."""
    value: float
    bound: float
    n_served: int
    n_iterations: int


def solve(problem: Problem, settings: Settings, watch: Callable[[Progress], None] | None = None) -> Plan:
    """
    The best plan found within the limits, never one that breaks a hard rule.

    Parameters
    ----------
    watch
        Called a few times a second.

    Raises
    ------
    InputError
        If no teams can be composed from the people.
    """
    teams = problem.teams or compose_teams(problem, settings.seed)
    crews = active_teams(teams)
    arrays = make_arrays(problem, crews)
    start = time.monotonic()
    limit_s = BOUND_SHARE * settings.time_limit_s if settings.n_iterations is None else np.inf
    bound, method = upper_bound(problem, arrays, crews, limit_s, with_musts=False)
    musts = {v.visit_id for v in problem.visits if v.is_must}
    bound_with_musts = upper_bound(problem, arrays, crews, limit_s, with_musts=True) if musts else (bound, method)
    state = empty_state(arrays)
    n_iterations = 0
    if len(crews) and len(problem.visits):
        left = replace(settings, time_limit_s=max(0.1, settings.time_limit_s - (time.monotonic() - start)))
        state, n_iterations = _search(problem, arrays, left, bound, watch)
    served = {v for v, _ in _served_tasks(problem, state)}
    value = sum(v.value for v in problem.visits if v.visit_id in served)
    if musts <= served:
        # Every better plan serves them too, for they go first.
        bound, method = min((bound, method), bound_with_musts)
    bound = max(bound, value)  # equal up to rounding when everything is served
    return Plan(
        status="optimal" if bound - value <= CLOSED_GAP * max(1.0, bound) else "feasible",
        value=value,
        bound=bound,
        bound_method=method,
        teams=tuple(teams),
        routes=_routes(problem, arrays, state, crews),
        unserved=unserved_visits(problem, arrays, state, crews),
        seed=settings.seed,
        n_iterations=n_iterations,
    )


def _served_tasks(problem: Problem, state: State) -> list[tuple[str, int]]:
    tasks = [(v.visit_id, s.slot) for v in problem.visits for s in v.slots]
    return [t for t, team in zip(tasks, state.team, strict=True) if team != NONE]


def _search(
    problem: Problem, a: Arrays, settings: Settings, bound: float, watch: Callable[[Progress], None] | None
) -> tuple[State, int]:
    mean_value = max(1e-6, float(np.mean([v.value for v in problem.visits])))
    rngs = [np.random.default_rng([settings.seed, chain]) for chain in range(N_CHAINS)]
    now = [empty_state(a) for _ in rngs]
    best = [copy_state(s) for s in now]
    seconds = _unit_seconds(a)
    start, done = time.monotonic(), 0
    with ThreadPoolExecutor(N_CHAINS) as pool:
        while True:
            share = _share(settings, done, time.monotonic() - start)
            if share >= 1.0:
                break
            n_rounds = _next_rounds(settings, done)
            heat = [mean_value * HOT * (COLD / HOT) ** s for s in (share, min(1.0, share + 0.01))]
            jobs = [
                pool.submit(improve, a, now[c], best[c], seconds, heat[0], heat[1], n_rounds, rngs[c])
                for c in range(N_CHAINS)
            ]
            for job in jobs:
                job.result()
            done += n_rounds
            _share_best(a, now, best)
            if watch:
                watch(_progress(problem, best[0], bound, share, done))
    return best[0], done * N_CHAINS


def _share(settings: Settings, done: int, elapsed_s: float) -> float:
    if settings.n_iterations is not None:
        return done * N_CHAINS / settings.n_iterations
    return elapsed_s / settings.time_limit_s


def _next_rounds(settings: Settings, done: int) -> int:
    if settings.n_iterations is None:
        return ROUNDS_TOGETHER
    return min(ROUNDS_TOGETHER, -(-settings.n_iterations // N_CHAINS) - done)


def _share_best(a: Arrays, now: Sequence[State], best: Sequence[State]) -> None:
    """All chains keep the best of all; a chain that lags goes on from it, the leader stays where it is."""
    scores = [score(a, s) for s in best]
    leader = int(np.argmax(scores))
    for c in range(len(best)):
        if scores[c] < scores[leader]:
            assign_state(best[c], best[leader])
            assign_state(now[c], best[leader])


def _progress(problem: Problem, state: State, bound: float, share: float, done: int) -> Progress:
    served = {v for v, _ in _served_tasks(problem, state)}
    value = sum(v.value for v in problem.visits if v.visit_id in served)
    return Progress(min(1.0, share), value, bound, len(served), done * N_CHAINS)


def _unit_seconds(a: Arrays) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Least service seconds of each unit; a unit that no team may serve counts as a shift."""
    least = np.where(a.service >= 0, a.service, 86_400).min(axis=1)
    return np.maximum(1, np.bincount(a.unit, weights=least, minlength=len(a.worth))).astype(np.int64)


def _routes(problem: Problem, a: Arrays, state: State, teams: Sequence[Team]) -> tuple[Route, ...]:
    tasks = [(v, s.slot) for v in problem.visits for s in v.slots]
    routes = []
    for k, team in enumerate(teams):
        stops: list[Stop] = []
        place, free = int(a.base[k]), int(a.shift_lo[k])
        for p in range(int(state.length[k])):
            i = int(state.route[k, p])
            visit, slot = tasks[i]
            here, start = int(a.place[i]), int(state.earliest[k, p])
            travel = int(a.travel[place, here])
            # The first leg leaves as late as it can: waiting is done at the base, not at the door.
            arrive = start if p == 0 else free + travel
            end = start + int(a.service[i, k])
            metres = int(problem.distance_m[place, here])
            stops.append(Stop(visit.visit_id, slot, visit.building_id, travel, metres, arrive, start, end))
            place, free = here, end
        back_s, back_m = int(a.travel[place, a.base[k]]), int(problem.distance_m[place, a.base[k]])
        depart = stops[0].arrive_s - stops[0].travel_s if stops else team.shift_s[0]
        back = (back_s, back_m, free + back_s) if stops else (0, 0, team.shift_s[0])
        routes.append(Route(team.team_id, depart, tuple(stops), *back))
    return tuple(routes)
