"""What breaks a rule on places, firms and leads (C06, C11, C13-C18, C21-C24, C28, C33-C35)."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sweep.check.checker_inputs import CheckInputs
from sweep.check.count_past_inspections import count_inspections
from sweep.records.buildings import Lead, PastVisit
from sweep.records.plan import Plan, Route, Unserved
from tests.rules.mutants import (
    Mutant,
    Rng,
    any_of,
    breaks,
    is_counted,
    n_counted,
    places,
    served_ids,
    teams_of,
    upto,
    with_members,
    with_person,
    with_setting,
    with_stop,
    with_team,
    with_visit,
    without_stops,
)
from tests.rules.mutants_structure import least_inside_s
from tests.rules.random_days import DAYS_OFF

ZONE = ZoneInfo("Asia/Shanghai")


def _midnight(inputs: CheckInputs) -> datetime:
    return datetime.combine(inputs.settings.day, time(), ZONE)


@breaks("C06")
def one_inspection_too_many(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    listed = [(p, u) for p in places(inputs, plan, "special", "routine") for u in p.visit.targets]
    if (one := any_of(rng, listed)) is None:
        return None
    caps = inputs.settings.select.annual_cap
    cap = caps.get(inputs.credit_class.get(one[1], ""), min(caps.values()))
    authority, first = (
        str(rng.choice(["police", "market_regulation"])),
        datetime(inputs.settings.day.year, 1, 1, tzinfo=ZONE),
    )
    row = PastVisit(one[0].visit.building_id, one[1], first, str(rng.choice(["routine", "special"])), authority)
    past = (*inputs.past, *(replace(row, visited_on=first + timedelta(days=k)) for k in range(cap)))
    counted = count_inspections(past, inputs.settings.day, inputs.settings.select.cap_exempt)
    return Mutant(replace(inputs, past=past, n_inspections=counted), plan, one[0].visit.visit_id)


@breaks("C33")
def another_authority_that_was_there_too(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    listed = [(p, u) for p in places(inputs, plan, "special", "routine") for u in p.visit.targets]
    rechecked = {item.uscc for item in inputs.rechecks.values()}
    if (one := any_of(rng, [x for x in listed if x[1] not in rechecked])) is None:
        return None
    day, codes = inputs.settings.day, inputs.settings.codes
    # Its limit of the day, or of the month by the month's first and last days.
    n = codes.inspections_max["day"] if rng.random() < 0.5 else 0
    days = [day] * n or [day.replace(day=k) for k in (1, 10, 28)][: codes.inspections_max["month"]]
    more = tuple((one[1], d) for d in days)
    return Mutant(replace(inputs, other_inspections=(*inputs.other_inspections, *more)), plan, one[0].visit.visit_id)


@breaks("C34")
def three_times_nothing(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    listed = [(p, u) for p in places(inputs, plan, "special", "routine", "case") for u in p.visit.targets]
    if (one := any_of(rng, listed)) is None:
        return None
    place, uscc = one
    there = [i for i in place.team.members_at(place.stop.start_s) if is_counted(inputs, inputs.persons[i])]
    # From yesterday back to 365 days ago.
    ages = sorted({1, 365, upto(rng, 364), upto(rng, 364), upto(rng, 364)})[-3:]
    who = (any_of(rng, there) or "",)
    # In no building of the day, where they would count for other rules.
    row = PastVisit("elsewhere", uscc, _midnight(inputs), "case", "police", officers=who, outcome="nothing")
    past = (*inputs.past, *(replace(row, visited_on=_midnight(inputs) - timedelta(days=age)) for age in ages))
    codes = inputs.settings.codes
    free = with_setting(
        replace(inputs, past=past), "codes", inspections_max=dict.fromkeys(("day", "week", "month"), 99)
    )
    return Mutant(free, plan, place.visit.visit_id) if len(ages) == 3 and codes.repeat_reasons == {} else None


@breaks("C35")
def a_plan_filed_too_late(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    day, two = inputs.settings.day, ["police", "market_regulation"]
    late = str(rng.choice(two))
    filed = {a: day if a != late else day + timedelta(days=upto(rng, 400)) for a in two}
    return Mutant(with_setting(inputs, "codes", annual_plan=filed), plan, f"codes.annual_plan.{late}")


@breaks("C11")
def one_firm_in_two_visits(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    ids = served_ids(plan)
    two = [(a, b) for a in ids for b in ids if a != b and inputs.visits[b].targets]
    if (pair := any_of(rng, two)) is None:
        return None
    uscc = str(rng.choice(inputs.visits[pair[1]].targets))
    if uscc in inputs.visits[pair[0]].targets:
        return None  # to be looked at again in both places, as it may be
    targets = (*inputs.visits[pair[0]].targets, uscc)
    return Mutant(with_visit(inputs, pair[0], targets=targets), plan, uscc)


@breaks("C11")
def one_building_in_two_visits(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    ids = served_ids(plan)
    if len(ids) < 2:
        return None
    one, other = (inputs.visits[str(i)] for i in rng.choice(ids, 2, replace=False))
    return Mutant(with_visit(inputs, one.visit_id, building_id=other.building_id), plan, other.building_id)


@breaks("C13")
def a_start_out_of_hours(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    hours = inputs.settings.hours
    drawn = places(inputs, plan, "special", "routine", "stocktake")
    if (place := any_of(rng, drawn if hours.approval else places(inputs, plan))) is None:
        return None
    lo, hi = any_of(rng, list(hours.working_s)) or (0, 0)
    start = hi + upto(rng, 3_600) if rng.random() < 0.5 else lo - upto(rng, 3_600)
    if any(a <= start <= b for a, b in hours.working_s):
        return None
    moved = with_stop(plan, place, start_s=start, end_s=start + place.stop.end_s - place.stop.start_s)
    return Mutant(inputs, moved, f"{place.team.team_id} {place.visit.visit_id}")


@breaks("C13")
def a_day_off_without_approval(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    day = inputs.settings.day
    if day not in DAYS_OFF:
        return None
    late = None if rng.random() < 0.5 else {"approved_on": day + timedelta(days=upto(rng, 30))}
    approval = inputs.settings.hours.approval
    papers = None if late is None or approval is None else approval.model_copy(update=late)
    return Mutant(with_setting(inputs, "hours", approval=papers), plan, str(day))


@breaks("C14")
def a_certificate_that_is_none(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan, "case"))) is None:
        return None
    visit, team = place.visit, place.team
    if visit.is_immediate and rng.random() < 0.7:
        for person in team.member_ids:
            inputs, plan = with_person(inputs, plan, person, skills=frozenset())
        return Mutant(inputs, plan, f"{team.team_id} {visit.visit_id}")
    other = {"warrant": str(rng.choice(["", "W-9"])), "is_immediate": False}
    return Mutant(with_visit(inputs, visit.visit_id, **other), plan, visit.visit_id)


@breaks("C15")
def a_dwelling_that_no_certificate_names(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    named = inputs.settings.law.dwelling_certificates
    targets = [(p.visit, u) for p in places(inputs, plan) for u in p.visit.targets if u not in named]
    if (one := any_of(rng, targets)) is None:
        return None
    return Mutant(replace(inputs, dwellings=inputs.dwellings | {one[1]}), plan, one[0].visit_id)


@breaks("C16")
def teams_of_one_visit_apart(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    several = [p for p in places(inputs, plan) if len(p.visit.slots) > 1]
    if (place := any_of(rng, several)) is None:
        return None
    late = place.stop.start_s + upto(rng, 1_800)
    return Mutant(inputs, with_stop(plan, place, start_s=late), place.visit.visit_id)


@breaks("C16")
def linked_visits_apart(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    linked = [p for p in places(inputs, plan) if p.visit.link_group]
    two = [(a, b) for a in linked for b in linked if a.visit != b.visit and a.visit.link_group == b.visit.link_group]
    if (pair := any_of(rng, two)) is None:
        return None
    one, other = pair
    late = other.stop.start_s + inputs.settings.plan.link_tolerance_s + upto(rng, 1_800)
    return Mutant(inputs, with_stop(plan, one, start_s=late), one.visit.link_group or "")


@breaks("C16")
def half_of_a_link_group(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    linked = [p.visit for p in places(inputs, plan) if p.visit.link_group]
    groups = {v.link_group for v in linked for w in linked if v != w and v.link_group == w.link_group}
    if (visit := any_of(rng, [v for v in linked if v.link_group in groups])) is None:
        return None
    left = (*plan.unserved, Unserved(visit.visit_id, visit.building_id, ()))
    return Mutant(inputs, replace(without_stops(plan, visit.visit_id), unserved=left), visit.link_group or "")


@breaks("C17")
def an_exit_that_nobody_guards(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    led = [p for p in places(inputs, plan, "case") if not set(p.visit.basis) <= inputs.rechecks.keys()]
    if (place := any_of(rng, led)) is None:
        return None
    visit, least = place.visit, inputs.settings.teams.min_certified["police"]
    teams = teams_of(plan, visit.visit_id)
    spare = sum(n_counted(inputs, t, "police") - least for t in teams)
    if rng.random() < 0.5:
        old = inputs.buildings[visit.building_id]
        buildings = {**inputs.buildings, visit.building_id: replace(old, n_exits=spare + upto(rng, 5))}
        return Mutant(replace(inputs, buildings=buildings), plan, visit.visit_id)
    n_gone = spare - inputs.buildings[visit.building_id].n_exits + 1
    people = [inputs.persons[i] for i in teams[0].member_ids]
    police = [p.person_id for p in people if p.agency == "police" and is_counted(inputs, p)]
    if len(police) < n_gone:
        return None
    left = tuple(i for i in teams[0].member_ids if i not in police[:n_gone])
    return Mutant(inputs, with_members(inputs, plan, teams[0].team_id, left), visit.visit_id)


@breaks("C18")
def nobody_stands_by(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    standing_by = [t for t in plan.teams if t.is_reserve]
    needs = math.ceil(inputs.settings.teams.reserve_share * len(plan.teams))
    if not standing_by or len(standing_by) > needs:
        return None
    team_id = str(rng.choice([t.team_id for t in standing_by]))
    sent = with_team(plan, team_id, is_reserve=False)
    return Mutant(inputs, replace(sent, routes=(*sent.routes, Route(team_id, 48_600, (), 0, 0, 48_600))), "teams")


@breaks("C21")
def a_return_that_holds_on_three_days_of_four(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    """
    The shift ends where, by the last visit alone, one day of four ends later; four of five must end within it.

    A triangle of (low, mode, high) is above x with chance (high - x)^2 / ((high - low)(high - mode)), for x >= mode.
    """
    last = {p.team.team_id: p for p in places(inputs, plan)}
    if (place := any_of(rng, list(last.values()))) is None:
        return None
    plan_settings = inputs.settings.plan
    low, mode, high = plan_settings.entry_low_minutes, plan_settings.entry_minutes, plan_settings.entry_high_minutes
    entry_s = 60 * (high - math.sqrt(0.25 * (high - low) * (high - mode)))
    inside_s = least_inside_s(inputs, place) - 60 * mode
    way = int(inputs.travel_s[inputs.places[place.visit.building_id], inputs.places[place.team.base_id]])
    end_s = int(place.stop.start_s + entry_s + inside_s + way)
    return Mutant(inputs, with_team(plan, place.team.team_id, shift_s=(0, end_s)), place.team.team_id)


@breaks("C22")
def a_lead_that_falls_due_unanswered(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    morning = _midnight(inputs)
    led = {p.visit.building_id for p in places(inputs, plan, "case")}
    others = [b for b in inputs.buildings if b not in led]
    if (building := any_of(rng, others)) is None:
        return None
    received = morning - timedelta(minutes=upto(rng, 600))
    if any(v.building_id == building and v.visited_on >= received for v in inputs.past):
        return None
    lead = Lead("L-due", building, "tip", received, morning + timedelta(hours=float(rng.uniform(0, 23.9))))
    return Mutant(replace(inputs, leads={**inputs.leads, "L-due": lead}), plan, "L-due")


@breaks("C22")
def a_lead_that_falls_due_before_the_visit(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan, "case"))) is None:
        return None
    morning, building = _midnight(inputs), place.visit.building_id
    received = morning - timedelta(minutes=upto(rng, 600))
    if any(v.building_id == building and v.visited_on >= received for v in inputs.past):
        return None
    due = morning + timedelta(seconds=place.stop.start_s - upto(rng, 7_200))
    return Mutant(
        replace(inputs, leads={**inputs.leads, "L-due": Lead("L-due", building, "tip", received, due)}), plan, "L-due"
    )


@breaks("C23")
def leads_that_are_worth_nothing_any_more(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    with_leads = [p.visit for p in places(inputs, plan, "case") if set(p.visit.basis) & inputs.leads.keys()]
    if (visit := any_of(rng, with_leads)) is None:
        return None
    old = {}
    for i in set(visit.basis) & inputs.leads.keys():
        days = inputs.half_life_days[inputs.leads[i].lead_type] * float(rng.uniform(4.01, 9.0))
        old[i] = replace(inputs.leads[i], received_at=_midnight(inputs) - timedelta(days=days))
    return Mutant(replace(inputs, leads={**inputs.leads, **old}), plan, visit.visit_id)


@breaks("C24")
def firms_disturbed_without_need(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan, "case"))) is None:
        return None
    visit = place.visit
    if rng.random() < 0.5:
        changed = with_visit(inputs, visit.visit_id, targets=(*visit.targets, "F-A"))
        return Mutant(replace(changed, credit_class={**inputs.credit_class, "F-A": "A"}), plan, visit.visit_id)
    n = inputs.settings.select.n_targets_max + upto(rng, 10)
    more = tuple(f"X{k}" for k in range(n))
    return Mutant(with_visit(inputs, visit.visit_id, targets=(*visit.targets, *more)), plan, visit.visit_id)


@breaks("C28")
def a_building_that_was_visited_yesterday(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    others = [p for p in places(inputs, plan) if not set(p.visit.basis) <= inputs.rechecks.keys()]
    if (place := any_of(rng, others)) is None:
        return None
    # Half a minute before midnight: no lead is younger.
    row = PastVisit(place.visit.building_id, None, _midnight(inputs) - timedelta(seconds=30), "routine", "police")
    return Mutant(replace(inputs, past=(*inputs.past, row)), plan, place.visit.visit_id)


@breaks("C28")
def the_pair_that_was_there_last(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan))) is None:
        return None
    pair = tuple(str(i) for i in rng.choice(place.team.member_ids, 2, replace=False))
    on = _midnight(inputs) - timedelta(seconds=30)
    row = PastVisit(place.visit.building_id, None, on, "routine", "police", officers=pair)
    return Mutant(replace(inputs, past=(*inputs.past, row)), plan, f"{place.team.team_id} {place.visit.visit_id}")
