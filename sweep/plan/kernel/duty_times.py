"""Duty times of each team: departure, duty, overtime, idle and waiting time; compiled."""

from geodata.numba_options import compiled_internal, inlined
from sweep.plan.kernel.problem_arrays import LATEST, Arrays
from sweep.plan.kernel.route_times import end_of_duty
from sweep.plan.kernel.search_parameters import PARAMETERS
from sweep.plan.kernel.search_state import SearchState, is_idle


@compiled_internal
def update_duty_times(a: Arrays, s: SearchState) -> None:
    """
    Update overtime, waiting and idle time of changed teams, and for each team the largest idle time of other teams.

    Also updates each team's latest departure and the slack of its stops. No effect without soft constraints.
    """
    if not a.is_soft:
        return
    most, second, total, work = 0, 0, 0, 0
    for k in range(a.team.shape[0]):
        if not s.team[k].is_noted:
            _note_day(a, s, k)
        idle = s.team[k].idle
        work += s.team[k].work
        most, second, total = max(most, idle), max(second, min(most, idle)), total + idle
    for k in range(a.team.shape[0]):
        s.team[k].others = second if s.team[k].idle == most else most
        s.team[k].mean, s.team[k].even = total // a.team.shape[0], work // a.team.shape[0]


@compiled_internal
def _note_day(a: Arrays, s: SearchState, k: int) -> None:
    _note_slack(a, s, k)
    _note_leaving(a, s, k)
    busy, rest, over = working_seconds(a, s, k)
    s.team[k].over, s.team[k].work, s.team[k].idle = over, busy, paid_seconds(a, k) + over - busy - rest
    s.team[k].waits = max(0, duty(a, s, k) - busy - rest)
    s.team[k].is_noted = True


@compiled_internal
def _note_slack(a: Arrays, s: SearchState, k: int) -> None:
    """Set the slack of each stop of team k: seconds of delay that add no lateness and no overtime on its route."""
    n = s.team[k].length
    slack = max(0, a.team[k].paid_until - end_of_duty(a, s, k)) if a.overtime_cost > 0.0 else LATEST
    for p in range(n - 1, -1, -1):
        i = int(s.stop[k, p].task)
        start, service = s.fill[i].early, s.service[k, i]
        if p + 1 < n:
            slack += s.fill[s.stop[k, p + 1].task].early - (start + service + s.stop[k, p + 1].leg)
        slack = max(0, min(slack, _last_on_time(a, i, start, service) - start))
        s.fill[i].slack = slack


@compiled_internal
def _note_leaving(a: Arrays, s: SearchState, k: int) -> None:
    """
    Set the starts (`at`) of team k's stops so that the team departs as late as possible.

    The last stop keeps its earliest start, no visit becomes late, and visits with several slots or links keep their
    earliest starts. If waiting has no cost, or duty begins with the shift, all stops keep them.
    """
    is_late = a.waiting_cost > 0.0
    at, n = 0, s.team[k].length
    for p in range(n - 1, -1, -1):
        i = int(s.stop[k, p].task)
        start = s.fill[i].early
        if is_late and p + 1 < n and not a.team[k].begins:
            limit = at - s.stop[k, p + 1].leg - s.service[k, i]
            start = max(start, min(limit, latest_start(a, i, start, s.service[k, i])))
        s.fill[i].at, at = start, start


@inlined
def latest_start(a: Arrays, i: int, start: int, service: int) -> int:
    """
    Return the latest start of task i that adds no lateness, in the window that contains its earliest start `start`.

    The result is `start` if the visit has other slots or links, whose starts a delay would affect. `service`: service
    seconds of the task.
    """
    v = int(a.task[i].node)
    if a.nodes[v + 1].task > a.nodes[v].task + 1 or a.nodes[v + 1].link > a.nodes[v].link:
        return start
    return _last_on_time(a, i, start, service)


@inlined
def _last_on_time(a: Arrays, i: int, start: int, service: int) -> int:
    """Return the latest start of task i without lateness, in the window that contains the time `start`."""
    w, row = 0, a.task[i].soft
    while w + 1 < a.window.shape[1] and a.window[i, w].hi < start:
        w += 1
    return int(min(a.window[i, w].hi, a.extra[row + w].load - a.extra[row + w].cap * service))


@inlined
def duty(a: Arrays, s: SearchState, k: int) -> int:
    """
    Return the seconds of team k's duty, from its departure or from the shift's start; 0 if it has no visit.

    Duty starts with the shift if `begins` is set in `Arrays.team`. If waiting has a cost, the departure is the latest.
    """
    if is_idle(a, s, k):
        return 0
    first = s.stop[k, 0]
    is_late = a.waiting_cost > 0.0
    leaves = (s.fill[first.task].at if is_late else s.fill[first.task].early) - first.leg
    return int(end_of_duty(a, s, k) - (a.team[k].shift_lo if a.team[k].begins else leaves))


@inlined
def working_seconds(a: Arrays, s: SearchState, k: int) -> tuple[int, int, int]:
    """Return three numbers of seconds of team k: in travel and service, in its break, and in overtime."""
    busy, rest, n = 0, 0, s.team[k].length
    for p in range(n):
        j = int(s.stop[k, p].task)
        if j < a.n_visit_tasks:
            busy += s.service[k, j] + s.stop[k, p].leg
        else:
            rest += s.service[k, j]
    if is_idle(a, s, k):
        return 0, rest, 0
    return busy + s.team[k].home, rest, max(0, end_of_duty(a, s, k) - a.team[k].paid_until)


@inlined
def paid_seconds(a: Arrays, k: int) -> int:
    """Return the seconds of team k's shift before overtime begins, all of the shift if there is no overtime."""
    return int(min(a.team[k].paid_until, a.team[k].shift_hi) - a.team[k].shift_lo)


@inlined
def work_gain(a: Arrays, s: SearchState, k: int, seconds: int, over: int) -> float:
    """Return the fall in uneven-work and idle penalties if team k works `seconds` more, `over` of them in overtime."""
    gain = 0.0
    if a.uneven_cost > 0.0:
        work, even = s.team[k].work, s.team[k].even
        gain += a.uneven_cost * (abs(work - even) - abs(work + seconds - even))
    if a.idle_cost > 0.0:
        idle, others, mean, less = s.team[k].idle, s.team[k].others, s.team[k].mean, seconds - over
        gain += a.idle_cost * (max(idle, others) - max(idle - less, others))
        gain += a.uneven_idle_cost * (max(0, idle - mean) - max(0, idle - less - mean))
    return float(gain)


@inlined
def most_gain(a: Arrays, s: SearchState, k: int, seconds: int) -> float:
    """Return an upper bound on the drop in penalties (idle, uneven work, waiting) if team k works `seconds` more."""
    waits_less = min(max(0, seconds), s.team[k].waits)
    return work_gain(a, s, k, seconds, 0) + float(PARAMETERS.seen_waiting * a.waiting_cost * waits_less)


@compiled_internal
def uneven_idle(a: Arrays, s: SearchState) -> int:
    """Return the idle seconds above the teams' mean, summed over the teams, as of the last `update_duty_times`."""
    total = 0
    for k in range(a.team.shape[0]):
        total += max(0, s.team[k].idle - s.team[k].mean)
    return total
