"""Planning problem of a window: versions of visits by day, teams of all days, caps across days."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from geodata.clock_times import DAY_S
from sweep.campaign.window.daily_offers import DayOffer, n_register_firms
from sweep.campaign.window.load_campaign import LoadedCampaign
from sweep.campaign.window.travel_and_day_problem import TravelMatrix, problem_of
from sweep.campaign.window.visit_versions import OF_DAY, visit_versions
from sweep.campaign.window.window_pins import apart_caps, keep_apart_pins, open_musts, with_musts, with_one_must
from sweep.plan.problem.problem import Problem
from sweep.records.people import Team
from sweep.records.plan import Plan, Route
from sweep.records.visits import Cap, Visit
from sweep.select.target_firms import active_firms


@dataclass(frozen=True, slots=True)
class Window:
    """Problem of a window; one visit of the problem may represent visits to a building on several days."""

    days: tuple[date, ...]
    problem: Problem
    versions: Mapping[str, Mapping[int, Visit]]
    """Visit that a visit of the problem represents on a day, by the id in the problem and the index in `days`."""


@dataclass(frozen=True, slots=True)
class DayPlan:
    """Plan of one day in a window, with ids and times (seconds after its midnight) as if the day were planned alone."""

    day: date
    teams: tuple[Team, ...]
    routes: tuple[Route, ...]
    visits: tuple[Visit, ...]
    """Served visits."""


def make_window(
    loaded: LoadedCampaign, travel_matrix: TravelMatrix, offers: Sequence[DayOffer], teams: Sequence[Sequence[Team]]
) -> Window:
    """Return the planning problem of all days of a window; `offers` and `teams` have one item for each day."""
    days = tuple(o.day for o in offers)
    places = [(d - days[0]).days for d in days]
    pins = loaded.inputs.pins
    every, versions = visit_versions(offers, places, {b for p in keep_apart_pins(pins) for b in p.buildings})
    chosen = with_musts(with_one_must(every), versions, open_musts(loaded), pins)
    ordered = {b for o in offers if o.is_approved for b in o.published}
    chosen = [replace(v, is_must=v.is_must or v.building_id in ordered) for v in chosen]
    first = problem_of(loaded, travel_matrix, offers[0])
    problem = replace(
        first,
        visits=tuple(chosen),
        teams=tuple(
            _shift_team(replace(t, team_id=_window_team_id(days[k], t.team_id), day=k), places[k] * DAY_S)
            for k, of in enumerate(teams)
            for t in of
        ),
        shift_s=(first.shift_s[0], first.shift_s[1] + places[-1] * DAY_S),
        caps=(*_caps(loaded, chosen), *apart_caps(pins, chosen, versions, days)),
    )
    return Window(days, problem, versions)


def split_by_day(window: Window, plan: Plan) -> tuple[DayPlan, ...]:
    """Return the plan of a window split by day; each part has ids and times as if its day were planned alone."""
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
                tuple(_shift_team(replace(t, team_id=own_id(t.team_id), day=0), -shift) for t in own),
                back,
                tuple(window.versions[v][k] for v in served),
            )
        )
    return tuple(made)


def routes_in_window(window: Window, k: int, routes: Sequence[Route]) -> tuple[Route, ...]:
    """
    Return the routes of a single day's plan with ids and times of the window's problem, as its initial solution.

    `k`: index of the day in `window.days`. Stops at visits that the window does not offer on that day are left out.
    """
    shift = (window.days[k] - window.days[0]).days * DAY_S
    version = {of[k].visit_id: name for name, of in window.versions.items() if k in of}
    made = []
    for r in routes:
        stops = [replace(s, visit_id=version[s.visit_id]) for s in r.stops if s.visit_id in version]
        named = replace(r, team_id=_window_team_id(window.days[k], r.team_id), stops=tuple(stops))
        made.append(_shift_route(named, shift))
    return tuple(made)


def _caps(loaded: LoadedCampaign, visits: Sequence[Visit]) -> Iterable[Cap]:
    by_building: dict[str, list[str]] = defaultdict(list)
    for v in visits:
        by_building[v.building_id].append(v.visit_id)
    for building_id, ids in by_building.items():
        if len(ids) > 1:
            yield Cap(f"C11 {building_id}", dict.fromkeys(ids, 1), 1)
    law, select = loaded.scenario.law, loaded.scenario.select
    for special in law.special:
        on_it = [v for v in visits if v.track == "special" and special.number in v.basis]
        loads = {v.visit_id: len(set(v.targets) & set(special.firms)) for v in on_it}
        if loads:
            yield Cap(f"C07 {special.number}", loads, len(special.firms))
    listed = {v.visit_id: n for v in visits if (n := n_register_firms(v, law))}
    if listed:
        most = max(1, int(select.target_share_max * len(active_firms(loaded.inputs.firms))))
        yield Cap("C08", listed, most)


def _shift_team(team: Team, by_s: int) -> Team:
    pause = team.break_time
    if pause is not None:
        pause = replace(pause, earliest_s=pause.earliest_s + by_s, latest_s=pause.latest_s + by_s)
    paid_until_s = None if team.paid_until_s is None else team.paid_until_s + by_s
    shift_s = (team.shift_s[0] + by_s, team.shift_s[1] + by_s)
    return replace(team, shift_s=shift_s, break_time=pause, paid_until_s=paid_until_s)


def _window_team_id(day: date, team_id: str) -> str:
    return f"{day.isoformat()}{OF_DAY}{team_id}"


def own_id(team_id: str) -> str:
    """Return the id that a team of the window has in the plan of its own day: `2026-05-04/3` gives `3`."""
    return team_id.partition(OF_DAY)[2]


def _route_of_day(window: Window, route: Route, k: int, shift_s: int) -> Route:
    stops = tuple(replace(s, visit_id=window.versions[s.visit_id][k].visit_id) for s in route.stops)
    return _shift_route(replace(route, team_id=own_id(route.team_id), stops=stops), -shift_s)


def _shift_route(route: Route, by_s: int) -> Route:
    stops = tuple(
        replace(s, arrive_s=s.arrive_s + by_s, start_s=s.start_s + by_s, end_s=s.end_s + by_s) for s in route.stops
    )
    pause = None if route.break_s is None else (route.break_s[0] + by_s, route.break_s[1] + by_s)
    return replace(route, depart_s=route.depart_s + by_s, return_s=route.return_s + by_s, stops=stops, break_s=pause)
