"""Simulated annealing: rounds of ruin and recreate with acceptance by temperature; compiled."""

import numpy as np

from geodata.numba_options import compiled, compiled_internal, compiled_lean
from sweep.plan.kernel.duty_times import uneven_idle
from sweep.plan.kernel.member_exchange import exchange_members
from sweep.plan.kernel.penalties import total_penalty
from sweep.plan.kernel.people_arrays import People
from sweep.plan.kernel.problem_arrays import NONE, Arrays
from sweep.plan.kernel.recreate import recreate
from sweep.plan.kernel.ruin import ruin, update_after_ruin
from sweep.plan.kernel.search_parameters import PARAMETERS
from sweep.plan.kernel.search_state import SearchState, assign_state, restore
from sweep.plan.kernel.segment_reoptimisation import reoptimise_segment


@compiled_lean
def score(a: Arrays, s: SearchState) -> float:
    """Return the objective: value of the served units less travel costs and penalties."""
    return gain(a, s) - a.travel_cost * travel_seconds(a, s)


@compiled_internal
def gain(a: Arrays, s: SearchState) -> float:
    """Return the value of the served units less penalties (`total_penalty`), without travel costs."""
    return total_value(a, s) - total_penalty(a, s) if a.is_soft else total_value(a, s)


@compiled_lean
def total_value(a: Arrays, s: SearchState) -> float:
    """Return the total value of the served units (linked visits), each visit at its value on the day of its team."""
    total = 0.0
    for u in range(a.units.shape[0]):
        if s.fill[a.units[u].first].team != NONE:
            total += a.units[u].value
    return total - _losses(a, s) if a.is_daily else total


@compiled_internal
def _losses(a: Arrays, s: SearchState) -> float:
    total = 0.0
    for i in range(a.n_visit_tasks):
        if s.fill[i].team != NONE:
            total += a.extra[a.task[i].lost + a.team[s.fill[i].team].day].loss
    return total


@compiled_internal
def travel_seconds(a: Arrays, s: SearchState) -> int:
    """Return the travel seconds of all teams together."""
    travel = 0
    for k in range(a.team.shape[0]):
        for p in range(s.team[k].length):
            travel += s.stop[k, p].leg
        travel += s.team[k].home
    return travel


@compiled_internal
def accept(
    a: Arrays,
    now: SearchState,
    trial: SearchState,
    now_score: float,
    trial_score: float,
    temperature: float,
    rng: np.random.Generator,
) -> bool:
    """
    Accept `trial` into `now` by the Metropolis criterion, or reset `trial` to `now`; return whether it was accepted.

    Scores are objectives, higher is better. Afterwards both states are equal; before the call they may differ only in
    teams marked as changed (`is_touched`). A loss equal to the temperature is accepted with probability 1 / e
    (Kirkpatrick, Gelatt and Vecchi 1983, Optimization by simulated annealing).
    """
    if trial_score < now_score + temperature * np.log(max(rng.random(), 1e-12)):
        restore(a, trial, now)
        return False
    for k in range(a.team.shape[0]):
        now.team[k].is_touched = trial.team[k].is_touched
    restore(a, now, trial)
    for k in range(a.team.shape[0]):
        trial.team[k].is_touched = False
    return True


@compiled
def run_annealing(
    a: Arrays,
    people: People,
    travel_cost: float,
    now: SearchState,
    trial: SearchState,
    best: SearchState,
    hot: float,
    cold: float,
    n_rounds: int,
    rng: np.random.Generator,
) -> None:
    """
    Run `n_rounds` rounds of ruin and recreate with simulated annealing; change `now` and `best` in place.

    Parameters
    ----------
    people
        People who may change teams; empty if the teams are given.
    travel_cost
        True cost of a travel second, by which `best` is chosen; the cost in `a` may differ, to guide the search.
    trial
        Working memory; equal to `now` on entry and on return.
    hot, cold
        Temperatures at the first and last round, in units of the objective.
    """
    open_teams = np.zeros(a.team.shape[0], np.bool_)
    is_loose = np.zeros(a.units.shape[0], np.bool_)
    segment_share = PARAMETERS.segment_share_over_days if a.is_over_days else PARAMETERS.segment_share
    segment_share = 0.0 if a.is_soft else segment_share
    now_score, best_score = score(a, now), _true_gain(a, best, gain(a, best)) - travel_cost * travel_seconds(a, best)
    for r in range(n_rounds):
        open_teams[:] = False
        is_loose[:] = False
        is_trade = trial.member.shape[0] > 0 and rng.random() < PARAMETERS.exchange_share
        centre = NONE
        is_done = is_trade and exchange_members(a, people, trial, open_teams, is_loose, rng)
        if not is_done and rng.random() < segment_share:
            is_done = reoptimise_segment(a, trial, open_teams, is_loose, rng)
        if not is_done:
            centre = ruin(a, trial, open_teams, is_loose, rng)
        if not update_after_ruin(a, trial, open_teams, rng):
            restore(a, trial, now)
            continue
        recreate(a, trial, open_teams, is_loose, centre, rng)
        trial_gain, trial_travel = gain(a, trial), travel_seconds(a, trial)
        trial_score = trial_gain - a.travel_cost * trial_travel
        temperature = hot * (cold / hot) ** (r / n_rounds)
        if not accept(a, now, trial, now_score, trial_score, temperature, rng):
            continue
        now_score = trial_score
        true_score = _true_gain(a, trial, trial_gain) - travel_cost * trial_travel
        if true_score > best_score:
            assign_state(best, trial)
            best_score = true_score


@compiled_internal
def _true_gain(a: Arrays, s: SearchState, guided: float) -> float:
    """Return the gain without the cost of uneven idle time, which only guides the search."""
    return guided + a.uneven_idle_cost * uneven_idle(a, s) if a.uneven_idle_cost > 0.0 else guided
