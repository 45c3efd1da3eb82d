"""The rules of the trade, one function each, named by their number in the rule book."""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping

from sweep.check import structure
from sweep.check.inputs import CheckInputs, is_kept_out, known_stops, members, stops_by_visit, team_index
from sweep.check.the_day import check_p09_the_day
from sweep.records import MARKET_REGULATION, POLICE, Plan, Team, Violation

LONGEST_DUTY_S = 8 * 3600
WORKING_S = ((9 * 3600, 11 * 3600 + 1800), (13 * 3600 + 1800, 17 * 3600 + 1800))


def check_c01_two_officers(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """Every team has two certified officers of each authority, every slot what it needs; helpers never count (C03)."""
    for team in plan.teams:
        if _has_stood_down(plan, team):
            continue
        certified = Counter(p.agency for p in members(inputs, team) if p.is_certified(inputs.day))
        for agency, needs in inputs.scenario.teams.min_certified.items():
            if certified[agency] < needs:
                yield Violation("C01", team.team_id, {"detail": f"{agency} {certified[agency]} < {needs}"})
    for team, _, stop, visit in known_stops(inputs, plan):
        certified = Counter(p.agency for p in members(inputs, team, stop.start_s) if p.is_certified(inputs.day))
        slot = next((s for s in visit.slots if s.slot == stop.slot), None)
        for agency, needs in slot.min_certified.items() if slot else ():
            if inputs.scenario.teams.min_certified.get(agency, 0) <= certified[agency] < needs:
                detail = f"{agency} {certified[agency]} < {needs}"
                yield Violation("C01", f"{team.team_id} {stop.visit_id}", {"detail": detail})


def check_c02_certified(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """No officer without a certificate valid on the day is in a team."""
    for team in plan.teams:
        for person in members(inputs, team):
            if person.is_officer and not person.is_certified(inputs.day):
                detail = str(person.certificate_until or "-")
                yield Violation("C02", f"{team.team_id} {person.person_id}", {"detail": detail})


def check_c05_basis(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """Every visit served has a track and a basis."""
    for team, _, stop, visit in known_stops(inputs, plan):
        if not visit.track or not visit.basis:
            yield Violation("C05", f"{team.team_id} {stop.visit_id}", {"detail": visit.track or "-"})


def check_c06_annual_cap(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """No firm of a drawn or special visit is inspected oftener than its class allows; case visits are exempt."""
    caps = inputs.scenario.select.annual_cap
    for visit_id in sorted(stops_by_visit(plan)):
        visit = inputs.visits.get(visit_id)
        if visit is None or visit.track == "case":
            continue
        for uscc in visit.targets:
            cap = caps.get(inputs.credit_class.get(uscc, ""), min(caps.values()))
            most = max(inputs.n_inspections.get((agency, uscc), 0) for agency in (POLICE, MARKET_REGULATION))
            if most + 1 > cap:
                yield Violation("C06", visit_id, {"detail": f"{uscc}: {most} + 1 > {cap}"})


def check_c08_no_blanket(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """A visit off the case track inspects no more than the set share of a building's firms."""
    share = inputs.scenario.select.target_share_max
    for visit_id in sorted(stops_by_visit(plan)):
        visit = inputs.visits.get(visit_id)
        if visit is not None and visit.track != "case":
            limit = max(1, math.floor(share * inputs.buildings[visit.building_id].n_firms))
            if len(visit.targets) > limit:
                yield Violation("C08", visit_id, {"detail": f"{len(visit.targets)} > {limit}"})


def check_c09_draw(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """The draw drawn again gives the same buildings and firms, and every routine visit comes from it."""
    draw = inputs.draw
    sizes = {t.building_id: t.size for t in draw.tickets}
    drawn = set(_redrawn(draw.seed, sizes)[: draw.n_drawn])
    pool = hashlib.sha256("\n".join(sorted(sizes)).encode()).hexdigest()
    if pool != draw.pool_sha256:
        yield Violation("C09", "draw", {"detail": pool})
    if drawn != {t.building_id for t in draw.tickets if t.is_drawn}:
        yield Violation("C09", "draw", {"detail": ", ".join(sorted(drawn))})
    for visit_id in sorted(stops_by_visit(plan)):
        visit = inputs.visits.get(visit_id)
        if visit is not None and visit.track == "routine":
            if visit.building_id not in drawn:
                yield Violation("C09", visit_id, {"detail": visit.building_id})
            firms = {f.uscc: f.ratio for f in draw.firms if f.building_id == visit.building_id}
            if firms and set(_redrawn(draw.seed, firms)[: len(visit.targets)]) != set(visit.targets):
                yield Violation("C09", visit_id, {"detail": ", ".join(sorted(visit.targets))})
    yield from _without_drawn_officers(inputs, plan)


def _without_drawn_officers(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """Drawn visits that others than the officers drawn for them make."""
    members = {t.team_id: {*t.member_ids, *(i for i, _ in t.former)} for t in plan.teams}
    for route in plan.routes:
        for stop in route.stops:
            visit = inputs.visits.get(stop.visit_id)
            missing = set(visit.officers) - members.get(route.team_id, set()) if visit is not None else set()
            if missing:
                yield Violation("C09", stop.visit_id, {"detail": ", ".join(sorted(missing))})


def _redrawn(seed: str, sizes: Mapping[str, float]) -> list[str]:
    """Keys in the order of the draw: the first 13 hexadecimal signs of SHA-256 of `seed|key` over the size."""
    tickets = {key: hashlib.sha256(f"{seed}|{key}".encode()).hexdigest() for key in sizes}
    return sorted(sizes, key=lambda key: (int(tickets[key][:13], 16) / 16**13 / sizes[key], tickets[key], key))


def check_c10_recusal(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """Nobody visits a building, firm or property company that they are recused from."""
    for team, _, stop, visit in known_stops(inputs, plan):
        company = inputs.buildings[visit.building_id].property_company_id
        keys = {visit.building_id, *visit.targets, *((company,) if company else ())}
        for person in members(inputs, team, stop.start_s):
            for key in sorted(person.recusals & keys):
                yield Violation("C10", f"{team.team_id} {person.person_id} {stop.visit_id}", {"detail": key})


def check_c11_merge_once(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """No firm, and no building, is in two visits of the day."""
    seen: dict[str, list[str]] = defaultdict(list)
    for visit_id in sorted(stops_by_visit(plan)):
        if visit_id in inputs.visits:
            visit = inputs.visits[visit_id]
            for key in (visit.building_id, *visit.targets):
                seen[key].append(visit_id)
    for key, visit_ids in sorted(seen.items()):
        if len(visit_ids) > 1:
            yield Violation("C11", key, {"detail": ", ".join(visit_ids)})


def check_c12_home_district(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """Market regulation works in its own district, unless there is an assist letter."""
    if inputs.scenario.teams.assist_letter:
        return
    for team, _, stop, visit in known_stops(inputs, plan):
        division = inputs.buildings[visit.building_id].division_code
        for person in members(inputs, team, stop.start_s):
            if person.agency == MARKET_REGULATION and person.division_code != division:
                detail = f"{person.division_code} != {division}"
                yield Violation("C12", f"{team.team_id} {person.person_id} {stop.visit_id}", {"detail": detail})


def check_c13_working_hours(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """Visits start on a weekday in working hours."""
    if inputs.day.weekday() >= 5:
        yield Violation("C13", str(inputs.day), {"detail": inputs.day.strftime("%A")})
    for team, _, stop, _ in known_stops(inputs, plan):
        if not any(lo <= stop.start_s <= hi for lo, hi in WORKING_S):
            detail = f"{stop.start_s // 3600:02d}:{stop.start_s // 60 % 60:02d}"
            yield Violation("C13", f"{team.team_id} {stop.visit_id}", {"detail": detail})


def check_c16_together(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """The teams of one visit start at one moment; a link group within the tolerance, all of it or none."""
    starts: dict[str, list[int]] = defaultdict(list)
    for visit_id, stops in sorted(stops_by_visit(plan).items()):
        own = [s.start_s for _, s in stops]
        if max(own) != min(own):
            yield Violation("C16", visit_id, {"detail": f"{max(own) - min(own)} s"})
        visit = inputs.visits.get(visit_id)
        if visit is not None and visit.link_group:
            starts[visit.link_group].extend(own)
    served = set(stops_by_visit(plan))
    for group, times in sorted(starts.items()):
        if max(times) - min(times) > inputs.scenario.plan.link_tolerance_s:
            yield Violation("C16", group, {"detail": f"{max(times) - min(times)} s"})
        left = [v.visit_id for v in inputs.visits.values() if v.link_group == group and v.visit_id not in served]
        # What had begun when something happened cannot be undone.
        if left and not (inputs.log is not None and min(times) <= inputs.log.at_s):
            yield Violation("C16", group, {"detail": ", ".join(left)})


def check_c17_exits(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """On a lead-driven visit, not one that only looks again, certified police beyond the two stand at every exit."""
    teams = team_index(plan)
    needs_inside = inputs.scenario.teams.min_certified[POLICE]
    for visit_id, stops in sorted(stops_by_visit(plan).items()):
        visit = inputs.visits.get(visit_id)
        if visit is None or visit.track != "case" or set(visit.basis) <= inputs.rechecks.keys():
            continue
        spare = 0
        for team_id, stop in stops:
            people = members(inputs, teams[team_id], stop.start_s) if team_id in teams else []
            spare += sum(p.agency == POLICE and p.is_certified(inputs.day) for p in people) - needs_inside
        n_exits = inputs.buildings[visit.building_id].n_exits
        if spare < n_exits:
            yield Violation("C17", visit_id, {"detail": f"{spare} < {n_exits}"})


def check_c18_reserve(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """The set share of teams, rounded up, stands by."""
    needs = math.ceil(inputs.scenario.teams.reserve_share * len(plan.teams) - 1e-9)
    # On the day it is there to be called.
    has = sum(t.is_reserve or t.called_s is not None for t in plan.teams)
    if has < needs:
        yield Violation("C18", "teams", {"detail": f"{has} < {needs}"})


def check_c19_female_officer(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """Every site has a certified woman among its teams."""
    teams = team_index(plan)
    for visit_id, stops in sorted(stops_by_visit(plan).items()):
        people = [p for t, s in stops if t in teams for p in members(inputs, teams[t], s.start_s)]
        n = sum(p.is_female and p.is_certified(inputs.day) for p in people)
        if n < inputs.scenario.teams.min_female:
            yield Violation("C19", visit_id, {"detail": f"{n} < {inputs.scenario.teams.min_female}"})


def check_c20_duty(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """Nobody is out for more than eight hours or beyond their own shift."""
    teams = team_index(plan)
    for route in plan.routes:
        if not route.stops or route.team_id not in teams or is_kept_out(inputs, route):
            continue
        if route.return_s - route.depart_s > LONGEST_DUTY_S:
            yield Violation("C20", route.team_id, {"detail": f"{(route.return_s - route.depart_s) / 3600:.1f} h"})
        for person in members(inputs, teams[route.team_id]):
            if person.shift_s[0] > route.depart_s or person.shift_s[1] < route.return_s:
                detail = f"{person.shift_s[0] / 3600:.1f}-{person.shift_s[1] / 3600:.1f} h"
                yield Violation("C20", f"{route.team_id} {person.person_id}", {"detail": detail})


def _has_stood_down(plan: Plan, team: Team) -> bool:
    """Whether a team lost people on the day and makes no stop without them: what it began it ended with what it had."""
    if not team.former:
        return False
    last = max(until_s for _, until_s in team.former)
    return not any(s.start_s >= last for r in plan.routes if r.team_id == team.team_id for s in r.stops)


Rule = Callable[[CheckInputs, Plan], Iterator[Violation]]

RULES: dict[str, Rule] = {
    "P01": structure.check_p01_one_team_each,
    "P02": structure.check_p02_windows,
    "P03": structure.check_p03_travel,
    "P04": structure.check_p04_slots,
    "P05": structure.check_p05_known,
    "P06": structure.check_p06_shift,
    "P07": structure.check_p07_service,
    "P08": structure.check_p08_people,
    "P09": check_p09_the_day,
    "C01": check_c01_two_officers,
    "C02": check_c02_certified,
    "C05": check_c05_basis,
    "C06": check_c06_annual_cap,
    "C08": check_c08_no_blanket,
    "C09": check_c09_draw,
    "C10": check_c10_recusal,
    "C11": check_c11_merge_once,
    "C12": check_c12_home_district,
    "C13": check_c13_working_hours,
    "C16": check_c16_together,
    "C17": check_c17_exits,
    "C18": check_c18_reserve,
    "C19": check_c19_female_officer,
    "C20": check_c20_duty,
}


def check_plan(inputs: CheckInputs, plan: Plan) -> tuple[Violation, ...]:
    """Every breach of every rule, in the rule book's order."""
    return tuple(v for rule in RULES.values() for v in rule(inputs, plan))
