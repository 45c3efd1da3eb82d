"""
Recreate: greedy reinsertion of unserved units, ordered by value, by value per cost or per second, or at random.

References
----------
Christiaens and Vanden Berghe 2020, Slack induction by string removals for vehicle routing problems.
"""

import numpy as np

from geodata.array_types import Bools, Int64s
from geodata.compiled_random_integers import drawn_below
from geodata.numba_options import compiled_internal, inner_with_arrays
from sweep.plan.kernel.duty_times import update_duty_times
from sweep.plan.kernel.insertion import cheapest
from sweep.plan.kernel.problem_arrays import FORBIDDEN, LATEST, NONE, Arrays
from sweep.plan.kernel.route_times import travel_time
from sweep.plan.kernel.search_parameters import PARAMETERS
from sweep.plan.kernel.search_state import SearchState, is_idle
from sweep.plan.kernel.synchronised_insertion import insert_with_current_times


@compiled_internal
def _mark_near(a: Arrays, s: SearchState, centre: int, is_near: Bools) -> None:
    n = 0 if centre == NONE else PARAMETERS.near_tried_over_days if a.is_over_days else PARAMETERS.near_tried
    for x in range(a.near.shape[1]):
        if n <= 0:
            break
        u = int(a.task[a.near[centre, x]].unit)
        if s.fill[a.near[centre, x]].team == NONE and not is_near[u]:
            is_near[u] = True
            n -= 1


@inner_with_arrays
def recreate(
    a: Arrays, s: SearchState, open_teams: Bools, is_loose: Bools, centre: int, rng: np.random.Generator
) -> None:
    """
    Reinsert unserved units (linked visits), ordered by value, by value per insertion cost or per second, or at random.

    `open_teams`: teams that the ruin changed. `is_loose`: whether the ruin removed the unit, (units,). A unit of one
    slot that was unserved before the ruin is tried in `open_teams` only, except in a few rounds. `centre`: task at the
    centre of the ruin, or NONE. If many units are unserved, those removed or near the centre are tried, and a random
    sample of the others.
    """
    every, teams = np.ones(a.team.shape[0], np.bool_), np.zeros(a.team.shape[0], np.bool_)
    tried = every if rng.random() < PARAMETERS.everywhere_share else open_teams
    update_duty_times(a, s)
    for u in _order(a, s, tried, is_loose, centre, rng):
        _mark_teams(a, s, u, tried, is_loose, teams)
        if insert_with_current_times(a, s, u, teams, a.units[u].value, PARAMETERS.blink, rng):
            update_duty_times(a, s)


@compiled_internal
def _mark_teams(a: Arrays, s: SearchState, u: int, open_teams: Bools, is_loose: Bools, teams: Bools) -> None:
    """
    Mark in `teams` those in which the insertion of unit u is tried.

    They are the `open_teams`. If the ruin removed u (`is_loose`) or u has several slots, they are also all other teams,
    or the nearest ones if there are many teams.
    """
    n_slots = a.units[u].task_to - a.units[u].task_from
    is_tried_everywhere = a.team.shape[0] <= (PARAMETERS.most_teams if n_slots == 1 else PARAMETERS.most_teams_together)
    is_in_open_only = n_slots == 1 and not is_loose[u]
    for k in range(teams.shape[0]):
        teams[k] = open_teams[k] or (is_tried_everywhere and not is_in_open_only)
    if is_in_open_only or is_tried_everywhere:
        return
    n_near = PARAMETERS.near_teams if n_slots == 1 else PARAMETERS.near_teams_together
    for x in range(a.units[u].task_from, a.units[u].task_to):
        _mark_nearest(a, s, a.task[x].of_unit, n_near, teams)


@compiled_internal
def _mark_nearest(a: Arrays, s: SearchState, i: int, left: int, teams: Bools) -> None:
    for x in range(a.near.shape[1]):
        if left <= 0:
            break
        k = int(s.fill[a.near[i, x]].team)
        if k != NONE and not teams[k] and s.service[k, i] != FORBIDDEN:
            teams[k] = True
            left -= 1
    # An empty route is near no slot.
    nearest, least = NONE, LATEST
    for k in range(a.team.shape[0]):
        if (
            is_idle(a, s, k)
            and s.service[k, i] != FORBIDDEN
            and travel_time(a, a.team[k].base, a.task[i].place) < least
        ):
            nearest, least = k, travel_time(a, a.team[k].base, a.task[i].place)
    if nearest != NONE:
        teams[nearest] = True


@inner_with_arrays
def _order(
    a: Arrays, s: SearchState, open_teams: Bools, is_loose: Bools, centre: int, rng: np.random.Generator
) -> Int64s:
    """Return the unserved units (linked visits) in the order of insertion; only a sample if there are many."""
    n_units = a.units.shape[0]
    n, n_out = 0, 0
    units, key = np.empty(n_units, np.int64), np.empty(n_units, np.float64)
    teams, is_near = np.zeros(a.team.shape[0], np.bool_), np.zeros(n_units, np.bool_)
    mode = drawn_below(rng, 4)
    for u in range(n_units):
        if s.fill[a.units[u].first].team == NONE:
            units[n_out] = u
            n_out += 1
    share = 1.0
    if n_out > PARAMETERS.most_tried:
        share = (PARAMETERS.far_tried_over_days if a.is_over_days else PARAMETERS.far_tried) / n_out
        _mark_near(a, s, centre, is_near)
    for x in range(n_out):
        u = units[x]
        is_must = a.is_over_days and a.units[u].value >= a.must_value
        if share == 1.0 or is_loose[u] or is_near[u] or is_must or rng.random() < share:
            if mode == 1:
                _mark_teams(a, s, u, open_teams, is_loose, teams)
            units[n], key[n] = u, _rank(a, s, u, mode, teams, rng)
            n += key[n] < np.inf
    return units[np.argsort(key[:n])]


@compiled_internal
def _rank(a: Arrays, s: SearchState, u: int, mode: int, open_teams: Bools, rng: np.random.Generator) -> float:
    """
    Return the sort key of unit u (linked visits) in the order of insertion, ascending; inf if it has no position.

    `mode` 0: by value. 1: by value per insertion cost; a unit of several slots as in mode 2. 2: by value per second of
    service. 3: at random, must-visits first. Only mode 1 looks for positions.
    """
    noise, value = 0.5 + rng.random(), a.units[u].value
    if mode == 0:
        return float(-value * noise)
    if mode == 1 and a.units[u].task_to - a.units[u].task_from == 1:
        cost = cheapest(a, s, a.units[u].first, open_teams, 0.0, rng)[2]
        return np.inf if cost == np.inf else float(-value / max(1e-9, cost) * noise)
    if mode == 3:
        return float(rng.random() - (value >= a.must_value))
    return float(-value / a.units[u].seconds * noise)
