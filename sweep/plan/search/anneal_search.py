"""Searches for a plan from the teams' empty routes or from given ones: how hot, and what guides it."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from sweep.plan.kernel.annealing import improve, score
from sweep.plan.kernel.people_arrays import People
from sweep.plan.kernel.problem_arrays import LATEST, NONE, Arrays
from sweep.plan.kernel.search_state import State
from sweep.plan.search.parallel_chains import N_CHAINS, Lap, Limits, Meeting, Reply, cooling, run_chains

# Temperatures as shares of the mean value of a visit, the first one as that of what a mean leg costs if nothing has a
# value: then all must be served, and a hot search leaves nothing out for it. The last one is a share of the leg's cost
# where ways cost something, since they are what is left to be mended.
HOT, COLD = 1.0, 0.06
# Over several days, with more on offer than there is time to go through, a search that begins less hot finds more:
# seven teams on two days came to 788 and to 795 in 60 s. Under caps it finds less: what they leave out is exchanged
# for what is in while it is hot.
HOT_OVER_DAYS = 0.5
HOT_LEG, COLD_LEG = 0.8, 0.005
# Where the road costs about what a visit is worth, a lone far visit never pays for its way, though a whole route there
# would: values count so many times at first, and come down to what they are by this share of the limit.
LIFT, LIFT_UNTIL = 3.0, 0.2
PRICED_SHARE = 1e-3


def anneal(
    a: Arrays,
    people: People,
    start: State,
    limits: Limits,
    seed: Sequence[int],
    on_meet: Callable[[Meeting], Reply],
) -> State:
    """The best state found, never one worse than `start`."""
    value = mean_value(a)
    # Where ways are cheap and all must be served, what the time of a mean leg costs at the dearest sets the heat.
    dearest = 0.0 if value > 0 else max(a.waiting_cost, a.late_cost, a.overtime_cost, a.uneven_cost)
    leg = max(a.travel_cost, dearest) * mean_leg_s(a)
    is_priced = leg >= PRICED_SHARE * value
    hot = HOT_OVER_DAYS if a.is_over_days and not len(start.cap) else HOT
    first = hot * value if value > 0 else max(1e-9, HOT_LEG * leg)
    last = max(1e-9, COLD_LEG * leg) if is_priced else COLD * first
    # Where values are what counts, half of the cooling is over by a third of the limit: the share of the cooling that
    # is over is this power of that of the limit. A thousand short visits on offer gain little while it is hot, and long
    # days with windows lose nothing by less of it.
    heat = cooling(first, last, 1.0 if is_priced else 0.6)

    def next_lap(share: float, best: Sequence[State], lead: int) -> Lap:
        judge = _lifted(a, share) if is_priced else a
        guide = judge if is_priced else _guided(a, best[lead], share)
        guides = (_evened(guide, share), *[guide] * (N_CHAINS - 1))
        return Lap([partial(improve, g, people, a.travel_cost) for g in guides], partial(score, judge))

    best = run_chains(
        [start] * N_CHAINS,
        limits,
        n_tasks=a.n_visit_tasks,
        heat=heat,
        seed=seed,
        next_lap=next_lap,
        on_meet=on_meet,
    )
    top = max(best, key=lambda s: score(a, s))
    return top if score(a, top) >= score(a, start) else start


def leg_cost(a: Arrays) -> float:
    """What the mean leg between two visits costs, in units of value."""
    return a.travel_cost * mean_leg_s(a)


def mean_leg_s(a: Arrays) -> float:
    """Mean seconds between two visits; 0 if there is no way between any."""
    places = a.task["place"][: a.n_visit_tasks]
    legs = a.travel[0][np.ix_(places, places)]
    return float(legs[legs < LATEST].mean()) if (legs < LATEST).any() else 0.0


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
    # Where the largest idle time costs, so does for one chain at first each team's that is above the mean: this share
    # as much, down to nothing by this share of the limit. For one alone, since it may lead to long ways that leave
    # little idle time, which no later round shortens; which of the two is better is seen when the chains meet.
    even, even_until = 0.1, 0.9
    return a._replace(uneven_idle_cost=even * max(0.0, 1.0 - share / even_until) * a.idle_cost)


def _guided(a: Arrays, best: State, share: float) -> Arrays:
    """The problem with ways at the price that guides, at this share of the limit."""
    # Where the road costs next to nothing, ways are priced all the same at first, so that routes keep room for more: at
    # so much of what is left over for each second of the shifts, down to nothing by this share of the limit.
    guide, guide_until = 0.2, 0.9
    price = guide * max(0.0, 1.0 - share / guide_until)
    seconds = float((a.team["shift_hi"] - a.team["shift_lo"]).sum())
    is_left = (best.fill["team"][a.units["first"]] == NONE) & (a.units["worth"] < a.must_worth)
    if price == 0.0 or seconds <= 0.0:
        return a
    return a._replace(travel_cost=a.travel_cost + price * float(a.units["worth"][is_left].sum()) / seconds)


def mean_value(a: Arrays) -> float:
    """Mean worth of the units that need not be served; 0 if there are none."""
    is_free = a.units["worth"] < a.must_worth
    return max(0.0, float(a.units["worth"][is_free].mean())) if is_free.any() else 0.0
