"""What costs but does not forbid: lateness, overtime, waiting, idle time, teams that nobody wants. Compiled."""

from __future__ import annotations

import numpy as np

from geodata.arrays import Int64s
from geodata.compiled import inner
from sweep.plan.kernel.arrays import NONE, Arrays
from sweep.plan.kernel.state import State
from sweep.plan.kernel.times import end_of_duty, start_of_duty


@inner
def soft_cost(a: Arrays, s: State) -> float:
    """What all of it costs."""
    total, latest = 0.0, 0
    for i in range(a.n_visit_tasks):
        k = int(s.fill[i].team)
        if k != NONE:
            row, w, start = a.task[i].soft, 0, s.fill[i].early
            while w + 1 < a.window.shape[1] and a.window[i, w].hi < start:
                w += 1
            late = max(0, start + a.extra[row + w].cap * s.service[k, i] - a.extra[row + w].load)
            total += a.late_cost * late + a.extra[row + a.window.shape[1] + k].loss
            latest = max(latest, late)
    return float(total + a.latest_cost * latest + _duty_costs(a, s))


@inner
def _duty_costs(a: Arrays, s: State) -> float:
    """What overtime, waiting, the largest idle time, the longest duty and uneven work cost."""
    if a.overtime_cost + a.waiting_cost + a.idle_cost + a.duty_cost + a.uneven_cost == 0.0:
        return 0.0
    total, longest = 0.0, 0
    work, idle = np.zeros(a.team.shape[0], np.int64), np.zeros(a.team.shape[0], np.int64)
    for k in range(a.team.shape[0]):
        busy, rest, over = _day(a, s, k)
        duty = 0
        if busy > 0:
            duty = end_of_duty(a, s, k) - (a.team[k].shift_lo if a.team[k].begins else start_of_duty(a, s, k))
        total += a.overtime_cost * over + a.waiting_cost * max(0, duty - busy - rest)
        longest, work[k], idle[k] = max(longest, duty), busy, _hours(a, k) + over - busy - rest
    total += a.idle_cost * max(0, idle.max()) + a.duty_cost * longest + a.uneven_idle_cost * _above_mean(idle)
    return float(total + a.uneven_cost * np.abs(work - work.mean()).sum())


@inner
def uneven_idle(a: Arrays, s: State) -> int:
    """Seconds by which teams are idle longer than the mean of all, together."""
    idle = np.empty(a.team.shape[0], np.int64)
    for k in range(idle.shape[0]):
        busy, rest, over = _day(a, s, k)
        idle[k] = _hours(a, k) + over - busy - rest
    return _above_mean(idle)


@inner
def _above_mean(idle: Int64s) -> int:
    """What lies above the mean, together."""
    return int(np.maximum(0, idle - idle.sum() // idle.shape[0]).sum())


@inner
def note_days(a: Arrays, s: State) -> None:
    """Write into the state each team's overtime and idle time, and how long the idlest of the others is idle."""
    most, second, total = 0, 0, 0
    for k in range(a.team.shape[0]):
        busy, rest, over = _day(a, s, k)
        idle = _hours(a, k) + over - busy - rest
        s.team[k].idle, s.team[k].over = idle, over
        most, second, total = max(most, idle), max(second, min(most, idle)), total + idle
    for k in range(a.team.shape[0]):
        s.team[k].others = second if s.team[k].idle == most else most
        s.team[k].mean = total // a.team.shape[0]


@inner
def idle_gain(a: Arrays, s: State, k: int, seconds: int) -> float:
    """What is gained by giving team k so many seconds more to do; below 0 if it is less."""
    if a.idle_cost == 0.0:
        return 0.0
    idle, others, mean = s.team[k].idle, s.team[k].others, s.team[k].mean
    gain = a.idle_cost * (max(idle, others) - max(idle - seconds, others))
    return float(gain + a.uneven_idle_cost * (max(0, idle - mean) - max(0, idle - seconds - mean)))


@inner
def soft_rise(a: Arrays, s: State, i: int, k: int, p: int, start: int, free: int, seconds: int, most: float) -> float:
    """
    What it costs more if task i starts then in team k's route and the team is at its stop p at `free`.

    Other teams are left aside, but for the idlest; what teams do is as noted by `note_days`. Waiting and the longest
    duty are not seen.

    Parameters
    ----------
    seconds
        What the team is on the road and inside more.
    most
        Where it is seen to be as much as this or more, inf is given.
    """
    # Written out, as each call hands over all of the arrays: with a function a question it took twice as long.
    n_windows, window, extra, fill, stop, inside = a.window.shape[1], a.window, a.extra, s.fill, s.stop[k], s.service[k]
    row, w, team = a.task[i].soft, 0, s.team[k]
    while w + 1 < n_windows and window[i, w].hi < start:
        w += 1
    late = max(0, start + extra[row + w].cap * inside[i] - extra[row + w].load)
    cost = extra[row + n_windows + k].loss
    least = cost + a.late_cost * late
    if least >= most and least - idle_gain(a, s, k, seconds) >= most:
        return np.inf
    t, is_pushed = free, True
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
    return float(cost + a.late_cost * late + a.overtime_cost * over - idle_gain(a, s, k, seconds - over))


@inner
def _hours(a: Arrays, k: int) -> int:
    """Seconds of team k's shift that are paid for as ever."""
    return int(min(a.team[k].paid_until, a.team[k].shift_hi) - a.team[k].shift_lo)


@inner
def _day(a: Arrays, s: State, k: int) -> tuple[int, int, int]:
    """Seconds that team k is on the road or inside, at rest, and on duty past the time that is paid for as ever."""
    busy, rest, n = 0, 0, s.team[k].length
    for p in range(n):
        j = int(s.stop[k, p].task)
        if j < a.n_visit_tasks:
            busy += s.service[k, j] + s.stop[k, p].leg
        else:
            rest += s.service[k, j]
    # Who has a break alone stays at the base.
    if n == 0 or (n == 1 and rest > 0):
        return 0, rest, 0
    return busy + s.team[k].home, rest, max(0, end_of_duty(a, s, k) - a.team[k].paid_until)
