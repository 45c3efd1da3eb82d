"""Time budget of one solve: shares of the limit for its phases, and the bounds computed in parallel."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count, takewhile

import numpy as np

from sweep.plan.bound.proof_thread import ProofThread, is_closed
from sweep.plan.compositions.composition_bound import CompositionBound, bound_compositions
from sweep.plan.kernel.people_arrays import make_people
from sweep.plan.kernel.problem_arrays import Arrays
from sweep.plan.kernel.search_parameters import PARAMETERS
from sweep.plan.kernel.search_state import SearchState
from sweep.plan.problem.objective import urgency_of
from sweep.plan.problem.problem import Problem
from sweep.plan.search.annealing_schedule import anneal, mean_leg_s
from sweep.plan.search.decode_routes import plan_value, served_visits
from sweep.plan.search.parallel_chains import SearchLimits, Synchronisation, SynchronisationReply
from sweep.plan.search.route_pool import RoutePoolSchedule
from sweep.plan.solve_settings import Settings, SolveProgress
from sweep.records.people import Team

# Search rounds that count as one round of pricing under a limit on rounds.
ROUNDS_A_PRICING = 20
# Below this limit on rounds there is no bound over all team compositions.
LEAST_BOUND_ROUNDS = 50_000


# Arguments of `anneal` for one phase of a solve: its limits, its seed, and what is done between its intervals.
type Phase = tuple[SearchLimits, Sequence[int], Callable[[Synchronisation], SynchronisationReply]]


class SolveBudget:
    """Time budget of one solve: gives each phase its share of the limit, and reports progress."""

    def __init__(
        self,
        problem: Problem,
        settings: Settings,
        on_progress: Callable[[SolveProgress], None] | None,
        is_interrupted: Callable[[], bool],
    ) -> None:
        self.problem, self.settings = problem, settings
        self.on_progress, self.is_interrupted = on_progress, is_interrupted
        self.began = time.monotonic()
        self.n_iterations, self.share = 0, 0.0
        """`share` is the part of the limit used so far, in [0, 1]."""
        self.of_any: CompositionBound | None = None
        """Upper bound over all team compositions, for plans that serve every must-visit; None if not computed."""

    @contextmanager
    def bound_any(self, arrays: Arrays, teams: Sequence[Team]) -> Iterator[None]:
        """
        Set `of_any` to an upper bound over all team compositions, computed in a thread while the `with` block runs.

        Without a bound in time, it becomes None. If the limit is a number of rounds, the bound is computed after the
        block. `arrays`: arrays of the active teams; `teams`: all teams of the plan.
        """
        n_rounds = self.settings.n_iterations
        if not self._is_proof_of_use(arrays) or (n_rounds is not None and n_rounds < LEAST_BOUND_ROUNDS):
            yield
            return
        # A fifth of the limit, as the search runs slower meanwhile.
        until = time.monotonic() + 0.2 * self.settings.time_limit_s
        n_left = (n_rounds or 0) // ROUNDS_A_PRICING
        asked = count()

        def should_continue() -> bool:
            is_over = time.monotonic() >= until if n_rounds is None else next(asked) >= n_left
            return not is_over and not self.is_interrupted()

        def bound() -> None:
            self.of_any = bound_compositions(self.problem, teams, should_continue)

        if n_rounds is not None:
            yield
            bound()
            return
        with ThreadPoolExecutor(1) as pool:
            job = pool.submit(bound)
            yield
            job.result()

    def route(self, arrays: Arrays, active: Sequence[Team], state: SearchState, proof: ProofThread) -> SearchState:
        """
        Search routes of the `active` teams until the limit, and prove a bound if useful; return the best state.

        The bound ignores travel costs: it is proved only if it is wanted and travel costs are small against the values.
        """
        if self.is_interrupted():
            return state
        movers = make_people(self.problem, active, ())
        if not self._is_proof_of_use(arrays):
            return anneal(arrays, movers, state, *self.phase(arrays, state, 1.0))
        n_rounds = self.settings.n_iterations
        if n_rounds is not None:
            state = anneal(arrays, movers, state, *self.phase(arrays, state, 1.0))
            proof.run(state, n_rounds // ROUNDS_A_PRICING, self.is_interrupted)
            return proof.exchange(state) or state
        proof.begin(state, self._seconds_left())
        try:
            state = anneal(arrays, movers, state, *self.phase(arrays, state, 1.0, proof))
        finally:
            proof.end()
        return proof.exchange(state) or state

    def compose_shares(self, arrays: Arrays) -> tuple[float, ...]:
        """Return when the successive searches with member exchange end, as shares of the limit, in [0, 1]."""
        has_proof = self._is_proof_of_use(arrays)
        last = PARAMETERS.compose_share_before_proof if has_proof else PARAMETERS.compose_share
        if self.settings.n_iterations is not None:
            return (last,)
        shorter = (PARAMETERS.short_limit_s * PARAMETERS.longer_limit**k for k in count())
        until = takewhile(lambda s: 2.0 * s <= self.settings.time_limit_s, shorter)
        return (*(last * s / self.settings.time_limit_s for s in until), last)

    def _is_proof_of_use(self, arrays: Arrays) -> bool:
        """Whether a bound is wanted and useful: it ignores travel costs, so they must be small against the values."""
        values = sum(v.best_value for v in self.problem.visits)
        costs = arrays.travel_cost * mean_leg_s(arrays) * len(self.problem.visits)
        return self.settings.is_proof_wanted and costs < PARAMETERS.paid_travel_share * values

    def _seconds_left(self, share: float = 1.0) -> float:
        return max(0.1, share * self.settings.time_limit_s - (time.monotonic() - self.began))

    def phase(self, a: Arrays, state: SearchState, until: float, proof: ProofThread | None = None) -> Phase:
        """
        Begin a search from `state` up to the share `until` of the limit; return the arguments of the search.

        `until`: in [0, 1]. `proof`: running proof, which may end the search; None: no proof.
        """
        n, before, since = self.settings.n_iterations, self.n_iterations, self.share
        self.share = until
        limits = SearchLimits(self._seconds_left(until), None if n is None else max(0, round(until * n) - before))
        mixer = RoutePoolSchedule(a, len(state.member), limits.seconds, limits.n_rounds)
        value, due, watched_at, proven_at = 0.0, 0.0, -np.inf, np.inf

        def on_synchronise(at: Synchronisation) -> SynchronisationReply:
            nonlocal value, due, watched_at, proven_at
            self.n_iterations = before + at.n_rounds
            if at.is_new:
                value = plan_value(self.problem, a, at.best)
                due = urgency_of(self.problem, served_visits(self.problem, at.best))
            bound = np.inf if proof is None else max(value, proof.bound(at.best)[0])
            # Progress is reported every 0.2 seconds.
            if self.on_progress and time.monotonic() >= watched_at + 0.2:
                watched_at = time.monotonic()
                share = min(1.0, since + at.share * (until - since))
                n_served, spent_s = len(served_visits(self.problem, at.best)), time.monotonic() - self.began
                self.on_progress(SolveProgress(share, value + due, bound + due, n_served, self.n_iterations, spent_s))
            if self.is_interrupted():
                return SynchronisationReply(is_enough=True)
            better = mixer.on_synchronise(at) if proof is None else proof.exchange(at.best) or mixer.on_synchronise(at)
            if proof is not None and not a.is_soft and is_closed(value, bound):
                proven_at = min(proven_at, at.share)
            # After the proof the search shortens travel for half as long again as the proof took.
            return SynchronisationReply(better, is_enough=at.share >= 1.5 * proven_at)

        return limits, (self.settings.seed, round(100 * since)), on_synchronise
