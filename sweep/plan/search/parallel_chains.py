"""Parallel annealing chains, one thread each, that synchronise regularly to share their best state."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sweep.plan.kernel.problem_arrays import NONE
from sweep.plan.kernel.search_parameters import PARAMETERS
from sweep.plan.kernel.search_state import SearchState, assign_state, copy_state

type Improve = Callable[[SearchState, SearchState, SearchState, float, float, int, np.random.Generator], None]
"""Function that runs rounds of one chain, given states `now`, `trial`, `best`, two temperatures, rounds, generator."""


@dataclass(frozen=True, slots=True)
class SearchLimits:
    """Limit of a search in seconds, or in rounds of all chains together."""

    seconds: float
    """Time limit; ignored if `n_rounds` is set."""
    n_rounds: int | None

    def share(self, n_done: int, elapsed_s: float) -> float:
        """Return the used share of the limit, more than 1 beyond it; `n_done`: rounds of all chains together."""
        if self.n_rounds is not None:
            return n_done / self.n_rounds if self.n_rounds else 1.0
        return elapsed_s / self.seconds if self.seconds > 0 else 1.0

    @property
    def share_together(self) -> float:
        """Share of the time limit between two synchronisations."""
        return min(PARAMETERS.share_together, PARAMETERS.seconds_together / self.seconds) if self.seconds > 0 else 1.0

    def next_rounds(self, n_done: int, elapsed_s: float, n_tasks: int) -> int:
        """
        Return the number of rounds that each chain runs until the next synchronisation.

        `n_done`, `elapsed_s`: rounds of all chains together, and seconds, so far. `n_tasks`: team slots of the problem;
        more of them make rounds slower, so that fewer are run.
        """
        most = max(10, min(PARAMETERS.rounds_together, PARAMETERS.tasks_together // max(1, n_tasks)))
        if self.n_rounds is not None:
            return max(1, min(most, -(-(self.n_rounds - n_done) // PARAMETERS.n_chains)))
        if not n_done:
            return most
        return max(1, round(self.share_together * self.seconds * n_done / PARAMETERS.n_chains / elapsed_s))


class Synchronisation(NamedTuple):
    """State of the search when its parallel chains synchronise, for the caller's callback."""

    best: SearchState
    """Best state of all chains so far."""
    now: Sequence[SearchState]
    """Current state of each chain, (chains,)."""
    share: float
    """Share of the limit used so far, in [0, 1]."""
    n_rounds: int
    """Rounds of all chains so far."""
    is_new: bool
    """Whether `best` may have changed since the last synchronisation."""


class SynchronisationReply(NamedTuple):
    """Caller's decision when the chains synchronise: a better state to continue from, and whether to stop."""

    better: SearchState | None = None
    """State from which all chains continue, if it is better than their best; None: the chains keep their states."""
    is_enough: bool = False
    """Whether the search stops."""


class ChainInterval(NamedTuple):
    """Functions that the chains use until their next synchronisation."""

    improve: Sequence[Improve]
    """Function that runs the rounds of each chain, with the arguments of `Improve`, (chains,)."""
    score: Callable[[SearchState], float]
    """Objective by which the best states of the chains are compared."""


def cooling(first: float, last: float, bend: float = 1.0) -> Callable[[float], float]:
    """
    Return the temperature, falling geometrically, as a function of the share of the limit used.

    It falls from `first` to `last`; with `bend` below 1 it falls faster at the start (share ** bend).
    """
    return lambda share: float(first * (last / first) ** share**bend)


def run_chains(
    starts: Sequence[SearchState],
    limits: SearchLimits,
    n_tasks: int,
    temperature: Callable[[float], float],
    seed: Sequence[int],
    next_interval: Callable[[float, Sequence[SearchState], int], ChainInterval],
    on_synchronise: Callable[[Synchronisation], SynchronisationReply],
) -> list[SearchState]:
    """
    Anneal from each start on its own thread until the limit; return the best state of each chain.

    `n_tasks`: team slots of the problem. `temperature` gives the temperature, in units of the score, at a share of the
    limit. `seed` and the chain's index seed a chain. `next_interval` is called before each synchronisation interval
    with the share of the limit used, each chain's best state, and the index of the best chain. `on_synchronise` is
    called after it; its reply may replace the states of all chains by a better one, or end the search.
    """
    rngs = [np.random.default_rng([*seed, chain]) for chain in range(len(starts))]
    now, trial, best = ([copy_state(start) for start in starts] for _ in range(3))
    began, done, lead, known = time.monotonic(), 0, 0, (NONE, 0.0)
    with ThreadPoolExecutor(len(starts)) as pool:
        while (share := limits.share(done, elapsed_s := time.monotonic() - began)) < 1.0:
            n_rounds = limits.next_rounds(done, elapsed_s, n_tasks)
            n_all = n_rounds * PARAMETERS.n_chains
            step = limits.share_together if limits.n_rounds is None else n_all / limits.n_rounds
            hot, cold = (temperature(min(1.0, x)) for x in (share, share + step))
            interval = next_interval(share, best, lead)
            jobs = [
                pool.submit(interval.improve[c], now[c], trial[c], best[c], hot, cold, n_rounds, rng)
                for c, rng in enumerate(rngs)
            ]
            for job in jobs:
                job.result()
            done += n_all
            scores = [interval.score(s) for s in best]
            lead = int(np.argmax(scores))
            is_new, known = (lead, scores[lead]) != known, (lead, scores[lead])
            # Until this share the chains stay independent, so that the route pool has two different plans. Then every
            # chain whose best state is worse than the leader's continues from that.
            for c in range(len(best)) if share >= PARAMETERS.apart_until else ():
                if scores[c] < scores[lead]:
                    for state in (best[c], now[c], trial[c]):
                        assign_state(state, best[lead])
            reply = on_synchronise(Synchronisation(best[lead], now, share, done, is_new))
            if reply.better is not None and interval.score(reply.better) > interval.score(best[lead]):
                for state in (*now, *trial, *best):
                    assign_state(state, reply.better)
            if reply.is_enough:
                break
    return best
