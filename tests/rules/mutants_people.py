"""What breaks a rule on who may go (C01-C03, C10, C12, C19, C20)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from sweep.check.checker_inputs import CheckInputs
from sweep.records.people import Team
from sweep.records.plan import Plan
from tests.rules.mutants import (
    Mutant,
    Rng,
    any_of,
    breaks,
    is_counted,
    n_counted,
    places,
    teams_of,
    upto,
    with_members,
    with_person,
    with_route,
    with_team,
    with_visit,
)

MARKET, POLICE = "market_regulation", "police"


def _inspecting(inputs: CheckInputs, plan: Plan) -> list[Team]:
    """Teams that do not only take stock, for which one officer is enough."""
    stock = {p.team.team_id for p in places(inputs, plan, "stocktake")}
    others = {p.team.team_id for p in places(inputs, plan, "case", "special", "routine")}
    return [t for t in plan.teams if t.team_id in others or t.team_id not in stock]


@breaks("C01")
def one_officer_too_few(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (team := any_of(rng, _inspecting(inputs, plan))) is None:
        return None
    agency = str(rng.choice([POLICE, MARKET]))
    ids = team.member_ids
    good = [i for i in ids if inputs.persons[i].agency == agency and is_counted(inputs, inputs.persons[i])]
    left = int(rng.integers(0, 2))  # the law asks for two
    gone = set(good[left:])
    return Mutant(
        inputs, with_members(inputs, plan, team.team_id, tuple(i for i in ids if i not in gone)), team.team_id
    )


@breaks("C01")
def a_slot_that_needs_more(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan, "case", "special", "routine"))) is None:
        return None
    more = n_counted(inputs, place.team, POLICE) + 1
    slots = tuple(
        replace(s, min_certified={**s.min_certified, POLICE: more}) if s.slot == place.stop.slot else s
        for s in place.visit.slots
    )
    changed = with_visit(inputs, place.visit.visit_id, slots=slots)
    return Mutant(changed, plan, f"{place.team.team_id} {place.visit.visit_id}")


@breaks("C02")
def a_certificate_that_has_run_out(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    inside = [(t, i) for t in plan.teams for i in t.member_ids if is_counted(inputs, inputs.persons[i])]
    if (one := any_of(rng, inside)) is None:
        return None
    until = None if rng.random() < 0.2 else inputs.settings.day - timedelta(days=upto(rng, 400))
    changed, teams = with_person(inputs, plan, one[1], certificate_until=until)
    return Mutant(changed, teams, f"{one[0].team_id} {one[1]}")


@breaks("C03")
def a_helper_counted_as_an_officer(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    found = []
    for team in plan.teams:
        people = [inputs.persons[i] for i in team.member_ids]
        helpers = Counter(p.agency for p in people if p.role not in ("officer", "inspector"))
        found += [(team, agency, n) for agency, n in helpers.items()]
    if (one := any_of(rng, found)) is None:
        return None
    team, agency, n_helpers = one
    more = {**team.n_certified, agency: team.n_certified.get(agency, 0) + int(rng.integers(1, n_helpers + 1))}
    return Mutant(inputs, with_team(plan, team.team_id, n_certified=more), team.team_id)


@breaks("C10")
def a_member_recused(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan))) is None:
        return None
    building = inputs.buildings[place.visit.building_id]
    keys = [building.building_id, building.landlord_id, building.property_company_id, *place.visit.targets]
    key = str(rng.choice([k for k in keys if k]))
    person = str(rng.choice(place.team.member_ids))
    recusals = inputs.persons[person].recusals | {key}
    changed, teams = with_person(inputs, plan, person, recusals=recusals)
    return Mutant(changed, teams, f"{place.team.team_id} {person} {place.visit.visit_id}")


@breaks("C10")
def a_drawn_officer_recused(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    drawn = [o for o in inputs.draw.officers if o.status == "drawn"]
    if (one := any_of(rng, drawn)) is None:
        return None
    place = inputs.visits[one.visit_id].building_id
    changed, teams = with_person(inputs, plan, one.person_id, recusals=frozenset({place}))
    return Mutant(changed, teams, f"draw {one.person_id} {one.visit_id}")


@breaks("C12")
def an_inspector_from_elsewhere(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    found = [(p, i) for p in places(inputs, plan) for i in p.team.member_ids if inputs.persons[i].agency == MARKET]
    if inputs.settings.teams.assist_letter or (one := any_of(rng, found)) is None:
        return None
    changed, teams = with_person(inputs, plan, one[1], division_code="370199")
    return Mutant(changed, teams, f"{one[0].team.team_id} {one[1]} {one[0].visit.visit_id}")


@breaks("C19")
def no_woman(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan, "case", "special", "routine"))) is None:
        return None
    for team in teams_of(plan, place.visit.visit_id):
        for person in team.member_ids:
            inputs, plan = with_person(inputs, plan, person, is_female=False)
    return Mutant(inputs, plan, place.visit.visit_id)


@breaks("C20")
def out_for_more_than_eight_hours(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (route := any_of(rng, [r for r in plan.routes if r.stops])) is None:
        return None
    late = with_route(plan, route.team_id, return_s=route.depart_s + 8 * 3_600 + upto(rng, 7_200))
    return Mutant(inputs, late, route.team_id)


@breaks("C20")
def no_break_on_a_long_day(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    longest_s = inputs.settings.teams.break_after_hours * 3_600
    long = [r for r in plan.routes if r.stops and r.return_s - r.depart_s > longest_s]
    if (route := any_of(rng, long)) is None:
        return None
    if rng.random() < 0.5 or route.break_s is None:
        return Mutant(inputs, with_route(plan, route.team_id, break_s=None), route.team_id)
    start, end = route.break_s
    short = start, end - upto(rng, end - start)
    return Mutant(inputs, with_route(plan, route.team_id, break_s=short), route.team_id)


@breaks("C20")
def beyond_a_persons_own_shift(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    routes = {r.team_id: r for r in plan.routes if r.stops}
    if (team := any_of(rng, [t for t in plan.teams if t.team_id in routes])) is None:
        return None
    route, person = routes[team.team_id], str(rng.choice(team.member_ids))
    start, end = inputs.persons[person].shift_s
    own = (route.depart_s + upto(rng, 1_800), end) if rng.random() < 0.5 else (start, route.return_s - upto(rng, 1_800))
    changed, teams = with_person(inputs, plan, person, shift_s=own)
    return Mutant(changed, teams, f"{team.team_id} {person}")
