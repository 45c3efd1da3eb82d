"""Annealing schedule of the search: temperatures, and extra costs that only guide it, from a start state."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from sweep.plan.kernel.annealing import run_annealing, score
from sweep.plan.kernel.people_arrays import People
from sweep.plan.kernel.problem_arrays import LATEST, NONE, Arrays
from sweep.plan.kernel.search_state import SearchState
from sweep.plan.search.parallel_chains import (
    N_CHAINS,
    ChainInterval,
    SearchLimits,
    Synchronisation,
    SynchronisationReply,
    cooling,
    run_chains,
)

# Temperatures as shares of the mean value of a visit. If nothing has a value, all visits must be served: the first one
# is then a share of a mean leg's cost. If travel matters, the last one is a share of a leg's cost, since travel is what
# is left to improve.
HOT, COLD = 1.0, 0.06
# Over several days with many visits a lower first temperature finds more: 795 instead of 788 for seven teams on two
# days in 60 s. With caps it finds less, as exchanges under caps need a high temperature.
HOT_OVER_DAYS = 0.5
HOT_LEG, COLD_LEG = 0.8, 0.005
# If travel costs about as much as a visit is worth, a lone distant visit never pays, though a whole route there would:
# values are multiplied by LIFT at first, falling to 1 at this share of the limit.
LIFT, LIFT_UNTIL = 3.0, 0.2
PRICED_SHARE = 1e-3


def anneal(
    a: Arrays,
    people: People,
    start: SearchState,
    limits: SearchLimits,
    seed: Sequence[int],
    on_synchronise: Callable[[Synchronisation], SynchronisationReply],
) -> SearchState:
    """
    Anneal from `start` within the limits; return the best state found, never worse than `start`.

    `people`: persons who may change teams. `on_synchronise` is called after each interval of the parallel chains; its
    reply may replace their states or end the search. `seed`: numbers that seed the chains.
    """
    value = mean_value(a)
    # With cheap travel and only must-visits, the largest time cost of a mean leg sets the temperature.
    dearest = 0.0 if value > 0 else max(a.waiting_cost, a.late_cost, a.overtime_cost, a.uneven_cost)
    leg = max(a.travel_cost, dearest) * mean_leg_s(a)
    is_priced = leg >= PRICED_SHARE * value
    hot = HOT_OVER_DAYS if a.is_over_days and not len(start.cap) else HOT
    first = hot * value if value > 0 else max(1e-9, HOT_LEG * leg)
    last = max(1e-9, COLD_LEG * leg) if is_priced else COLD * first
    # If values dominate, cooling is faster at first: half of it by a third of the limit (exponent 0.6). A thousand
    # short visits gain little at high temperature, and long days with windows lose nothing.
    temperature = cooling(first, last, 1.0 if is_priced else 0.6)

    def next_interval(share: float, best: Sequence[SearchState], lead: int) -> ChainInterval:
        judge = _lifted(a, share) if is_priced else a
        guide = judge if is_priced else _guided(a, best[lead], share)
        guides = (_evened(guide, share), *[guide] * (N_CHAINS - 1))
        return ChainInterval([partial(run_annealing, g, people, a.travel_cost) for g in guides], partial(score, judge))

    best = run_chains(
        [start] * N_CHAINS,
        limits,
        n_tasks=a.n_visit_tasks,
        temperature=temperature,
        seed=seed,
        next_interval=next_interval,
        on_synchronise=on_synchronise,
    )
    top = max(best, key=lambda s: score(a, s))
    return top if score(a, top) >= score(a, start) else start


def mean_leg_s(a: Arrays) -> float:
    """Return the mean travel seconds between the places of two visits; 0 without visits."""
    places = a.task["place"][: a.n_visit_tasks]
    legs = a.travel[0][np.ix_(places, places)]
    return float(legs[legs < LATEST].mean()) if (legs < LATEST).any() else 0.0


def _lifted(a: Arrays, share: float) -> Arrays:
    """Return the problem with values multiplied by a factor that falls from `LIFT` (`share` 0) to 1 (`LIFT_UNTIL`)."""
    units = a.units.copy()
    units["worth"] *= 1.0 + (LIFT - 1.0) * max(0.0, 1.0 - share / LIFT_UNTIL)
    return a._replace(units=units)


def _evened(a: Arrays, share: float) -> Arrays:
    """Return the arrays with a cost of uneven idle time that falls with `share`, the used share of the time limit."""
    # If the largest idle time has a cost, one chain also charges each team's idle time above the mean: a tenth of it,
    # falling to 0 at nine tenths of the limit. Only one chain, as it may lead to long travel that no later round
    # shortens; the chains are compared when they synchronise.
    even, even_until = 0.1, 0.9
    return a._replace(uneven_idle_cost=even * max(0.0, 1.0 - share / even_until) * a.idle_cost)


def _guided(a: Arrays, best: SearchState, share: float) -> Arrays:
    """Return the problem with an additional travel cost to guide the search; `share`: used share of the time limit."""
    # If travel is nearly free, it has a guiding cost at first, so that routes keep room for more: a fifth of the
    # unserved value per shift second, falling to 0 at nine tenths of the limit.
    guide, guide_until = 0.2, 0.9
    price = guide * max(0.0, 1.0 - share / guide_until)
    seconds = float((a.team["shift_hi"] - a.team["shift_lo"]).sum())
    is_left = (best.fill["team"][a.units["first"]] == NONE) & (a.units["worth"] < a.must_worth)
    if price == 0.0 or seconds <= 0.0:
        return a
    return a._replace(travel_cost=a.travel_cost + price * float(a.units["worth"][is_left].sum()) / seconds)


def mean_value(a: Arrays) -> float:
    """Return the mean worth of units (linked visits) without a must-visit, to scale temperatures; 0 if all have one."""
    is_free = a.units["worth"] < a.must_worth
    return max(0.0, float(a.units["worth"][is_free].mean())) if is_free.any() else 0.0
