"""The window as one planning problem: versions of visits by day, teams of all days, caps across days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from geodata.errors import InputError
from geodata.roads.arrival import with_arrivals
from geodata.roads.network import UNREACHABLE, Travel, TravelTable, far_from_roads
from sweep.pipeline.campaign.loaded import Loaded
from sweep.pipeline.campaign.offer import DayOffer
from sweep.pipeline.stages.plan import service_minutes, team_rules, weights
from sweep.pipeline.stages.travel import arrivals_s, make_travel
from sweep.plan.problem.problem import Cap, Problem
from sweep.records.people import Person, Team
from sweep.records.plan import Plan, Route
from sweep.records.visits import Visit
from sweep.select.targets import active_firms

DAY_S = 86_400
# Between the id of a visit and the number of its version, and between a day and a team of it.
VERSION, OF_DAY = "~", "/"


@dataclass(frozen=True, slots=True)
class Ground:
    """Ways between all buildings and bases of the campaign, worked out once."""

    places: Mapping[str, int]
    table: TravelTable
    travel: Travel


@dataclass(frozen=True, slots=True)
class Window:
    """The problem of a window, and which visit of which day each of its own stands for."""

    days: tuple[date, ...]
    problem: Problem
    versions: Mapping[str, Mapping[int, Visit]]
    """The day's own visit by place of the day, by visit id of the problem."""


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What of the window's plan is on one day, in the day's own time and names."""

    day: date
    teams: tuple[Team, ...]
    routes: tuple[Route, ...]
    visits: tuple[Visit, ...]
    """Those that are made."""


def make_ground(loaded: Loaded) -> Ground:
    """
    The ways of a campaign.

    Raises
    ------
    InputError
        If a place lies too far from every road.
    """
    ids = [*loaded.buildings, *loaded.bases]
    where = [loaded.buildings.get(i) or loaded.bases[i] for i in ids]
    lon, lat = np.array([w.lon for w in where]), np.array([w.lat for w in where])
    travel = make_travel(loaded.scenario, loaded.inputs.street_file)
    arrivals = arrivals_s(loaded.scenario, travel, len(loaded.buildings), len(loaded.bases))
    table = with_arrivals(travel.table(lon, lat), arrivals)
    if far := far_from_roads(table, [f"{w.name} ({i})" for i, w in zip(ids, where, strict=True)]):
        raise InputError(far)
    return Ground({i: k for k, i in enumerate(ids)}, table, travel)


def day_problem(loaded: Loaded, ground: Ground, offer: DayOffer, people: Iterable[Person] = ()) -> Problem:
    """The problem of one day alone, without teams."""
    settings = loaded.scenario.plan
    return Problem(
        day=offer.day,
        visits=tuple(offer.visits.values()),
        buildings=loaded.buildings,
        people=tuple(people),
        teams=(),
        rules=team_rules(loaded.scenario, n_teams=1, n_reserve=0),
        bases=loaded.bases,
        places=ground.places,
        travel_s=ground.table.duration_s,
        distance_m=ground.table.distance_m,
        unreachable=UNREACHABLE,
        shift_s=(settings.shift_start_s, settings.shift_end_s),
        minutes=service_minutes(loaded.scenario),
        weights=weights(loaded.scenario),
        link_tolerance_s=settings.link_tolerance_s,
    )


def make_window(loaded: Loaded, ground: Ground, offers: Sequence[DayOffer], teams: Sequence[Sequence[Team]]) -> Window:
    """
    The window in one model.

    Parameters
    ----------
    offers, teams
        One a day, in order.
    """
    days = tuple(o.day for o in offers)
    places = [(d - days[0]).days for d in days]
    visits, versions = _versions(offers, places)
    first = day_problem(loaded, ground, offers[0])
    problem = replace(
        first,
        visits=tuple(visits),
        teams=tuple(t for k, of in enumerate(teams) for t in _shifted_teams(days[k], k, places[k], of)),
        shift_s=(first.shift_s[0], first.shift_s[1] + places[-1] * DAY_S),
        caps=tuple(_caps(loaded, visits)),
    )
    return Window(days, problem, versions)


def split(window: Window, plan: Plan) -> tuple[DayPlan, ...]:
    """The plan of the window, day by day."""
    teams = {t.team_id: t for t in plan.teams}
    made: list[DayPlan] = []
    for k, day in enumerate(window.days):
        shift = (day - window.days[0]).days * DAY_S
        own = [t for t in plan.teams if t.day == k]
        routes = [r for r in plan.routes if teams[r.team_id].day == k]
        back = tuple(_route_of_day(window, r, k, shift) for r in routes)
        served = dict.fromkeys(s.visit_id for r in routes for s in r.stops)
        made.append(
            DayPlan(
                day,
                tuple(_moved(replace(t, team_id=_own_id(t.team_id), day=0), -shift) for t in own),
                back,
                tuple(window.versions[v][k] for v in served),
            )
        )
    return tuple(made)


def routes_in(window: Window, k: int, routes: Sequence[Route]) -> tuple[Route, ...]:
    """Routes of one day in the window's names and time, as a start for its search."""
    shift = (window.days[k] - window.days[0]).days * DAY_S
    version = {of[k].visit_id: name for name, of in window.versions.items() if k in of}
    made = []
    for r in routes:
        stops = [replace(s, visit_id=version[s.visit_id]) for s in r.stops if s.visit_id in version]
        named = replace(r, team_id=_id_in(window.days[k], r.team_id), stops=tuple(stops))
        made.append(_shifted(named, shift))
    return tuple(made)


def _versions(offers: Sequence[DayOffer], places: Sequence[int]) -> tuple[list[Visit], dict[str, dict[int, Visit]]]:
    """Each building's visits, those of days on which they are alike as one."""
    by_building: dict[str, dict[int, Visit]] = defaultdict(dict)
    for k, offer in enumerate(offers):
        for building_id, visit in offer.visits.items():
            by_building[building_id][k] = visit
    visits: list[Visit] = []
    versions: dict[str, dict[int, Visit]] = {}
    for of_days in by_building.values():
        alike: dict[object, dict[int, Visit]] = defaultdict(dict)
        for k, visit in _as_on_first(of_days).items():
            alike[_key(visit, k)][k] = visit
        for n, of in enumerate(alike.values()):
            one = _joined(of, n, offers, places)
            visits.append(one)
            versions[one.visit_id] = of
    return visits, versions


def _as_on_first(of_days: Mapping[int, Visit]) -> dict[int, Visit]:
    """
    A building's visits with what the first of each track rests on.

    A lead whose worth is gone on a later day while another one's is not does not make that day's visit another one.
    """
    made: dict[int, Visit] = {}
    first: dict[tuple[str, bool], Visit] = {}
    for k, visit in of_days.items():
        one = first.setdefault((visit.track, visit.is_must), visit)
        if visit.track == "case" and not visit.is_must:
            visit = replace(
                visit, basis=one.basis, targets=one.targets, slots=one.slots, n_firms=one.n_firms, items=one.items
            )
        made[k] = visit
    return made


def _key(visit: Visit, k: int) -> object:
    """What two days' visits to a building must have in common to be one; linked ones are of one day each."""
    day = k if visit.link_group is not None else -1
    return day, visit.track, visit.is_must, visit.urgency, visit.basis, visit.targets, visit.officers, repr(visit.slots)


def _joined(of: Mapping[int, Visit], n: int, offers: Sequence[DayOffer], places: Sequence[int]) -> Visit:
    first_k = min(of)
    first = of[first_k]
    shift = {k: places[k] * DAY_S for k in of}
    values = tuple(of[k].value if k in of else 0.0 for k in range(len(offers)))
    return replace(
        first,
        visit_id=first.visit_id if n == 0 else f"{first.visit_id}{VERSION}{n}",
        value=max(values),
        values=values,
        windows_s=tuple((lo + shift[k], hi + shift[k]) for k in sorted(of) for lo, hi in of[k].windows_s),
        # An hour by which a lead must be followed is kept when the day itself is gone over.
        due_s=None,
        link_group=None if first.link_group is None else f"{first.link_group}{OF_DAY}{first_k}",
    )


def _caps(loaded: Loaded, visits: Sequence[Visit]) -> Iterable[Cap]:
    """One visit a building (C11), lists no larger than approved (C07), and the share of the register (C08)."""
    by_building: dict[str, list[str]] = defaultdict(list)
    for v in visits:
        by_building[v.building_id].append(v.visit_id)
    for building_id, ids in by_building.items():
        if len(ids) > 1:
            yield Cap(f"C11 {building_id}", dict.fromkeys(ids, 1), 1)
    law, select = loaded.scenario.law, loaded.scenario.select
    for special in law.special:
        loads = {v.visit_id: len(v.targets) for v in visits if v.track == "special" and special.number in v.basis}
        if loads:
            yield Cap(f"C07 {special.number}", loads, len(special.firms))
    blanket = {s.number for s in law.special if s.blanket_reason is not None}
    listed = {v.visit_id: len(v.targets) for v in visits if v.track in ("routine", "special")}
    listed = {v.visit_id: listed[v.visit_id] for v in visits if v.visit_id in listed and not blanket & set(v.basis)}
    if listed:
        most = max(1, int(select.target_share_max * len(active_firms(loaded.inputs.firms))))
        yield Cap("C08", listed, most)


def _shifted_teams(day: date, k: int, place: int, teams: Sequence[Team]) -> Iterable[Team]:
    for team in teams:
        yield _moved(replace(team, team_id=_id_in(day, team.team_id), day=k), place * DAY_S)


def _moved(team: Team, by_s: int) -> Team:
    pause = team.break_time
    if pause is not None:
        pause = replace(pause, earliest_s=pause.earliest_s + by_s, latest_s=pause.latest_s + by_s)
    return replace(team, shift_s=(team.shift_s[0] + by_s, team.shift_s[1] + by_s), break_time=pause)


def _id_in(day: date, team_id: str) -> str:
    return f"{day.isoformat()}{OF_DAY}{team_id}"


def _own_id(team_id: str) -> str:
    return team_id.partition(OF_DAY)[2]


def _route_of_day(window: Window, route: Route, k: int, shift_s: int) -> Route:
    stops = tuple(replace(s, visit_id=window.versions[s.visit_id][k].visit_id) for s in route.stops)
    return _shifted(replace(route, team_id=_own_id(route.team_id), stops=stops), -shift_s)


def _shifted(route: Route, by_s: int) -> Route:
    stops = tuple(
        replace(s, arrive_s=s.arrive_s + by_s, start_s=s.start_s + by_s, end_s=s.end_s + by_s) for s in route.stops
    )
    pause = None if route.break_s is None else (route.break_s[0] + by_s, route.break_s[1] + by_s)
    return replace(route, depart_s=route.depart_s + by_s, return_s=route.return_s + by_s, stops=stops, break_s=pause)
