"""The door to the planner: a problem in, a plan out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sweep.plan.anneal import PRICED_SHARE, Limits, anneal, leg_cost
from sweep.plan.arrays import NONE, Arrays, active_teams, make_arrays
from sweep.plan.bound import upper_bound
from sweep.plan.crews import Crews, make_crews, manned, members, movable_people
from sweep.plan.problem import Problem
from sweep.plan.reasons import unserved_visits
from sweep.plan.routes import make_routes
from sweep.plan.state import State, empty_state
from sweep.plan.teams import compose_teams
from sweep.plan.warm import with_routes
from sweep.records import Plan, Route, Team

CLOSED_GAP = 1e-9
# Share of the limit in which people still change teams, if the teams are composed.
COMPOSE_SHARE = 0.4
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
    """Infinite until there is one."""
    n_served: int
    n_iterations: int
    elapsed_s: float


def solve(
    problem: Problem,
    settings: Settings,
    watch: Callable[[Progress], None] | None = None,
    start: Sequence[Route] = (),
) -> Plan:
    """
    The best plan found within the limits, never one that breaks a hard rule. Ctrl-C gives the best one so far.

    Parameters
    ----------
    watch
        Called a few times a second.
    start
        Routes of given teams to begin with; the plan is at least as good as what of them can be kept.

    Raises
    ------
    InputError
        If no teams can be composed from the people.
    """
    run = _Run(problem, settings, watch)
    teams = problem.teams or compose_teams(problem, settings.seed)
    crews = active_teams(teams)
    if problem.teams:
        first = None
    else:
        crews, first = run.compose(teams, crews)
    teams = _replaced(teams, crews)
    arrays = make_arrays(problem, crews)
    bounds = run.bounds(arrays, crews)
    state = empty_state(arrays)
    with_routes(problem, arrays, state, crews, first if first is not None else start)
    if len(crews) and len(problem.visits):
        state = run.route(arrays, crews, state, bounds[0][0])
    served = served_visits(problem, state)
    value = sum(v.value for v in problem.visits if v.visit_id in served)
    # If all must-visits are served, every better plan serves them too, for they go first.
    has_all = all(v.visit_id in served for v in problem.visits if v.is_must)
    bound, method = min(bounds) if has_all else bounds[0]
    bound = max(bound, value)  # equal up to rounding when everything is served
    return Plan(
        status="optimal" if bound - value <= CLOSED_GAP * max(1.0, bound) else "feasible",
        value=value,
        bound=bound,
        bound_method=method,
        teams=tuple(teams),
        routes=make_routes(problem, arrays, state, crews),
        unserved=unserved_visits(problem, arrays, state, crews),
        seed=settings.seed,
        n_iterations=run.n_iterations,
    )


def served_visits(problem: Problem, state: State) -> frozenset[str]:
    """Ids of the visits that are in the routes; a visit is in with all its slots or not at all."""
    first = np.cumsum([0] + [len(v.slots) for v in problem.visits])[:-1]
    is_in = state.fill["team"][first] != NONE
    return frozenset(v.visit_id for v, here in zip(problem.visits, is_in, strict=True) if here)


def _replaced(teams: Sequence[Team], crews: Sequence[Team]) -> tuple[Team, ...]:
    by_id = {t.team_id: t for t in crews}
    return tuple(by_id.get(t.team_id, t) for t in teams)


class _Run:
    """The limits of one solve, shared out over its parts."""

    def __init__(self, problem: Problem, settings: Settings, watch: Callable[[Progress], None] | None) -> None:
        self.problem, self.settings, self.watch = problem, settings, watch
        self.began = time.monotonic()
        self.n_iterations = 0
        self.interrupted = False

    def compose(self, teams: Sequence[Team], crews: Sequence[Team]) -> tuple[list[Team], tuple[Route, ...]]:
        """Let people change teams while the routes are searched: the teams that came out, and their routes."""
        people = movable_people(self.problem, teams)
        arrays = make_arrays(self.problem, crews)
        state = empty_state(arrays, members(people, crews))
        if len(crews) > 1 and people and self.problem.visits:
            movers = make_crews(self.problem, crews, people)
            state = self._search(arrays, movers, state, np.inf, (0.0, COMPOSE_SHARE))
        inside: list[list[int]] = [[] for _ in crews]
        for p, k in enumerate(state.member):
            if k != NONE:
                inside[k].append(p)
        changed = [manned(self.problem, t, [people[p] for p in inside[k]]) for k, t in enumerate(crews)]
        return changed, make_routes(self.problem, arrays, state, changed)

    def bounds(self, arrays: Arrays, crews: Sequence[Team]) -> list[tuple[float, str]]:
        """Upper bound on any plan, then on plans that serve every must-visit, if there are any."""
        values = sum(v.value for v in self.problem.visits)
        if self.interrupted or leg_cost(arrays) * len(self.problem.visits) >= PRICED_SHARE * values:
            # Nobody waits for a proof, or the road costs what visits are worth: a bound on worth says little then.
            return [upper_bound(self.problem, arrays, crews, 0.0, with_musts=False)]
        s = self.settings
        limit_s = BOUND_SHARE * s.time_limit_s if s.n_iterations is None else np.inf
        has_musts = any(v.is_must for v in self.problem.visits)
        kinds = (False, True) if has_musts else (False,)
        return [upper_bound(self.problem, arrays, crews, limit_s, with_musts=musts) for musts in kinds]

    def route(self, arrays: Arrays, crews: Sequence[Team], state: State, bound: float) -> State:
        """Search the routes of these teams until the limit."""
        if self.interrupted:
            return state
        movers = make_crews(self.problem, crews, ())
        used = 0.0 if self.problem.teams else COMPOSE_SHARE
        return self._search(arrays, movers, state, bound, (used, 1.0))

    def _search(self, a: Arrays, movers: Crews, state: State, bound: float, part: tuple[float, float]) -> State:
        n = self.settings.n_iterations
        left = part[1] * self.settings.time_limit_s - (time.monotonic() - self.began)
        limits = Limits(max(0.1, left), None if n is None else round((part[1] - part[0]) * n))
        before = self.n_iterations

        def tell(best: State, share: float, done: int) -> None:
            self.n_iterations = before + done
            if self.watch:
                self.watch(self._progress(best, part[0] + share * (part[1] - part[0]), bound))

        best, _, self.interrupted = anneal(a, movers, state, limits, (self.settings.seed, round(100 * part[0])), tell)
        return best

    def _progress(self, state: State, share: float, bound: float) -> Progress:
        served = served_visits(self.problem, state)
        value = sum(v.value for v in self.problem.visits if v.visit_id in served)
        elapsed_s = time.monotonic() - self.began
        return Progress(min(1.0, share), value, bound, len(served), self.n_iterations, elapsed_s)
