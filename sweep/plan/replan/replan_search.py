"""Re-planning search with a penalty on changes, from the published routes and from a plan without the penalty."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import product

import numpy as np

from geodata.array_types import Int64s
from geodata.precompile import Precompiler
from sweep.plan.defer_interrupt import defer_interrupt
from sweep.plan.jit_warmup import compile_for, small_day
from sweep.plan.kernel.annealing import total_value
from sweep.plan.kernel.problem_arrays import NONE
from sweep.plan.kernel.route_schedule import compute_starts
from sweep.plan.kernel.route_times import first_start
from sweep.plan.kernel.search_state import SearchState
from sweep.plan.problem.problem import Problem, task_rows
from sweep.plan.replan.change_cost_annealing import (
    Orders,
    improve_priced,
    keep_orders,
    keep_published_starts,
    n_changed,
    priced_score,
)
from sweep.plan.replan.remaining_problem import RemainingDay
from sweep.plan.search.annealing_schedule import mean_value
from sweep.plan.search.decode_routes import make_routes, plan_value
from sweep.plan.search.encode_problem import make_arrays
from sweep.plan.search.initial_solution import empty_state, with_routes
from sweep.plan.search.parallel_chains import (
    ChainInterval,
    SearchLimits,
    Synchronisation,
    SynchronisationReply,
    cooling,
    run_chains,
)
from sweep.plan.solve import Settings, solve
from sweep.records.plan import Plan, Route

# Callback with the share of the limit used, and value and changed stops of the best plan so far.
type ProgressCallback = Callable[[float, float, int], None]

# The planner's functions that these call are compiled before.
REPLANNER = Precompiler((f"{__package__}.change_cost_annealing",), f"{__name__}:priced_search")


def default_price(rest: Problem) -> float:
    """Return the default penalty of a changed stop: the mean value plus urgency of the remaining visits, 0 if none."""
    return float(np.mean([v.value + v.urgency for v in rest.visits])) if rest.visits else 0.0


class ReplanSearch:
    """
    Search for the best plan of the remaining problem, less a penalty on each changed stop.

    `soonest` holds optional routes with urgent visits at their earliest starts, from which the search may begin.
    """

    def __init__(
        self,
        rest: RemainingDay,
        plan: Plan,
        settings: Settings,
        price: float,
        on_progress: ProgressCallback | None,
        soonest: Sequence[Route] = (),
    ) -> None:
        self._soonest = soonest
        self._problem, self._settings, self._watch = rest.problem, settings, on_progress
        self.arrays = make_arrays(rest.problem, rest.problem.teams)
        self.orders, self.n_closed = _orders(rest, plan, price)
        self.n_rounds = 0
        self._begin = self._keep()
        self.kept_routes = make_routes(self._problem, self.arrays, self._begin, self._problem.teams)

    def search(self) -> tuple[SearchState, Plan]:
        """Return the best state with the penalty on changes and a plan without this penalty; Ctrl-C ends the search."""
        a, s = self.arrays, self._settings
        # This share of the limit goes to the bound and to a plan without the penalty, from which one chain starts.
        began, to_free = time.monotonic(), s.part(0.4)
        with defer_interrupt() as is_interrupted:
            free = solve(self._problem, to_free, start=self.kept_routes)
            other = with_routes(self._problem, a, self._problem.teams, free.routes)
            keep_published_starts(a, other, self.orders)
            self.n_rounds = free.n_iterations
            n_left = None if s.n_iterations is None else max(0, s.n_iterations - (to_free.n_iterations or 0))
            limits = SearchLimits(max(0.05, s.time_limit_s - (time.monotonic() - began)), n_left)
            return self._anneal([self._begin, other], limits, is_interrupted), free

    def _keep(self) -> SearchState:
        """Return the best of several initial states, which insert the published stops in different orders."""
        a, o = self.arrays, self.orders
        published = np.unique(a.task["unit"][o.in_time]) if len(o.in_time) else np.zeros(0, np.int64)
        start = {int(u): int(o.start[a.units["first"][u]]) for u in published}
        by_time = np.array(sorted(start, key=lambda u: (start[u], u)), np.int64)
        by_value = np.array(sorted(start, key=lambda u: (-a.units["value"][u], u)), np.int64)
        exact = self._exactly(by_time)
        self.kept = frozenset(slot for slot, i in task_rows(self._problem).items() if exact.fill["team"][i] != NONE)
        states = [exact]
        for first, order in product((self._soonest, ()) if self._soonest else ((),), (by_time, by_value)):
            states.append(with_routes(self._problem, a, self._problem.teams, first))
            keep_orders(a, states[-1], o, order)
        keep_orders(a, exact, o, by_value)
        floor = max(total_value(a, s) for s in states)
        self.orders = o._replace(floor=floor)
        return max(states, key=lambda s: priced_score(a, s, self.orders))

    def _exactly(self, by_time: Int64s) -> SearchState:
        """Return a state with only the stops that can start exactly when published; `by_time`: order of insertion."""
        a, o = self.arrays, self.orders
        window = a.window.copy()
        for i in o.in_time:
            t = int(o.start[i])
            window[i]["lo"][:], window[i]["hi"][:] = 1, 0
            if first_start(a, int(i), t) == t:
                window[i, 0] = (t, t)
        pinned = a._replace(window=window)
        state = empty_state(pinned)
        keep_orders(pinned, state, o, by_time)
        state.team["is_touched"] = True
        if not compute_starts(a, state):
            raise ValueError("the published start times must be feasible, got an infeasible schedule")
        state.team["is_touched"] = False
        keep_published_starts(a, state, o)
        return state

    def _anneal(
        self, starts: Sequence[SearchState], limits: SearchLimits, is_interrupted: Callable[[], bool]
    ) -> SearchState:
        a, o, before = self.arrays, self.orders, self.n_rounds
        interval = ChainInterval([partial(improve_priced, a, o)] * len(starts), lambda s: priced_score(a, s, o))
        value = max(1e-6, mean_value(a))

        def on_synchronise(at: Synchronisation) -> SynchronisationReply:
            self.n_rounds = before + at.n_rounds
            if self._watch:
                self._watch(min(1.0, at.share), plan_value(self._problem, a, at.best), n_changed(a, at.best, o))
            return SynchronisationReply(is_enough=is_interrupted())

        best = run_chains(
            starts,
            limits,
            n_tasks=a.n_visit_tasks,
            # Lower than for a whole day, as the old routes are nearly right.
            temperature=cooling(0.3 * value, 0.005 * value),
            seed=(self._settings.seed, 9),
            next_interval=lambda _share, _best, _lead: interval,
            on_synchronise=on_synchronise,
        )
        return max(best, key=interval.score)


def _orders(rest: RemainingDay, plan: Plan, price: float) -> tuple[Orders, int]:
    tasks = task_rows(rest.problem)
    row = {t.team_id: k for k, t in enumerate(rest.problem.teams)}
    # A team off duty gets a number outside the rows: its orders cannot be kept.
    others = {t.team_id: len(row) + k for k, t in enumerate(plan.teams)}
    team, start = np.full(len(tasks), NONE, np.int64), np.zeros(len(tasks), np.int64)
    n_closed = 0
    for route in plan.routes:
        for stop in route.stops[rest.counts[route.team_id] :]:
            i = tasks.get((stop.visit_id, stop.slot))
            if i is None:
                n_closed += 1
            else:
                team[i], start[i] = row.get(route.team_id, others[route.team_id]), stop.start_s
    ordered = np.flatnonzero((team != NONE) & (team < len(row)))
    in_time = ordered[np.argsort(start[ordered], kind="stable")].astype(np.int64)
    return Orders(team, start, in_time, float(price), 0.0), n_closed


def priced_search() -> None:
    """Compile the re-planning search, and the functions on a `SearchState` that re-planning calls from Python."""
    _, _, arrays, _, state = small_day()
    rows = np.zeros(arrays.n_visit_tasks, np.int64)
    orders = Orders(rows, rows, rows, 0.0, 0.0)
    for function in (keep_published_starts, n_changed, priced_score):
        compile_for(function, arrays, state, orders)
    compile_for(total_value, arrays, state)
    compile_for(keep_orders, arrays, state, orders, rows)
    compile_for(improve_priced, arrays, orders, state, state, state, 1.0, 0.1, 1, np.random.default_rng(1))
