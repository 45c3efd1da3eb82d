"""What costs but does not forbid: lateness, overtime, waiting, idle time, teams that nobody wants. Compiled."""

from __future__ import annotations

import numpy as np

from geodata.compiled import inner
from sweep.plan.kernel.arrays import NONE, Arrays
from sweep.plan.kernel.state import State
from sweep.plan.kernel.times import end_of_duty, first_start, start_of_duty


@inner
def soft_cost(a: Arrays, s: State) -> float:
    """What all of it costs."""
    total, latest = 0.0, 0
    for i in range(a.n_visit_tasks):
        k = int(s.fill[i].team)
        if k != NONE:
            late = _late_s(a, s, i, k, int(s.fill[i].early))
            total += a.late_cost * late + _dislike(a, i, k)
            latest = max(latest, late)
    return total + a.latest_cost * latest + _duty_costs(a, s)


@inner
def _duty_costs(a: Arrays, s: State) -> float:
    """What overtime, waiting, the largest idle time, the longest duty and uneven work cost."""
    if a.overtime_cost + a.waiting_cost + a.idle_cost + a.duty_cost + a.uneven_cost == 0.0:
        return 0.0
    total, idlest, longest = 0.0, 0, 0
    work = np.zeros(a.team.shape[0], np.int64)
    for k in range(a.team.shape[0]):
        busy, rest = _busy(a, s, k)
        duty = end_of_duty(a, s, k) - start_of_duty(a, s, k) if _is_out(a, s, k) else 0
        total += a.overtime_cost * _overtime(a, s, k) + a.waiting_cost * max(0, duty - busy - rest)
        idlest, longest, work[k] = max(idlest, _idle(a, s, k)), max(longest, duty), busy
    total += a.idle_cost * idlest + a.duty_cost * longest
    return float(total + a.uneven_cost * np.abs(work - work.mean()).sum())


@inner
def note_idle(a: Arrays, s: State) -> None:
    """Write into the state how long each team is idle, and how long the idlest of the others is."""
    most, second = 0, 0
    for k in range(a.team.shape[0]):
        idle = _idle(a, s, k)
        s.team[k].idle = idle
        most, second = max(most, idle), max(second, min(most, idle))
    for k in range(a.team.shape[0]):
        s.team[k].others = second if s.team[k].idle == most else most


@inner
def soft_rise(a: Arrays, s: State, i: int, k: int, p: int, start: int, free: int, seconds: int) -> float:
    """
    What it costs more if task i starts then in team k's route and the team is at its stop p at `free`.

    Other teams are left aside, but for the idlest at the last `note_idle`. Waiting and the longest duty are not seen.

    Parameters
    ----------
    seconds
        What the team is on the road and inside more.
    """
    late, n, t, is_pushed = _late_s(a, s, i, k, start), int(s.team[k].length), free, True
    for q in range(p, n):
        j = int(s.stop[k, q].task)
        begins = first_start(a, j, t)
        if begins == NONE or begins <= s.fill[j].early:
            is_pushed = False
            break
        late += _late_s(a, s, j, k, begins) - _late_s(a, s, j, k, int(s.fill[j].early))
        t = begins + s.service[k, j] + (s.stop[k, q + 1].leg if q + 1 < n else s.team[k].home)
    over = 0
    if is_pushed and (a.overtime_cost > 0.0 or a.idle_cost > 0.0):
        over = max(0, t - a.team[k].paid_until) - _overtime(a, s, k)
    cost = a.late_cost * late + a.overtime_cost * over + _dislike(a, i, k)
    if a.idle_cost > 0.0:
        before, others = s.team[k].idle, s.team[k].others
        cost += a.idle_cost * (max(before - seconds + over, others) - max(before, others))
    return float(cost)


@inner
def _late_s(a: Arrays, s: State, i: int, k: int, start: int) -> int:
    """Seconds by which task i is late if team k starts it then: past what the last window says that is open by then."""
    w = 0
    while w + 1 < a.window.shape[1] and a.window[i, w + 1].lo <= min(start, a.window[i, w + 1].hi):
        w += 1
    due = a.extra[a.task[i].soft + w]
    return int(max(0, start + due.cap * s.service[k, i] - due.load))


@inner
def _dislike(a: Arrays, i: int, k: int) -> float:
    """What it costs that team k makes task i and has nobody who is wanted there."""
    return float(a.extra[a.task[i].soft + a.window.shape[1] + k].loss)


@inner
def _overtime(a: Arrays, s: State, k: int) -> int:
    """Seconds that team k is on duty past the time that is paid for as ever."""
    return int(max(0, end_of_duty(a, s, k) - a.team[k].paid_until)) if _is_out(a, s, k) else 0


@inner
def _idle(a: Arrays, s: State, k: int) -> int:
    """Seconds from the start of team k's shift to its end, or later if it is out then, that it has nothing to do."""
    busy, rest = _busy(a, s, k)
    until = min(a.team[k].paid_until, a.team[k].shift_hi)
    return int(until + _overtime(a, s, k) - a.team[k].shift_lo - busy - rest)


@inner
def _busy(a: Arrays, s: State, k: int) -> tuple[int, int]:
    """Seconds that team k is on the road or inside, and at rest."""
    busy, rest = 0, 0
    for p in range(s.team[k].length):
        j = int(s.stop[k, p].task)
        busy += s.stop[k, p].leg
        if j < a.n_visit_tasks:
            busy += s.service[k, j]
        else:
            rest += s.service[k, j]
    return (busy + s.team[k].home if _is_out(a, s, k) else 0), rest


@inner
def _is_out(a: Arrays, s: State, k: int) -> bool:
    """Whether team k has any visit."""
    return bool(s.team[k].length > (a.team[k].break_task != NONE))
