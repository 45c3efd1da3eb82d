"""A proof beside the search: a thread that brings the bound down, and hands up the better routes that it meets."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from geodata.arrays import Bools, Float64s
from sweep.plan.bound.prover import Prover
from sweep.plan.kernel.arrays import NONE, Arrays
from sweep.plan.kernel.improve import score
from sweep.plan.kernel.state import State
from sweep.plan.search.by_day import losses_of
from sweep.plan.search.mixer import routes_of
from sweep.plan.search.warm import with_stops
from sweep.records.proof import BoundProof

# A bound this near to the value, as a share of it, is the value up to rounding.
CLOSED_GAP = 1e-9


class Proof:
    """What is proven of one set of teams. `begin` and `end` frame the time in which the thread works."""

    def __init__(self, prover: Prover, arrays: Arrays) -> None:
        self._prover, self._arrays = prover, arrays
        self._served = np.zeros(len(arrays.units), np.bool_)
        self._ends_at = np.inf
        self._tried = self._offered = -np.inf
        self._pool: ThreadPoolExecutor | None = None
        self._job: Future[None] | None = None

    def begin(self, state: State, seconds: float) -> None:
        """Start the thread; it works for so long at the most."""
        self._served = self._taken_in(state)
        self._ends_at = time.monotonic() + seconds
        self._pool = ThreadPoolExecutor(1)
        self._job = self._pool.submit(self._prover.run, lambda: self._served, self._may_go_on)

    def end(self) -> None:
        """Stop the thread, and wait for it. What it met as a fault is raised here."""
        self._ends_at = -np.inf
        if self._pool is not None and self._job is not None:
            self._pool.shutdown()
            self._job.result()

    def run(self, state: State, n_rounds: int, is_cut_short: Callable[[], bool]) -> None:
        """Work here and now, for so many rounds of pricing: that does not depend on the machine."""
        self._served = self._taken_in(state)
        most = self._prover.n_rounds + n_rounds
        self._prover.run(lambda: self._served, lambda: self._prover.n_rounds < most and not is_cut_short())

    def exchange(self, state: State) -> State | None:
        """Take in the best state so far, and give back a better one if the proof knows one."""
        self._served = self._taken_in(state)
        teams, stops = self._prover.better_stops(self._served)
        known = score(self._arrays, state)
        if not stops or known <= self._tried:
            return None
        better = with_stops(self._arrays, state, teams, stops, {})
        if better is not None and score(self._arrays, better) > known:
            return better
        # What the bound relaxes stands against it: no second try until the search has come further.
        self._tried = known
        return None

    def bound(self, state: State) -> tuple[float, str]:
        """As `Prover.bound`, for the plan of the state."""
        return self._prover.bound(self._taken_in(state))

    def certified(self, state: State) -> tuple[float, str, BoundProof]:
        """As `Prover.certified`, for the plan of the state."""
        return self._prover.certified(self._taken_in(state))

    def _taken_in(self, state: State) -> Bools:
        """Which units the state serves, once the prover knows what it gets of them."""
        if self._arrays.is_daily:
            self._prover.lost = lost_units(self._arrays, state)
            known = score(self._arrays, state)
            if known != self._offered:
                self._prover.offer((k, tasks) for k, (tasks, _) in enumerate(routes_of(self._arrays, state)) if tasks)
                self._offered = known
        return served_units(self._arrays, state)

    def _may_go_on(self) -> bool:
        return time.monotonic() < self._ends_at


def served_units(a: Arrays, state: State) -> Bools:
    """Which units are in the routes, (units,)."""
    served: Bools = state.fill["team"][a.unit_tasks[a.unit_start[:-1]]] != NONE
    return served


def lost_units(a: Arrays, state: State) -> Float64s:
    """What each unit that is in the routes is worth less than on its best days, (units,)."""
    tasks = np.flatnonzero(state.fill["team"][: a.n_visit_tasks] != NONE)
    lost = losses_of(a, a.team["day"][state.fill["team"][tasks]], tasks)
    return np.bincount(a.task["unit"][tasks], weights=lost, minlength=len(a.units))


def is_closed(value: float, bound: float) -> bool:
    """Whether the bound has come down to the value."""
    return bound - value <= CLOSED_GAP * max(1.0, abs(bound))
