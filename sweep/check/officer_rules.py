"""Checks of officers, members and duty times (C01-C03, C10, C12, C19, C20)."""

from collections import Counter
from collections.abc import Iterator

from geodata.clock_times import exact_clock, exact_span
from sweep.check.checker_inputs import (
    CheckInputs,
    certified,
    known_stops,
    leg_s,
    may_end_late,
    members,
    served,
    team_index,
)
from sweep.records.people import MARKET_REGULATION, Team
from sweep.records.plan import Plan, Route, Violation


def check_c01_two_officers(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """
    C01: every team has two certified officers of each authority, and the officers that its slots require.

    Helpers do not count (C03). If teams are split, a squad needs the officers of its own authority, and the squads of a
    visit together need those of both.
    """
    only_stock, is_split = _teams_for_stock(inputs, plan), inputs.settings.teams.mode == "squads"
    for team in plan.teams:
        if team.team_id in only_stock or _has_stood_down(plan, team):
            continue
        has = certified(inputs, team)
        for agency, needs in inputs.settings.teams.min_certified.items():
            is_its_own = not is_split or has[agency] > 0 or not has
            if has[agency] < needs and is_its_own:
                yield Violation("C01", team.team_id, {"detail": f"{agency} {has[agency]} < {needs}"})
    if is_split:
        yield from _squads_that_lack_the_other(inputs, plan)
    for team, _, stop, visit in known_stops(inputs, plan):
        has = certified(inputs, team, stop.start_s)
        slot = next((s for s in visit.slots if s.slot == stop.slot), None)
        for agency, needs in slot.min_certified.items() if slot else ():
            if inputs.settings.teams.min_certified.get(agency, 0) <= has[agency] < needs:
                detail = f"{agency} {has[agency]} < {needs}"
                yield Violation("C01", f"{team.team_id} {stop.visit_id}", {"detail": detail})


def _squads_that_lack_the_other(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    teams = team_index(plan)
    for visit, stops in served(inputs, plan):
        if visit.track == "stocktake":
            continue
        has = sum((certified(inputs, teams[t], s.start_s) for t, s in stops if t in teams), Counter[str]())
        for agency, needs in inputs.settings.teams.min_certified.items():
            if has[agency] < needs:
                yield Violation("C01", visit.visit_id, {"detail": f"{agency} {has[agency]} < {needs}"})


def _teams_for_stock(inputs: CheckInputs, plan: Plan) -> set[str]:
    """Return the ids of teams that make only stocktakes, for which one officer is enough (C04)."""
    tracks: dict[str, set[str]] = {}
    for team, _, _, visit in known_stops(inputs, plan):
        tracks.setdefault(team.team_id, set()).add(visit.track)
    return {team_id for team_id, own in tracks.items() if own == {"stocktake"}}


def _has_stood_down(plan: Plan, team: Team) -> bool:
    """Return whether a team that lost members during the day starts no stop afterwards."""
    if not team.former:
        return False
    last = max(until_s for _, until_s in team.former)
    return not any(s.start_s > last for r in plan.routes if r.team_id == team.team_id for s in r.stops)


def check_c02_certified(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C02: every officer in a team has a certificate valid on the day."""
    for team in plan.teams:
        for person in members(inputs, team):
            if person.is_officer and not person.is_certified(inputs.day):
                detail = str(person.certificate_until or "-")
                yield Violation("C02", f"{team.team_id} {person.person_id}", {"detail": detail})


def check_c03_helpers(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C03: the plan's numbers of officers in each team do not include persons who are no officers."""
    for team in plan.teams:
        for agency, n in counted_helpers(inputs, team).items():
            yield Violation("C03", team.team_id, {"detail": f"{agency} +{n}"})


def counted_helpers(inputs: CheckInputs, team: Team) -> dict[str, int]:
    """
    Return, by agency, how many helpers the team's stated number of certified officers seems to include, if any.

    That is the excess over the true number, if the team has at least that many helpers.
    """
    has = certified(inputs, team)
    helpers = Counter(p.agency for p in members(inputs, team) if not p.is_officer)
    more = {a: n - has[a] for a, n in team.n_certified.items()}
    return {a: n for a, n in more.items() if 0 < n <= helpers[a]}


def check_c10_recusal(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C10: no person visits, or is drawn for, a building or firm that their recusals name."""
    for team, _, stop, visit in known_stops(inputs, plan):
        keys = conflict_keys(inputs, visit.building_id, visit.targets)
        for person in members(inputs, team, stop.start_s):
            for key in sorted(person.recusals & keys):
                yield Violation("C10", f"{team.team_id} {person.person_id} {stop.visit_id}", {"detail": key})
    for o in inputs.draw.officers:
        visit_drawn, drawn = inputs.visits.get(o.visit_id), inputs.persons.get(o.person_id)
        if o.status == "drawn" and visit_drawn is not None and drawn is not None:
            keys = conflict_keys(inputs, visit_drawn.building_id, visit_drawn.targets)
            for key in sorted(drawn.recusals & keys):
                yield Violation("C10", f"draw {o.person_id} {o.visit_id}", {"detail": key})


def conflict_keys(inputs: CheckInputs, building_id: str, targets: tuple[str, ...]) -> frozenset[str]:
    """Return the ids whose recusal excludes a person from a visit: building, landlord, property company, firms."""
    building = inputs.buildings[building_id]
    companies = (building.property_company_id, building.landlord_id)
    return frozenset({building_id, *targets, *(c for c in companies if c)})


def check_c12_home_district(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C12: market regulation works in its own district, unless there is a letter of assistance."""
    if inputs.settings.teams.assist_letter:
        return
    for team, _, stop, visit in known_stops(inputs, plan):
        division = inputs.buildings[visit.building_id].division_code
        for person in members(inputs, team, stop.start_s):
            if person.agency == MARKET_REGULATION and person.division_code != division:
                detail = f"{person.division_code} != {division}"
                yield Violation("C12", f"{team.team_id} {person.person_id} {stop.visit_id}", {"detail": detail})


def check_c19_female_officer(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C19: every visit that inspects firms has a certified woman among its teams."""
    teams = team_index(plan)
    for visit, stops in served(inputs, plan):
        if visit.track == "stocktake":
            continue
        people = [p for t, s in stops if t in teams for p in members(inputs, teams[t], s.start_s)]
        n = sum(p.is_female and p.is_certified(inputs.day) for p in people)
        if n < inputs.settings.teams.min_female:
            yield Violation("C19", visit.visit_id, {"detail": f"{n} < {inputs.settings.teams.min_female}"})


def check_c20_duty(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C20: each route is within the longest duty and the shifts of all members, and has a break if one is due."""
    teams, settings = team_index(plan), inputs.settings.teams
    for route in plan.routes:
        if not route.stops or route.team_id not in teams or may_end_late(inputs, plan, route):
            continue
        if route.return_s - route.depart_s > round(settings.max_duty_hours * 3600):
            yield Violation("C20", route.team_id, {"detail": exact_clock(route.return_s - route.depart_s)})
        longest_s, least_s = round(settings.break_after_hours * 3600), settings.break_minutes * 60
        if fault := _break_fault(inputs, route, teams[route.team_id].base_id, longest_s, least_s):
            yield Violation("C20", route.team_id, {"detail": fault})
        for person in members(inputs, teams[route.team_id]):
            if person.shift_s[0] > route.depart_s or person.shift_s[1] < route.return_s:
                detail = exact_span(*person.shift_s)
                yield Violation("C20", f"{route.team_id} {person.person_id}", {"detail": detail})


def _break_fault(inputs: CheckInputs, route: Route, base_id: str, longest_s: int, least_s: int) -> str | None:
    """
    Return what is wrong with the break of a route; None if the break is right or not needed.

    `longest_s` is the longest work without a break, `least_s` the shortest break.
    """
    if route.break_s is None:
        return "0 min" if route.return_s - route.depart_s > longest_s else None
    start, end = route.break_s
    if end <= start:
        return f"{(end - start) // 60} min"
    in_visit = any(s.start_s < end and start < s.end_s for s in route.stops)
    if in_visit or _drives_in(inputs, route, base_id, start, end):
        return exact_span(start, end)
    if route.return_s - route.depart_s <= longest_s:
        return None
    if end - start < least_s:
        return f"{(end - start) // 60} min"
    longest = max(start - route.depart_s, route.return_s - end)
    return None if longest <= longest_s else exact_clock(longest)


def _drives_in(inputs: CheckInputs, route: Route, base_id: str, start_s: int, end_s: int) -> bool:
    """Return whether a break leaves too little time for a leg of the route."""
    left = [(base_id, route.depart_s), *((s.building_id, s.end_s) for s in route.stops)]
    reached = [*((s.building_id, s.arrive_s) for s in route.stops), (base_id, route.return_s)]
    for (place, left_s), (here, arrive_s) in zip(left, reached, strict=True):
        rest_s = min(end_s, arrive_s) - max(start_s, left_s)
        is_known = {place, here} <= inputs.places.keys()
        if rest_s > 0 and is_known and arrive_s - left_s - rest_s < leg_s(inputs, place, here, left_s):
            return True
    return False
