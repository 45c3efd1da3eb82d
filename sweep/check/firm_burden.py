"""Checks of the burden on firms and buildings (C06, C11, C15, C24, C28, C33, C34)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from sweep.check.checker_inputs import CheckInputs, is_recheck_only, is_urgent, known_stops, members, served
from sweep.check.count_past_inspections import (
    empty_in_a_row,
    exceeded_limit,
    inspection_days,
    last_look,
    last_members,
    last_visit,
    past_by_building,
)
from sweep.records.people import MARKET_REGULATION, POLICE
from sweep.records.plan import Plan, Violation
from sweep.records.visits import Visit


def check_c06_annual_cap(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C06: no drawn or special visit takes a firm above the yearly cap of its class, counted for each authority."""
    caps = inputs.settings.select.annual_cap
    for visit, _ in served(inputs, plan):
        if visit.track == "case":
            continue
        for uscc in visit.targets:
            cap = caps.get(inputs.credit_class.get(uscc, ""), min(caps.values()))
            most = max(inputs.n_inspections.get((agency, uscc), 0) for agency in (POLICE, MARKET_REGULATION))
            if most + 1 > cap:
                yield Violation("C06", visit.visit_id, {"detail": f"{uscc}: {most} + 1 > {cap}"})


def check_c11_merge_once(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """
    C11: no building and no firm is in two visits of the day; urgent visits are exempt.

    A firm with open items in two buildings may be re-checked in both (C27).
    """
    seen: dict[str, list[Visit]] = defaultdict(list)
    for visit in (v for v, _ in served(inputs, plan) if not is_urgent(inputs, v)):
        for key in (visit.building_id, *visit.targets):
            seen[key].append(visit)
    for key, visits in sorted(seen.items()):
        if len(visits) > 1 and not all(_is_recheck_of(inputs, v, key) for v in visits):
            yield Violation("C11", key, {"detail": ", ".join(v.visit_id for v in visits)})


def _is_recheck_of(inputs: CheckInputs, visit: Visit, uscc: str) -> bool:
    items = [inputs.rechecks[b] for b in visit.basis if b in inputs.rechecks]
    return any(item.uscc == uscc and item.building_id == visit.building_id for item in items)


def check_c15_dwelling(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C15: no firm in a dwelling, or in rooms of mixed use, is inspected without a certificate that names the firm."""
    named = inputs.settings.law.dwelling_certificates
    for visit, _ in served(inputs, plan):
        for uscc in visit.targets:
            if uscc in inputs.dwellings and uscc not in named:
                yield Violation("C15", visit.visit_id, {"detail": uscc})


def check_c24_disturbance(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C24: of firms without lead, re-check or list, a case visit inspects at most `n_targets_max`, none of class A."""
    most = inputs.settings.select.n_targets_max
    listed = {u for s in inputs.settings.law.special for u in s.firms}
    for visit, _ in served(inputs, plan):
        if visit.track != "case" or is_urgent(inputs, visit):
            continue
        named = _named(inputs, visit) | listed
        others = [u for u in visit.targets if u not in named]
        of_class_a = [u for u in others if inputs.credit_class.get(u) == "A"]
        if of_class_a:
            yield Violation("C24", visit.visit_id, {"detail": f"A: {', '.join(of_class_a)}"})
        elif len(others) > most:
            yield Violation("C24", visit.visit_id, {"detail": f"{len(others)} > {most}"})


def _named(inputs: CheckInputs, visit: Visit) -> set[str | None]:
    """Return the uscc of the firms that leads and re-checks in the visit's basis name; None for one without a firm."""
    found = {lead.uscc for b in visit.basis if (lead := inputs.leads.get(b)) is not None}
    return found | {inputs.rechecks[b].uscc for b in visit.basis if b in inputs.rechecks}


def check_c33_frequency(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """
    C33: no firm is inspected more often in a day, week or month than allowed, over all authorities.

    Urgent visits, and firms named by a lead or a re-check, are exempt.
    """
    days = inspection_days(inputs.past, inputs.other_inspections, inputs.day)
    for visit, _ in served(inputs, plan):
        named = set(visit.targets) if is_urgent(inputs, visit) else _named(inputs, visit)
        for uscc in visit.targets:
            limit = exceeded_limit(days.get(uscc, ()), inputs.day, inputs.settings.codes)
            if limit and uscc not in named:
                yield Violation("C33", visit.visit_id, {"detail": f"{uscc}, {limit}"})


def check_c34_empty_inspections(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C34: an officer who found nothing at a firm three times in a row inspects it again only for a stated reason."""
    reasons = inputs.settings.codes.repeat_reasons
    empty = inputs.empty_inspections | empty_in_a_row(inputs.past, inputs.day)
    for team, _, stop, visit in known_stops(inputs, plan):
        officers = {p.person_id for p in members(inputs, team, stop.start_s) if p.is_certified(inputs.day)}
        for person_id, uscc in sorted(empty):
            if person_id in officers and uscc in visit.targets and uscc not in reasons:
                yield Violation("C34", visit.visit_id, {"detail": f"{person_id}, {uscc}"})


def check_c28_rotation(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """
    C28: in the rest period a building is revisited only after a newer lead, and not by two people of its last visit.

    Urgent visits are exempt; a mere re-check needs no newer lead. Pairs in a visit's `keep_apart` stay apart too.
    """
    rest, past = timedelta(days=inputs.settings.select.cooldown_days), past_by_building(inputs.past)
    for visit, _ in served(inputs, plan):
        own = past.get(visit.building_id, ())
        last = last_visit(own, visit.building_id, inputs.day)
        if last is None or last.date() < inputs.day - rest or is_recheck_only(inputs, visit):
            continue
        if is_urgent(inputs, visit):
            continue
        leads = (inputs.leads.get(b) for b in visit.basis) if visit.track == "case" else ()
        look = last_look(own, visit.building_id, inputs.day)
        if not any(lead is not None and (look is None or lead.received_at > look) for lead in leads):
            yield Violation("C28", visit.visit_id, {"detail": last.date().isoformat()})
    for team, _, stop, visit in known_stops(inputs, plan):
        if is_urgent(inputs, visit):
            continue
        there = last_members(past.get(stop.building_id, ()), stop.building_id, inputs.day)
        members = set(team.member_ids)
        again = [sorted(pair & members) for pair in (*there, *map(frozenset, visit.keep_apart))]
        if both := next((pair for pair in again if len(pair) > 1), None):
            yield Violation("C28", f"{team.team_id} {stop.visit_id}", {"detail": ", ".join(both)})
