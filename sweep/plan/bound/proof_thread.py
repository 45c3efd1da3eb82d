"""Proof thread parallel to the search: lowers the upper bound, and gives better routes to the search."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from geodata.array_types import Bools
from sweep.plan.bound.branch_and_price import ROUNDS_A_SECOND, Prover
from sweep.plan.bound.reoptimise_one_day import DayReoptimiser
from sweep.plan.kernel.annealing import score
from sweep.plan.kernel.problem_arrays import NONE, Arrays
from sweep.plan.kernel.search_state import SearchState, assign_state
from sweep.plan.search.encode_extra_rows import unit_losses
from sweep.plan.search.initial_solution import with_stops
from sweep.plan.search.route_pool import routes_of
from sweep.records.bound_proof import BoundProof

# Relative gap below which bound and value are equal up to rounding.
CLOSED_GAP = 1e-9


class ProofThread:
    """Proof for one set of teams; its thread runs between `begin` and `end`, or `run` works in the caller's thread."""

    def __init__(self, prover: Prover, arrays: Arrays) -> None:
        self._prover, self._arrays = prover, arrays
        self._days = DayReoptimiser(arrays) if arrays.is_daily else None
        self._served = np.zeros(len(arrays.units), np.bool_)
        self._ends_at = np.inf
        self._tried = self._offered = -np.inf
        self._pool = ThreadPoolExecutor(1)
        self._job: Future[None] | None = None

    def begin(self, state: SearchState, seconds: float) -> None:
        """Start the thread for the plan of `state`; it works for at most `seconds`."""
        self._served = self._served_and_offered(state)
        self._ends_at = time.monotonic() + seconds
        self._job = self._pool.submit(self._work, lambda: time.monotonic() < self._ends_at)

    def end(self) -> None:
        """Stop the thread and wait for it; raise any exception that ended the thread."""
        self._ends_at = -np.inf
        if self._job is not None:
            self._pool.shutdown()
            self._job.result()

    def run(self, state: SearchState, n_rounds: int, is_interrupted: Callable[[], bool]) -> None:
        """
        Run the proof in the calling thread for `n_rounds` rounds of pricing, with the same result on any machine.

        `bound` then returns the result. Ends early if the plan is proved optimal or `is_interrupted()`. If the proof
        finds a better plan, which it does only with several days, `state` is changed in place.
        """
        self._served = self._served_and_offered(state)
        most = self._n_rounds + n_rounds

        def take_up() -> None:
            if (better := self.exchange(state)) is not None:
                assign_state(state, better)
                self._served = self._served_and_offered(state)

        self._work(lambda: self._n_rounds < most and not is_interrupted(), take_up)

    def _work(self, should_continue: Callable[[], bool], on_day: Callable[[], None] = lambda: None) -> None:
        """Lower the bound; with several days, also re-optimise one day at a time and call `on_day` after each."""
        # After `rounds_at_once` rounds of pricing one day is re-optimised, with `days_s_a_round` seconds of CP-SAT for
        # each round, about as long as a round takes. After a day without improvement the next one waits `put_off` times
        # as long.
        rounds_at_once, days_s_a_round, put_off = 10, 0.025, 2
        prover, days = self._prover, self._days
        if days is None:
            prover.run(lambda: self._served, should_continue)
            return
        most = 0

        def has_rounds_left() -> bool:
            return prover.n_rounds < most and should_continue()

        is_busy, due_at = True, 0.0
        while is_busy and should_continue() and not prover.is_optimal(self._served):
            most = prover.n_rounds + rounds_at_once
            prover.run(lambda: self._served, has_rounds_left)
            is_busy = prover.n_rounds >= most
            spent_s, n_found = days.spent_s, days.n_found
            if (not is_busy or prover.n_rounds >= due_at) and days.step(should_continue):
                is_busy, times = True, 1 if days.n_found > n_found else put_off
                due_at = prover.n_rounds + times * (days.spent_s - spent_s) / days_s_a_round
                on_day()

    @property
    def _n_rounds(self) -> float:
        return self._prover.n_rounds + (0.0 if self._days is None else ROUNDS_A_SECOND * self._days.spent_s)

    def exchange(self, state: SearchState) -> SearchState | None:
        """Receive the search's best state; return a better state if the proof has one, else None."""
        self._served = self._served_and_offered(state)
        teams, found = self._prover.better_routes(self._served)
        known = score(self._arrays, state)
        if found.stops and known > self._tried:
            better = with_stops(self._arrays, state, teams, found.stops, found.breaks_s)
            if better is not None and score(self._arrays, better) > known:
                return better
            # The routes break a relaxed constraint: no second attempt until the search has improved.
            self._tried = known
        return None if self._days is None else self._days.better(state)

    def bound(self, state: SearchState) -> tuple[float, str]:
        """Return an upper bound on the value of plans, and its method's name; `state`: the current plan."""
        return self._prover.bound(self._served_and_offered(state))

    def certified(self, state: SearchState) -> tuple[float, str, BoundProof]:
        """Return the upper bound, its method's name and its certificate; `state`: the current plan."""
        return self._prover.certified(self._served_and_offered(state))

    def _served_and_offered(self, state: SearchState) -> Bools:
        """Offer the state's routes to the prover; return whether each unit is served, (units,)."""
        known = score(self._arrays, state)
        if known != self._offered:
            self._prover.offer((k, tasks) for k, (tasks, _) in enumerate(routes_of(self._arrays, state)) if tasks)
            self._offered = known
            if self._days is not None:
                self._days.look_at(state)
        if self._arrays.is_daily:
            self._prover.unit_losses = unit_losses(self._arrays, state)
        return served_units(self._arrays, state)


def served_units(a: Arrays, state: SearchState) -> Bools:
    """Return which units (linked visits) the routes serve, (units,)."""
    served: Bools = state.fill["team"][a.units["first"]] != NONE
    return served


def is_closed(value: float, bound: float) -> bool:
    """Whether an upper bound equals a plan's value up to rounding, which proves the plan optimal."""
    return bound - value <= CLOSED_GAP * max(1.0, abs(bound))
