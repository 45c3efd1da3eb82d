"""Soft-constraint penalties: lateness, overtime, waiting, idle time, team preferences; compiled."""

import numpy as np

from geodata.numba_options import compiled_internal, inlined
from sweep.plan.kernel.duty_times import (
    latest_start,
    most_gain,
    paid_seconds,
    uneven_idle,
    update_duty_times,
    work_gain,
)
from sweep.plan.kernel.problem_arrays import NONE, Arrays
from sweep.plan.kernel.route_times import end_of_duty, first_start, travel_time
from sweep.plan.kernel.search_parameters import PARAMETERS
from sweep.plan.kernel.search_state import SearchState


@compiled_internal
def total_penalty(a: Arrays, s: SearchState) -> float:
    """Return the total penalty in units of value; updates overtime, waiting and idle times if they have a cost."""
    total, latest = 0.0, 0
    for i in range(a.n_visit_tasks):
        k = int(s.fill[i].team)
        if k != NONE:
            late = _seconds_late(a, s, i, k, s.fill[i].early)
            total += a.late_cost * late + preference_penalty(a, s, i, k)
            latest = max(latest, late)
    return float(total + a.latest_cost * latest + _duty_costs(a, s))


@compiled_internal
def _duty_costs(a: Arrays, s: SearchState) -> float:
    if a.overtime_cost + a.waiting_cost + a.idle_cost + a.uneven_cost == 0.0:
        return 0.0
    update_duty_times(a, s)
    total, work, idlest = 0.0, 0, 0
    for k in range(a.team.shape[0]):
        now = s.team[k]
        total += a.overtime_cost * now.over + a.waiting_cost * now.waits
        work, idlest = work + now.work, max(idlest, now.idle)
    if a.uneven_cost > 0.0:
        for k in range(a.team.shape[0]):
            total += a.uneven_cost * abs(s.team[k].work - work / a.team.shape[0])
    return float(total + a.idle_cost * idlest + a.uneven_idle_cost * uneven_idle(a, s))


@inlined
def soft_least(a: Arrays, s: SearchState, i: int, k: int, seconds: int) -> float:
    """
    Return an approximate lower bound, in units of value, on the rise of penalties if team k also serves task i.

    The bound covers all starts. `seconds`: additional travel and service time. Unlike `soft_from`, the bound ignores
    savings by a later departure or by a stop that is pushed into a later window.
    """
    return float(preference_penalty(a, s, i, k) - most_gain(a, s, k, seconds))


@inlined
def preference_penalty(a: Arrays, s: SearchState, i: int, k: int) -> float:
    """Return the penalty, in units of value, if team k has none of the preferred persons of task i's visit; else 0."""
    row = a.task[i].soft + a.window.shape[1]
    return _dislike_now(a, s, row + a.team.shape[0], k) if a.is_by_member else float(a.extra[row + k].loss)


@compiled_internal
def _dislike_now(a: Arrays, s: SearchState, row: int, k: int) -> float:
    """Return the penalty in row `row` of `a.extra`; 0 if the team has a preferred person, listed in the next rows."""
    for x in range(row + 1, row + 1 + a.extra[row].cap):
        if s.member[a.extra[x].cap] == k:
            return 0.0
    return float(a.extra[row].loss)


@inlined
def soft_from(a: Arrays, s: SearchState, i: int, k: int, p: int, start: int, free: int, seconds: int) -> float:
    """
    Return a lower bound on the rise of penalties if task i, before team k's stop p, starts at `start` or later.

    `free`: arrival at stop p if the task starts at `start`. `seconds`: additional travel and service time.
    """
    # With a later departure, waiting may fall by more than the additional work.
    waits_less = float(PARAMETERS.seen_waiting * a.waiting_cost * s.team[k].waits)
    if a.window.shape[1] > 1:
        # In a later window task i, and stops pushed into it, may be less late.
        gain = work_gain(a, s, k, seconds, 0) + a.late_cost * _seconds_late_from(a, s, k, p)
        return float(preference_penalty(a, s, i, k) - gain - waits_less)
    cost = _own_penalty(a, s, i, k, start)
    if _is_in_slack(s, k, p, free):
        return float(cost - work_gain(a, s, k, seconds, 0) - waits_less)
    return float(_pushed(a, s, i, k, p, start, free, seconds, -np.inf, cost) - waits_less)


@inlined
def penalty_rise(
    a: Arrays, s: SearchState, i: int, k: int, p: int, start: int, free: int, seconds: int, most: float
) -> float:
    """
    Return the rise of the penalties, in units of value, if task i, inserted before team k's stop p, starts at `start`.

    `free`: time at which the team then arrives at stop p, or at its end place if p is the last position. `seconds`:
    additional travel and service time. `most`: limit above which the result is inf. Effects on other teams are ignored,
    except the largest idle time; idle times are those of the last `update_duty_times`. Waiting counts at the share
    `seen_waiting` of its cost. Of the penalty of uneven work, only this team's part counts.
    """
    cost = _own_penalty(a, s, i, k, start)
    if cost >= most and cost - most_gain(a, s, k, seconds) >= most:
        return np.inf
    if a.waiting_cost == 0.0 and _is_in_slack(s, k, p, free):
        return float(cost - work_gain(a, s, k, seconds, 0))
    return _pushed(a, s, i, k, p, start, free, seconds, most, cost)


@inlined
def _own_penalty(a: Arrays, s: SearchState, i: int, k: int, start: int) -> float:
    return float(preference_penalty(a, s, i, k) + a.late_cost * _seconds_late(a, s, i, k, start))


@inlined
def _seconds_late(a: Arrays, s: SearchState, i: int, k: int, start: int) -> int:
    row, w = a.task[i].soft, 0
    while w + 1 < a.window.shape[1] and a.window[i, w].hi < start:
        w += 1
    return int(max(0, start + a.extra[row + w].cap * s.service[k, i] - a.extra[row + w].load))


@compiled_internal
def _seconds_late_from(a: Arrays, s: SearchState, k: int, p: int) -> int:
    late = 0
    for q in range(p, s.team[k].length):
        j = int(s.stop[k, q].task)
        late += _seconds_late(a, s, j, k, s.fill[j].early)
    return late


@inlined
def _is_in_slack(s: SearchState, k: int, p: int, free: int) -> bool:
    """Whether team k can reach its stop p at the time `free` without more lateness or overtime."""
    if p >= s.team[k].length:
        return False
    j = s.stop[k, p].task
    return bool(free <= s.fill[j].early + s.fill[j].slack)


@compiled_internal
def _pushed(
    a: Arrays, s: SearchState, i: int, k: int, p: int, start: int, free: int, seconds: int, most: float, cost: float
) -> float:
    """Return the result of `penalty_rise` for delayed stops or costly waiting; `cost`: penalty of task i itself."""
    # Inlined, as each call passes all arrays: with separate functions it took twice as long.
    n_windows, window, extra, fill, stop, inside = a.window.shape[1], a.window, a.extra, s.fill, s.stop[k], s.service[k]
    t, is_pushed, team, late = free, True, s.team[k], 0
    for q in range(p, team.length):
        j = stop[q].task
        early = fill[j].early
        if t <= early:
            is_pushed = False
            break
        row, w = a.task[j].soft, 0
        while w + 1 < n_windows and window[j, w].hi < early:
            w += 1
        late -= max(0, early + extra[row + w].cap * inside[j] - extra[row + w].load)
        while w + 1 < n_windows and window[j, w].hi < t:
            w += 1
        begins = max(t, window[j, w].lo)
        late += max(0, begins + extra[row + w].cap * inside[j] - extra[row + w].load)
        t = begins + inside[j] + (stop[q + 1].leg if q + 1 < team.length else team.home)
    over = max(0, t - a.team[k].paid_until) - team.over if is_pushed else 0
    cost += a.late_cost * late + a.overtime_cost * over - work_gain(a, s, k, seconds, over)
    if a.waiting_cost > 0.0 and cost - PARAMETERS.seen_waiting * a.waiting_cost * team.waits < most:
        ends = t if is_pushed else end_of_duty(a, s, k)
        cost += PARAMETERS.seen_waiting * a.waiting_cost * _waiting_rise(a, s, i, k, p, start, free, seconds, ends)
    return float(cost)


@compiled_internal
def _waiting_rise(
    a: Arrays, s: SearchState, i: int, k: int, p: int, start: int, free: int, seconds: int, ends: int
) -> int:
    """
    Return the rise of team k's waiting seconds if task i, inserted before its stop p, starts at `start`.

    `free`: time at which the team then reaches stop p. `seconds`: additional travel and service. `ends`: new end of
    duty. Stop p counts at its new earliest start, even if a later start would save waiting.
    """
    team, leaves, q = s.team[k], a.team[k].shift_lo, p - 1
    if not a.team[k].begins:
        at = start
        if p < team.length:
            j = int(s.stop[k, p].task)
            at = max(first_start(a, j, free), s.fill[j].at) - (free - start)
            at = max(start, min(at, latest_start(a, i, start, s.service[k, i])))
        leg = travel_time(a, a.team[k].base if p == 0 else s.stop[k, q].at, a.task[i].place)
        while q >= 0:
            j = int(s.stop[k, q].task)
            early = s.fill[j].early
            at = max(early, min(at - leg - s.service[k, j], latest_start(a, j, early, s.service[k, j])))
            leg = s.stop[k, q].leg
            if at == s.fill[j].at:
                # Earlier stops are unchanged.
                at, leg = s.fill[s.stop[k, 0].task].at, s.stop[k, 0].leg
                break
            q -= 1
        leaves = at - leg
    busy = paid_seconds(a, k) + team.over - team.idle + seconds
    return int(max(0, ends - leaves - busy) - team.waits)
