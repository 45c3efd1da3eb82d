"""Annealing schedule of the search: temperatures, and extra costs that only guide it, from a start state."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from sweep.plan.kernel.annealing import run_annealing, score
from sweep.plan.kernel.people_arrays import People
from sweep.plan.kernel.problem_arrays import LATEST, NONE, Arrays
from sweep.plan.kernel.search_parameters import PARAMETERS
from sweep.plan.kernel.search_state import SearchState
from sweep.plan.search.parallel_chains import (
    ChainInterval,
    SearchLimits,
    Synchronisation,
    SynchronisationReply,
    cooling,
    run_chains,
)


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
    is_priced = leg >= PARAMETERS.paid_travel_share * value
    hot = PARAMETERS.hot_over_days if a.is_over_days and not len(start.cap) else PARAMETERS.hot
    first = hot * value if value > 0 else max(1e-9, PARAMETERS.hot_leg * leg)
    last = max(1e-9, PARAMETERS.cold_leg * leg) if is_priced else PARAMETERS.cold * first
    temperature = cooling(first, last, 1.0 if is_priced else PARAMETERS.cooling_bend)

    def next_interval(share: float, best: Sequence[SearchState], lead: int) -> ChainInterval:
        judge = _with_raised_values(a, share) if is_priced else a
        guide = judge if is_priced else _with_guiding_cost(a, best[lead], share)
        guides = (_with_uneven_idle_cost(guide, share), *[guide] * (PARAMETERS.n_chains - 1))
        return ChainInterval([partial(run_annealing, g, people, a.travel_cost) for g in guides], partial(score, judge))

    best = run_chains(
        [start] * PARAMETERS.n_chains,
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


def _with_raised_values(a: Arrays, share: float) -> Arrays:
    """Return the arrays with values times a factor that falls to 1 as `share`, the used share of the limit, rises."""
    units = a.units.copy()
    units["value"] *= 1.0 + (PARAMETERS.lift - 1.0) * max(0.0, 1.0 - share / PARAMETERS.lift_until)
    return a._replace(units=units)


def _with_uneven_idle_cost(a: Arrays, share: float) -> Arrays:
    # If the largest idle time has a cost, one chain also charges each team's idle time above the mean. Only one
    # chain, as it may lead to long travel that no later round shortens; the chains are compared when they synchronise.
    return a._replace(uneven_idle_cost=PARAMETERS.even * max(0.0, 1.0 - share / PARAMETERS.even_until) * a.idle_cost)


def _with_guiding_cost(a: Arrays, best: SearchState, share: float) -> Arrays:
    # If travel is nearly free, it has a guiding cost at first, so that routes keep room for more.
    price = PARAMETERS.guide * max(0.0, 1.0 - share / PARAMETERS.guide_until)
    seconds = float((a.team["shift_hi"] - a.team["shift_lo"]).sum())
    is_left = (best.fill["team"][a.units["first"]] == NONE) & (a.units["value"] < a.must_value)
    if price == 0.0 or seconds <= 0.0:
        return a
    return a._replace(travel_cost=a.travel_cost + price * float(a.units["value"][is_left].sum()) / seconds)


def mean_value(a: Arrays) -> float:
    """Return the mean value of units (linked visits) without a must-visit, to scale temperatures; 0 if all have one."""
    is_free = a.units["value"] < a.must_value
    return max(0.0, float(a.units["value"][is_free].mean())) if is_free.any() else 0.0
