"""What makes a plan none at all (P01-P10)."""

from __future__ import annotations

from dataclasses import replace

from sweep.check.checker_inputs import CheckInputs
from sweep.day.event_records import DayLog, Delayed, DoorLocked, OffDuty
from sweep.day.journal.journal_entry import Entry
from sweep.records.pins import Pin
from sweep.records.plan import Plan, Route, Unserved
from tests.rules.mutants import (
    Mutant,
    Place,
    Rng,
    any_of,
    breaks,
    is_counted,
    places,
    served_ids,
    upto,
    with_members,
    with_route,
    with_stop,
    with_team,
    without_stops,
)


@breaks("P01")
def one_person_in_two_teams(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    two = [(a, b) for a in plan.teams for b in plan.teams if a.team_id != b.team_id]
    if (pair := any_of(rng, two)) is None:
        return None
    person = str(rng.choice(pair[0].member_ids))
    return Mutant(inputs, with_members(inputs, plan, pair[1].team_id, (*pair[1].member_ids, person)), person)


@breaks("P02")
def a_start_out_of_its_windows(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan))) is None:
        return None
    lo, hi = any_of(rng, list(place.visit.windows_s)) or (0, 0)
    start = hi + upto(rng, 7_200) if rng.random() < 0.5 else lo - upto(rng, 7_200)
    if any(a <= start <= b for a, b in place.visit.windows_s):
        return None
    moved = with_stop(plan, place, start_s=start, end_s=start + place.stop.end_s - place.stop.start_s)
    return Mutant(inputs, moved, f"{place.team.team_id} {place.visit.visit_id}")


def _before(plan: Plan, inputs: CheckInputs, place: Place) -> tuple[str, int]:
    """The place before, and when it was left."""
    route = next(r for r in plan.routes if r.team_id == place.team.team_id)
    if place.n == 0:
        return place.team.base_id, route.depart_s
    last = route.stops[place.n - 1]
    return inputs.visits[last.visit_id].building_id, last.end_s


@breaks("P03")
def a_leg_too_short(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan))) is None:
        return None
    before, left_s = _before(plan, inputs, place)
    way = int(inputs.travel_s[inputs.places[before], inputs.places[place.visit.building_id]])
    if way == 0:
        return None
    arrive = left_s + way - upto(rng, way)
    return Mutant(inputs, with_stop(plan, place, arrive_s=arrive), f"{place.team.team_id} {place.visit.visit_id}")


@breaks("P03")
def a_way_back_too_short(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, _last_stops(inputs, plan))) is None:
        return None
    way = int(inputs.travel_s[inputs.places[place.visit.building_id], inputs.places[place.team.base_id]])
    if way == 0:
        return None
    back = with_route(plan, place.team.team_id, return_s=place.stop.end_s + way - upto(rng, way))
    return Mutant(inputs, back, place.team.team_id)


def _last_stops(inputs: CheckInputs, plan: Plan) -> list[Place]:
    return list({p.team.team_id: p for p in places(inputs, plan)}.values())


@breaks("P03")
def a_start_before_arriving(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan))) is None:
        return None
    late = with_stop(plan, place, arrive_s=place.stop.start_s + upto(rng, 3_600))
    return Mutant(inputs, late, f"{place.team.team_id} {place.visit.visit_id}")


@breaks("P04")
def served_and_listed_as_left_out(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (visit_id := any_of(rng, served_ids(plan))) is None:
        return None
    left = Unserved(visit_id, inputs.visits[visit_id].building_id, ())
    return Mutant(inputs, replace(plan, unserved=(*plan.unserved, left)), visit_id)


@breaks("P04")
def left_out_in_silence(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (left := any_of(rng, list(plan.unserved))) is None:
        return None
    return Mutant(inputs, replace(plan, unserved=tuple(u for u in plan.unserved if u != left)), left.visit_id)


@breaks("P04")
def a_slot_left_empty(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    several = [p for p in places(inputs, plan) if len(p.visit.slots) > 1]
    if (place := any_of(rng, several)) is None:
        return None
    visit_id = place.visit.visit_id
    return Mutant(inputs, without_stops(plan, visit_id, team_id=place.team.team_id), visit_id)


@breaks("P05")
def somebody_nobody_knows(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (team := any_of(rng, list(plan.teams))) is None:
        return None
    if rng.random() < 0.5:
        return Mutant(inputs, with_team(plan, team.team_id, base_id="S9"), team.team_id)
    return Mutant(inputs, with_team(plan, team.team_id, member_ids=(*team.member_ids, "ghost")), team.team_id)


@breaks("P05")
def a_stop_at_another_building(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan))) is None:
        return None
    where = f"{place.team.team_id} {place.visit.visit_id}"
    return Mutant(inputs, with_stop(plan, place, building_id="nowhere"), where)


@breaks("P05")
def a_route_too_many(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    team_id = str(rng.choice([*(t.team_id for t in plan.teams), "T99"]))
    return Mutant(inputs, replace(plan, routes=(*plan.routes, Route(team_id, 50_000, (), 0, 0, 50_000))), team_id)


@breaks("P06")
def out_of_the_shift(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, _last_stops(inputs, plan))) is None:
        return None
    plan_settings, team = inputs.settings.plan, place.team
    start_s = max(team.shift_s[0], plan_settings.shift_start_s)
    end_s = min(team.shift_s[1], plan_settings.shift_end_s)
    early = {"depart_s": start_s - upto(rng, 3_600)}
    late = {"return_s": end_s + upto(rng, 3_600)}
    return Mutant(inputs, with_route(plan, team.team_id, **(early if rng.random() < 0.5 else late)), team.team_id)


@breaks("P07")
def too_short_inside(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan))) is None:
        return None
    least = least_inside_s(inputs, place)
    if least <= 1:
        return None
    short = with_stop(plan, place, end_s=place.stop.start_s + least - upto(rng, least))
    return Mutant(inputs, short, f"{place.team.team_id} {place.visit.visit_id}")


def least_inside_s(inputs: CheckInputs, place: Place) -> int:
    """a + b n / k: the usual entry, then the doors by pairs and the inspections by two pairs together."""
    settings, visit = inputs.settings.plan, place.visit
    guards = next(s.n_guards for s in visit.slots if s.slot == place.stop.slot)
    k = max(1, (len(place.team.member_ids) - guards) // 2) * len(visit.slots)
    pair_minutes = settings.door_minutes * visit.n_firms + 2 * settings.inspection_minutes * len(visit.targets)
    return round(60 * (settings.entry_minutes + pair_minutes / k))


@breaks("P07")
def a_value_that_is_not_the_sum(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    return Mutant(
        inputs, replace(plan, value=plan.value + float(rng.choice([-1, 1])) * 10 ** rng.uniform(-5, 0)), "value"
    )


@breaks("P08")
def a_team_that_says_more_than_the_roster(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (team := any_of(rng, list(plan.teams))) is None:
        return None
    kind = int(rng.integers(0, 3))
    if kind == 0:
        helpers = [i for i in team.member_ids if not is_counted(inputs, inputs.persons[i])]
        more = {**team.n_certified, "police": team.n_certified.get("police", 0) + len(helpers) + 1}
        return Mutant(inputs, with_team(plan, team.team_id, n_certified=more), team.team_id)
    if kind == 1:
        n = team.n_female_certified + int(rng.choice([-1, 1]))
        return Mutant(inputs, with_team(plan, team.team_id, n_female_certified=n), team.team_id)
    return Mutant(inputs, with_team(plan, team.team_id, recusals=team.recusals ^ {"B0"}), team.team_id)


@breaks("P09")
def somebody_ill_goes_on(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (team := any_of(rng, list(plan.teams))) is None:
        return None
    person = str(rng.choice(team.member_ids))
    return Mutant(replace(inputs, log=DayLog(50_000, (OffDuty(50_000, person),), "")), plan, person)


@breaks("P09")
def a_start_while_held_or_locked(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan))) is None:
        return None
    start, where = place.stop.start_s, f"{place.team.team_id} {place.visit.visit_id}"
    at = start - upto(rng, 1_800)
    held = Delayed(at, place.team.team_id, start + upto(rng, 1_800))
    event = held if rng.random() < 0.5 else DoorLocked(at, place.visit.visit_id, None)
    return Mutant(replace(inputs, log=DayLog(at, (event,), "")), plan, where)


@breaks("P15")
def a_begun_visit_of_another_team(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    """A team that has no stop at a visit, and its report that it is inside, before any team is to be there."""
    place = any_of(rng, places(inputs, plan))
    others = [t for t in plan.teams if place is None or t.team_id != place.team.team_id]
    team = any_of(rng, others)
    if place is None or team is None:
        return None
    served = {r.team_id for r in plan.routes for s in r.stops if s.visit_id == place.visit.visit_id}
    if team.team_id in served:
        return None
    at_s = place.stop.start_s - upto(rng, 1_800)
    body = {"team_id": team.team_id, "visit_id": place.visit.visit_id}
    report = Entry(1, "x:1", "inside", team.team_id, "", "", at_s, body, "", "")
    changed = replace(inputs, log=DayLog(at_s, (), ""), reports=(report,))
    return Mutant(changed, plan, f"{team.team_id} {place.visit.visit_id}")


@breaks("P10")
def a_pin_that_the_plan_does_not_keep(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan))) is None:
        return None
    here, free = place.visit.building_id, [u.building_id for u in plan.unserved]
    busy = {i for r in plan.routes for s in r.stops if s.visit_id == place.visit.visit_id for i in (r.team_id,)}
    others = [t.team_id for t in plan.teams if t.team_id not in busy]
    pins = [Pin("never", here, "row"), Pin("not_before", here, "row", earliest_s=place.stop.start_s + upto(rng, 600))]
    pins += [Pin("must", free[0], "row")] if free else []
    pins += [Pin("with_team", here, "row", team_id=others[0])] if others else []
    pin = pins[int(rng.integers(len(pins)))]
    return Mutant(replace(inputs, pins=(pin,)), plan, pin.building_id)
