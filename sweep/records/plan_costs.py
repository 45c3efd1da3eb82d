"""Costs of a plan's routes by kind, from their times and the weights of the problem."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sweep.records.people import Team
from sweep.records.plan import Cost, Route, Stop
from sweep.records.visits import Visit

# Seconds on the road from one building or base to another, by their ids.
type TravelTime = Callable[[str, str], int]


@dataclass(frozen=True, slots=True)
class _Day:
    """Seconds that one team spends on each activity of its day."""

    travel_s: int
    inside_s: int
    duty_s: int
    rest_s: int
    overtime_s: int
    idle_s: int


def route_costs(
    weights: Mapping[str, float],
    visits: Mapping[str, Visit],
    teams: Sequence[Team],
    routes: Iterable[Route],
    travel_s: TravelTime,
) -> dict[str, Cost]:
    """
    Compute each cost of a plan that has a weight, by its key in `weights` of problem.json.

    Parameters
    ----------
    weights
        Value per unit of each cost (second, visit, or unit of disturbance), by key; a cost with weight 0 is omitted.
    visits
        Visits by visit id.
    teams
        Teams that may have a route, without those in reserve.
    travel_s
        Function that returns the travel time from one building or base to another, by their ids.
    """
    route_of, team_of = {r.team_id: r for r in routes}, {t.team_id: t for t in teams}
    days = [_day(visits, team, route_of.get(team.team_id), travel_s) for team in teams]
    stops = [(team_of[r.team_id], visits[s.visit_id], s) for r in route_of.values() for s in r.stops]
    late = [_late_s(visit, stop) for _, visit, stop in stops]
    work = [day.travel_s + day.inside_s for day in days]
    quantities: dict[str, float] = {
        "travel": sum(day.travel_s for day in days),
        "lateness": sum(late),
        "largest_lateness": max(late, default=0),
        "disturbance": sum(visit.disturbance for _, visit, stop in stops if stop.slot == 0),
        "overtime": sum(day.overtime_s for day in days),
        "waiting": sum(day.duty_s - day.travel_s - day.inside_s - day.rest_s for day in days if day.duty_s),
        "largest_idle": max([0, *(day.idle_s for day in days)]),
        "uneven_work": sum(abs(w - sum(work) / len(work)) for w in work),
        "unpreferred": sum(
            (bool(visit.preferred) and set(visit.preferred).isdisjoint(team.member_ids)) for team, visit, _ in stops
        ),
    }
    return {key: Cost(q, q * weights[key]) for key, q in quantities.items() if weights.get(key)}


def _day(visits: Mapping[str, Visit], team: Team, route: Route | None, travel_s: TravelTime) -> _Day:
    stops = route.stops if route else ()
    rest_s = route.break_s[1] - route.break_s[0] if route and route.break_s else 0
    on_road_s = sum(_legs(visits, team, stops, travel_s))
    inside_s = sum(s.end_s - s.start_s for s in stops)
    back_s = route.return_s if route and stops else team.shift_s[0]
    # A break at the base before the departure is time on duty.
    begins_s = team.shift_s[0] if team.starts_with_shift or not route else min([route.depart_s, *(route.break_s or ())])
    duty_s = back_s - begins_s if stops else 0
    ends_s = team.shift_s[1] if team.paid_until_s is None else min(team.shift_s[1], team.paid_until_s)
    return _Day(
        on_road_s, inside_s, duty_s, rest_s,
        # A team that stays at its base has no overtime, even if its shift begins after `paid_until_s`.
        overtime_s=max(0, back_s - team.paid_until_s) if stops and team.paid_until_s is not None else 0,
        idle_s=(max(ends_s, back_s) if stops else ends_s) - team.shift_s[0] - on_road_s - inside_s - rest_s,
    )  # fmt: skip


def _legs(visits: Mapping[str, Visit], team: Team, stops: tuple[Stop, ...], travel_s: TravelTime) -> Iterator[int]:
    if not stops:
        return
    places = [team.base_id, *(visits[s.visit_id].building_id for s in stops), team.end_base_id or team.base_id]
    yield from (travel_s(a, b) for a, b in pairwise(places))


def _late_s(visit: Visit, stop: Stop) -> int:
    """Return the seconds by which a stop misses the visit's due time, or that of the stop's window if each has one."""
    due = visit.due_s
    if visit.dues_s:
        n_open = sum(lo <= stop.start_s for lo, _ in visit.windows_s)
        due = visit.dues_s[max(0, n_open - 1)]
    return 0 if due is None else max(0, (stop.end_s if visit.is_due_at_end else stop.start_s) - due)
