"""Runs the compiled search on two threads until a limit, from the teams' empty routes or from given ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from sweep.plan.kernel.arrays import NONE, Arrays
from sweep.plan.kernel.improve import improve, score
from sweep.plan.kernel.people import People
from sweep.plan.kernel.state import State, assign_state, copy_state
from sweep.plan.problem.problem import TRAVEL_WEIGHT
from sweep.plan.search.late import Improve, LateSearch
from sweep.plan.warp.net import are_alike, has_free_routes

# Two searches with their own seeds, on two threads, that meet after so many rounds and go on from the better one.
# The number is fixed, not that of the machine's cores, so that the plan is the same on any machine.
N_CHAINS = 2
# In a city they meet sooner, so that the clock is looked at often enough.
ROUNDS_TOGETHER, TASKS_TOGETHER = 200, 20_000
# By the clock they meet after so many seconds, or this share of the limit if it is shorter.
SECONDS_TOGETHER, SHARE_TOGETHER = 0.05, 0.002
# Until this share of the limit they go their own ways, so that there are two different plans to mix routes of.
MEET_FROM = 0.6
# Temperatures as shares of the mean value of a visit, the first one as that of what a mean leg costs if nothing has a
# value: then all must be served, and a hot search leaves nothing out for it. The last one is a share of the leg's cost
# where ways cost something, since they are what is left to be mended.
HOT, COLD = 1.0, 0.06
HOT_LEG, COLD_LEG = 0.8, 0.005
# Where the road costs about what a visit is worth, a lone far visit never pays for its way, though a whole route there
# would: values count so many times at first, and come down to what they are by this share of the limit.
LIFT, LIFT_UNTIL = 3.0, 0.2
PRICED_SHARE = 1e-3
# Where the largest idle time costs, so does for one chain at first each team's that is above the mean: this share as
# much, down to nothing by this share of the limit. For one alone, since it may lead to long ways that leave little idle
# time, which no later round shortens; which of the two is better is seen when the chains meet.
EVEN, EVEN_UNTIL = 0.1, 0.9
# Where the road costs next to nothing, ways are priced all the same at first, so that routes keep room for more: at so
# much of what is left over for each second of the shifts, down to nothing by this share of the limit.
GUIDE, GUIDE_UNTIL = 0.2, 0.9


@dataclass(frozen=True, slots=True)
class Limits:
    """Ends a search by the clock, or by the number of rounds of all chains together."""

    seconds: float
    n_rounds: int | None

    def share(self, n_done: int, elapsed_s: float) -> float:
        """Share of the limit used up, in [0, 1]; above 1 past it."""
        if self.n_rounds is not None:
            return n_done / self.n_rounds if self.n_rounds else 1.0
        return elapsed_s / self.seconds if self.seconds > 0 else 1.0

    def next_rounds(self, n_done: int, elapsed_s: float, n_tasks: int) -> int:
        """Rounds of each chain until the chains meet."""
        most = max(10, min(ROUNDS_TOGETHER, TASKS_TOGETHER // max(1, n_tasks)))
        if self.n_rounds is not None:
            return max(1, min(most, -(-(self.n_rounds - n_done) // N_CHAINS)))
        if not n_done:
            return most
        together_s = min(SECONDS_TOGETHER, SHARE_TOGETHER * self.seconds)
        return max(1, round(together_s * n_done / N_CHAINS / elapsed_s))


class Meeting(NamedTuple):
    """Where the chains stand when they meet."""

    best: State
    now: Sequence[State]
    """The state that each chain goes on from, (chains,)."""
    share: float
    """Share of the limit used up, in [0, 1]."""
    n_rounds: int
    is_new: bool
    """Whether `best` may differ from what it was at the meeting before."""
    is_mixed: bool = False
    """Whether the chains mix the routes of their plans themselves."""


class Reply(NamedTuple):
    """What the caller has to say when the chains meet."""

    better: State | None = None
    """To be gone on from, if it is better than what they have."""
    is_enough: bool = False


class Lap(NamedTuple):
    """What the chains do from one meeting to the next."""

    improve: Sequence[Improve]
    """For each chain what runs its rounds, (chains,)."""
    score: Callable[[State], float]
    """What the chains' best states are compared by when they meet."""
    is_mixed: bool = False
    """As `Meeting.is_mixed`."""


def anneal(
    a: Arrays,
    people: People,
    start: State,
    limits: Limits,
    seed: Sequence[int],
    on_meet: Callable[[Meeting], Reply],
) -> State:
    """
    The best state found, never one worse than `start`.

    Parameters
    ----------
    on_meet
        Called each time the chains meet.
    """
    value = mean_value(a)
    # Where ways are cheap and all must be served, what the time of a mean leg costs at the dearest sets the heat.
    dearest = 0.0 if value > 0 else max(a.waiting_cost, a.late_cost, a.overtime_cost, a.uneven_cost)
    leg = max(a.travel_cost, dearest) * mean_leg_s(a)
    is_priced = leg >= PRICED_SHARE * value
    first = HOT * value if value > 0 else max(1e-9, HOT_LEG * leg)
    last = max(1e-9, COLD_LEG * leg) if is_priced else COLD * first

    # Where teams differ, a stop that came out often finds no team near that may serve it: time warp was behind there.
    is_for_late = is_priced and a.travel_cost > TRAVEL_WEIGHT and not len(start.member)
    late = LateSearch(a, leg) if is_for_late and has_free_routes(a) and are_alike(a) else None

    def next_lap(share: float, best: Sequence[State], lead: int) -> Lap:
        if late is not None:
            return Lap(late.improvers(share, best, as_ever), partial(score, a), is_mixed=late.is_late)
        judge = _lifted(a, share) if is_priced else a
        guide = judge if is_priced else _guided(a, best[lead], share)
        guides = (_evened(guide, share), *[guide] * (N_CHAINS - 1))
        return Lap([partial(improve, g, people, a.travel_cost) for g in guides], partial(score, judge))

    def as_ever(share: float) -> Improve:
        """The search for priced ways in a part of the limit, of which this share is used up."""
        heat = first * (last / first) ** share
        lap = partial(improve, _lifted(a, share), people, a.travel_cost)
        return lambda now, trial, best, _hot, _cold, n, rng: lap(now, trial, best, heat, heat, n, rng)

    best = run_chains(
        [start] * N_CHAINS,
        limits,
        n_tasks=a.n_visit_tasks,
        temperatures=(first, last),
        seed=seed,
        next_lap=next_lap,
        on_meet=on_meet,
    )
    top = max(best, key=lambda s: score(a, s))
    return top if score(a, top) >= score(a, start) else start


def run_chains(
    starts: Sequence[State],
    limits: Limits,
    n_tasks: int,
    temperatures: tuple[float, float],
    seed: Sequence[int],
    next_lap: Callable[[float, Sequence[State], int], Lap],
    on_meet: Callable[[Meeting], Reply],
) -> list[State]:
    """
    Anneal from each start on a thread of its own until a limit: the best state of each chain.

    Parameters
    ----------
    starts
        One for each of the `N_CHAINS` chains.
    temperatures
        At the start and at the limit, in units of the score.
    next_lap
        Called before each lap with the share of the limit that is used up, the best state of each chain, and the
        chain whose is best of all.
    on_meet
        Called after each lap.
    """
    rngs = [np.random.default_rng([*seed, chain]) for chain in range(len(starts))]
    now, trial, best = ([copy_state(start) for start in starts] for _ in range(3))
    first, last = temperatures
    began, done, lead, known = time.monotonic(), 0, 0, (NONE, 0.0)
    with ThreadPoolExecutor(len(starts)) as pool:
        while (share := limits.share(done, elapsed_s := time.monotonic() - began)) < 1.0:
            n_rounds = limits.next_rounds(done, elapsed_s, n_tasks)
            step = SHARE_TOGETHER if limits.n_rounds is None else n_rounds * N_CHAINS / limits.n_rounds
            hot, cold = (first * (last / first) ** min(1.0, x) for x in (share, share + step))
            lap = next_lap(share, best, lead)
            jobs = [
                pool.submit(lap.improve[c], now[c], trial[c], best[c], hot, cold, n_rounds, rng)
                for c, rng in enumerate(rngs)
            ]
            for job in jobs:
                job.result()
            done += n_rounds * N_CHAINS
            scores = [lap.score(s) for s in best]
            lead = int(np.argmax(scores))
            is_new, known = (lead, scores[lead]) != known, (lead, scores[lead])
            if share >= MEET_FROM:
                _share_best(scores, lead, now, trial, best)
            reply = on_meet(Meeting(best[lead], now, share, done, is_new, lap.is_mixed))
            if reply.better is not None and lap.score(reply.better) > lap.score(best[lead]):
                for state in (*now, *trial, *best):
                    assign_state(state, reply.better)
            if reply.is_enough:
                break
    return best


def leg_cost(a: Arrays) -> float:
    """What the mean leg between two visits costs, in units of value."""
    return a.travel_cost * mean_leg_s(a)


def mean_leg_s(a: Arrays) -> float:
    """Mean seconds between two visits; 0 if there is no way between any."""
    places = a.task["place"][: a.n_visit_tasks]
    legs = a.travel[0][np.ix_(places, places)]
    return float(legs[legs < a.unreachable].mean()) if (legs < a.unreachable).any() else 0.0


def _lifted(a: Arrays, share: float) -> Arrays:
    """The problem with values lifted, at this share of the limit."""
    factor = 1.0 + (LIFT - 1.0) * max(0.0, 1.0 - share / LIFT_UNTIL)
    if factor == 1.0:
        return a
    units = a.units.copy()
    units["worth"] *= factor
    return a._replace(units=units)


def _evened(a: Arrays, share: float) -> Arrays:
    """The problem with a price on uneven idle time where the largest has one, at this share of the limit."""
    return a._replace(uneven_idle_cost=EVEN * max(0.0, 1.0 - share / EVEN_UNTIL) * a.idle_cost)


def _guided(a: Arrays, best: State, share: float) -> Arrays:
    """The problem with ways at the price that guides, at this share of the limit."""
    price = GUIDE * max(0.0, 1.0 - share / GUIDE_UNTIL)
    seconds = float((a.team["shift_hi"] - a.team["shift_lo"]).sum())
    is_left = (best.fill["team"][a.units["first"]] == NONE) & (a.units["worth"] < a.must_worth)
    if price == 0.0 or seconds <= 0.0:
        return a
    return a._replace(travel_cost=a.travel_cost + price * float(a.units["worth"][is_left].sum()) / seconds)


def mean_value(a: Arrays) -> float:
    """Mean worth of the units that need not be served; 0 if there are none."""
    is_free = a.units["worth"] < a.must_worth
    return max(0.0, float(a.units["worth"][is_free].mean())) if is_free.any() else 0.0


def _share_best(
    scores: Sequence[float], lead: int, now: Sequence[State], trial: Sequence[State], best: Sequence[State]
) -> None:
    """All chains keep the best of all; a chain that lags goes on from it, the leader stays where it is."""
    for c in range(len(best)):
        if scores[c] < scores[lead]:
            for state in (best[c], now[c], trial[c]):
                assign_state(state, best[lead])
