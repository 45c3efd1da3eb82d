"""Consistency of a plan: known ids, unique members, feasible times, correct totals (P01-P08)."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from geodata.clock_times import exact_clock, exact_span
from geodata.errors import Value
from sweep.check.checker_inputs import (
    CheckInputs,
    certified,
    known_stops,
    leg_s,
    may_end_late,
    members,
    stops_by_visit,
    team_index,
)
from sweep.check.officer_rules import counted_helpers
from sweep.check.unserved_reasons import untrue_reasons
from sweep.day.event_records import Urgent
from sweep.records.people import MARKET_REGULATION, POLICE
from sweep.records.plan import Plan, Route, Stop, Unserved, Violation
from sweep.records.service_time import visit_seconds

# A plan file keeps six decimals of a value.
VALUE_TOLERANCE = 1e-6


def check_p01_one_team_each(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """P01: no person is in two teams, or twice in one."""
    del inputs
    count = Counter(m for t in plan.teams for m in t.member_ids)
    for person_id, n in sorted(count.items()):
        if n > 1:
            teams = ", ".join(t.team_id for t in plan.teams if person_id in t.member_ids)
            yield Violation("P01", person_id, {"detail": teams})


def check_p02_windows(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """P02: every start lies in a window of its visit, both ends inclusive."""
    for team, _, stop, visit in known_stops(inputs, plan):
        if not any(lo <= stop.start_s <= hi for lo, hi in visit.windows_s):
            yield Violation("P02", f"{team.team_id} {stop.visit_id}", {"detail": exact_clock(stop.start_s)})


def check_p03_travel(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """P03: every leg lasts at least its travel time, states correct time and length, and ends before the service."""
    teams = team_index(plan)
    for route in plan.routes:
        team = teams.get(route.team_id)
        if team is None or team.base_id not in inputs.bases:
            continue
        if not all(s.visit_id in inputs.visits for s in route.stops):
            continue
        place, free = team.base_id, route.depart_s
        for stop in route.stops:
            here, where = inputs.visits[stop.visit_id].building_id, f"{route.team_id} {stop.visit_id}"
            stated = (stop.travel_s, stop.distance_m)
            details = _leg_faults(inputs, (place, here), free, stop.arrive_s, stated)
            yield from (Violation("P03", where, {"detail": detail}) for detail in details)
            if stop.start_s < stop.arrive_s:
                yield Violation("P03", where, {"detail": exact_clock(stop.start_s)})
            place, free = here, stop.end_s
        stated = (route.return_travel_s, route.return_distance_m)
        details = _leg_faults(inputs, (place, team.base_id), free, route.return_s, stated)
        yield from (Violation("P03", route.team_id, {"detail": detail}) for detail in details)


def _leg_faults(
    inputs: CheckInputs, leg: tuple[str, str], left_s: int, arrive_s: int, stated: tuple[int, int]
) -> Iterator[str]:
    """Yield the errors of a leg: too little time, or `stated` (time, distance) that differs from the travel tables."""
    needs, metres = leg_s(inputs, *leg, left_s), int(inputs.distance_m[inputs.places[leg[0]], inputs.places[leg[1]]])
    if arrive_s - left_s < needs:
        yield f"{arrive_s - left_s} s < {needs} s"
    travel_s, distance_m = stated
    is_right = stated == (needs, metres)
    if _is_off_the_tables(inputs, leg, left_s, arrive_s):
        is_right = needs <= travel_s <= arrive_s - left_s
    if not is_right:
        yield f"{travel_s} s, {distance_m} m != {needs} s, {metres} m"


def _is_off_the_tables(inputs: CheckInputs, leg: tuple[str, str], left_s: int, arrive_s: int) -> bool:
    """Return whether a leg may differ from the travel tables: a re-plan during it, or an urgent visit at one end."""
    changes, log, before = [], inputs.log, inputs.before
    while log is not None:
        changes.append(log.at_s)
        log, before = (before.log, before.before) if before else (None, None)
    events = inputs.log.events if inputs.log else ()
    came_up = {e.visit.building_id for e in events if isinstance(e, Urgent)}
    return bool(came_up & {*leg}) or any(left_s <= at_s <= arrive_s for at_s in changes)


def check_p04_slots(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """P04: a visit has each slot filled once, by different teams, or is listed once as unserved, with true reasons."""
    served = stops_by_visit(plan)
    for visit_id, n in sorted(Counter(u.visit_id for u in plan.unserved).items()):
        if n > 1:
            yield Violation("P04", visit_id, {"detail": f"{n} x unserved"})
    unserved = {u.visit_id for u in plan.unserved}
    for visit_id, visit in inputs.visits.items():
        slots = sorted(stop.slot for _, stop in served.get(visit_id, []))
        if slots and visit_id in unserved:
            yield Violation("P04", visit_id, case="both")
        elif visit_id not in unserved and slots != [s.slot for s in visit.slots]:
            yield Violation("P04", visit_id, {"got": len(slots), "wanted": len(visit.slots)}, "slots")
    for visit_id, stops in served.items():
        teams = [t for t, _ in stops]
        if len(set(teams)) != len(teams):
            yield Violation("P04", visit_id, {"detail": ", ".join(sorted(teams))})
    yield from untrue_reasons(inputs, plan)


def check_p05_known(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """P05: all teams, people, bases, visits and buildings exist, and each active team has one route."""
    for team in plan.teams:
        unknown = [m for m in team.member_ids if m not in inputs.persons]
        unknown += [team.base_id] if team.base_id not in inputs.bases else []
        if unknown:
            yield Violation("P05", team.team_id, {"detail": ", ".join(unknown)})
    for route in plan.routes:
        for stop in route.stops:
            if not _is_on_offer(inputs, stop):
                yield Violation("P05", f"{route.team_id} {stop.visit_id}", {"detail": stop.building_id})
    for left_out in plan.unserved:
        if not _is_on_offer(inputs, left_out):
            yield Violation("P05", left_out.visit_id, {"detail": left_out.building_id})
    yield from _one_route_each(plan)


def _is_on_offer(inputs: CheckInputs, entry: Stop | Unserved) -> bool:
    visit = inputs.visits.get(entry.visit_id)
    return visit is not None and visit.building_id == entry.building_id


def _one_route_each(plan: Plan) -> Iterator[Violation]:
    for team_id, n in sorted(Counter(t.team_id for t in plan.teams).items()):
        if n > 1:
            yield Violation("P05", team_id, {"detail": f"{n} teams"})
    wanted = {t.team_id: 0 if t.is_reserve else 1 for t in plan.teams}
    n_routes = Counter(r.team_id for r in plan.routes)
    for team_id in sorted(wanted.keys() | n_routes.keys()):
        if n_routes[team_id] != wanted.get(team_id, 0):
            yield Violation("P05", team_id, {"detail": f"{n_routes[team_id]} != {wanted.get(team_id, 0)} routes"})


def check_p06_shift(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """P06: every route, from base to base, lies in the shift of its team and of the scenario."""
    settings, teams = inputs.settings.plan, team_index(plan)
    for route in plan.routes:
        if not route.stops or route.team_id not in teams or may_end_late(inputs, plan, route):
            continue
        shift_s = teams[route.team_id].shift_s
        start_s, end_s = max(shift_s[0], settings.shift_start_s), min(shift_s[1], settings.shift_end_s)
        if route.depart_s < start_s or _last(route) > end_s:
            detail = exact_span(route.depart_s, _last(route))
            yield Violation("P06", route.team_id, {"detail": detail})


def check_p07_service(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """P07: service times follow the model (C21); the plan's value, bound and status agree with its visits."""
    settings = inputs.settings.plan
    for team, _, stop, visit in known_stops(inputs, plan):
        if not 0 <= stop.slot < len(visit.slots) or stop.is_attempt:
            continue
        n_then = len(team.members_at(stop.start_s))
        needs = visit_seconds(visit, stop.slot, n_then, settings.minutes)
        if stop.end_s - stop.start_s < needs:
            detail = f"{stop.end_s - stop.start_s} s < {needs} s"
            yield Violation("P07", f"{team.team_id} {stop.visit_id}", {"detail": detail})
    value = sum(inputs.visits[v].value for v in stops_by_visit(plan) if v in inputs.visits)
    bound = plan.bound if plan.bound_any_teams is None else min(plan.bound, plan.bound_any_teams)
    if abs(value - plan.value) > VALUE_TOLERANCE or plan.value > bound + VALUE_TOLERANCE:
        yield Violation("P07", "value", {"detail": f"{plan.value:.6f} != {value:.6f} <= {bound:.6f}"})
    is_closed = plan.bound - plan.value <= VALUE_TOLERANCE * max(1.0, plan.bound)
    if plan.status not in ("optimal", "feasible") or (plan.status == "optimal" and not is_closed):
        yield Violation("P07", "status", {"detail": f"{plan.status}: {plan.value:.6f} / {plan.bound:.6f}"})


def check_p08_people(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """P08: the counts and recusals that a team states for its members agree with the roster."""
    for team in plan.teams:
        people = members(inputs, team)
        has = certified(inputs, team)
        # Helpers counted as officers are reported under their own number (C03).
        counted = {a: n - counted_helpers(inputs, team).get(a, 0) for a, n in team.n_certified.items() if n}
        for agency in sorted(has.keys() | counted.keys()):
            if has[agency] != counted.get(agency, 0):
                values: dict[str, Value] = {"got": counted.get(agency, 0), "wanted": has[agency]}
                case = agency if agency in (POLICE, MARKET_REGULATION) else "agency"
                yield Violation("P08", team.team_id, {**values, "agency": agency}, case)
        n_women = sum(p.is_female and p.is_certified(inputs.day) for p in people)
        if n_women != team.n_female_certified:
            yield Violation("P08", team.team_id, {"got": team.n_female_certified, "wanted": n_women}, "women")
        recusals = {key for p in people for key in p.recusals}
        if recusals != team.recusals:
            yield Violation("P08", team.team_id, {"detail": ", ".join(sorted(recusals ^ team.recusals))})
    yield from _wrong_districts(inputs, plan)


def _wrong_districts(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """Yield violations for teams whose stated districts are not those that all their members may serve (C12)."""
    everywhere = {b.division_code for b in inputs.buildings.values()}
    goes_to: dict[str, set[str]] = defaultdict(set)
    for team, _, _, visit in known_stops(inputs, plan):
        goes_to[team.team_id].add(visit.division_code)
    for team in plan.teams:
        homes = [{p.division_code} for p in members(inputs, team) if p.agency == MARKET_REGULATION]
        if inputs.settings.teams.assist_letter or not homes:
            is_right = goes_to[team.team_id] <= team.division_codes <= everywhere
        else:
            is_right = team.division_codes == set.intersection(*homes)
        if not is_right:
            yield Violation("P08", team.team_id, {"detail": ", ".join(sorted(team.division_codes)) or "-"})


def _last(route: Route) -> int:
    return max(route.return_s, *(s.end_s for s in route.stops))
