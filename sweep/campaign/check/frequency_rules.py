"""Checker's rules on firms, buildings and deadlines across days (C04-C08, C22, C27, C28, C33, C34, M08)."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache, partial
from itertools import combinations

from sweep.campaign.check.campaign_inputs import CampaignInputs, teams_of, visits
from sweep.check.checker_calendar import workdays_since
from sweep.check.count_past_inspections import (
    empty_in_a_row,
    exceeded_limit,
    inspection_days,
    last_look,
    last_members,
    last_visit,
    past_by_building,
)
from sweep.records.buildings import Lead
from sweep.records.people import MARKET_REGULATION, POLICE
from sweep.records.plan import Violation

_UNCOUNTED = frozenset({"stocktake", "case", "investigation"})


def check_c04_stocktake(inputs: CampaignInputs) -> Iterator[Violation]:
    """C04: a stocktake inspects no firm."""
    for day, visit in visits(inputs):
        if visit.track == "stocktake" and visit.targets:
            yield Violation("C04", f"{day.day} {visit.visit_id}", {"detail": ", ".join(visit.targets)})


def check_c05_basis(inputs: CampaignInputs) -> Iterator[Violation]:
    """C05: a case visit is justified by a lead about its building, or by a re-check there."""
    known = {(i, lead.building_id) for i, lead in inputs.leads.items()}
    known |= {(r.recheck_id, r.building_id) for r in inputs.rechecks}
    for day, visit in visits(inputs):
        if visit.track == "case" and not any((i, visit.building_id) in known for i in visit.basis):
            yield Violation("C05", f"{day.day} {visit.visit_id}", {"detail": ", ".join(visit.basis) or "-"})


def check_c06_yearly_cap(inputs: CampaignInputs) -> Iterator[Violation]:
    """C06: no firm exceeds the annual inspection cap of its class, counting past and planned inspections."""
    select = inputs.settings.select
    counts: Counter[tuple[str, str, int]] = Counter(
        (v.authority, v.uscc, v.visited_on.year)
        for v in inputs.past
        if v.uscc is not None and v.track not in _UNCOUNTED and v.ground not in select.cap_exempt
    )
    for day, visit in visits(inputs):
        if visit.track not in ("routine", "special"):
            continue
        for uscc in visit.targets:
            most = select.annual_cap.get(inputs.credit_class.get(uscc, ""), min(select.annual_cap.values()))
            for agency in (POLICE, MARKET_REGULATION):
                counts[agency, uscc, day.day.year] += 1
            n = max(counts[agency, uscc, day.day.year] for agency in (POLICE, MARKET_REGULATION))
            if n > most:
                yield Violation("C06", f"{day.day} {visit.visit_id}", {"detail": f"{uscc}: {n} > {most}"})


def check_c33_frequency(inputs: CampaignInputs) -> Iterator[Violation]:
    """C33: no firm has more inspections in a day, week or month than allowed, unless a lead or re-check names it."""
    planned: list[tuple[str, date]] = []
    for day, visit in sorted(visits(inputs), key=lambda pair: pair[0].day):
        named = {lead.uscc for b in visit.basis if (lead := inputs.leads.get(b)) is not None}
        named |= {r.uscc for r in inputs.rechecks if r.recheck_id in visit.basis}
        own = {*visit.targets} - named
        past = [v for v in inputs.past if v.uscc in own]
        days = inspection_days(past, [(u, d) for u, d in (*inputs.other_inspections, *planned) if u in own], day.day)
        for uscc in sorted(own):
            if limit := exceeded_limit(days.get(uscc, ()), day.day, inputs.settings.codes):
                yield Violation("C33", f"{day.day} {visit.visit_id}", {"detail": f"{uscc}, {limit}"})
        planned += [(uscc, day.day) for uscc in visit.targets]


def check_c07_lists(inputs: CampaignInputs) -> Iterator[Violation]:
    """C07: a special inspection takes only firms of the approved lists that justify it."""
    lists = {s.number: set(s.firms) for s in inputs.settings.law.special}
    for day, visit in visits(inputs):
        if visit.track == "special":
            known = [b for b in visit.basis if b in lists]
            named = set().union(*(lists[b] for b in known)) if known else set()
            if extra := sorted(set(visit.targets) - named):
                yield Violation("C07", f"{day.day} {visit.visit_id}", {"detail": ", ".join(extra)})


def check_c08_share(inputs: CampaignInputs) -> Iterator[Violation]:
    """C08: lists and draws select at most `target_share_max` of all firms; lists with `blanket_reason` do not count."""
    reasoned = {s.number: set(s.firms) for s in inputs.settings.law.special if s.blanket_reason is not None}
    n = sum(
        len(set(v.targets).difference(*(reasoned.get(b, set()) for b in v.basis)))
        for _, v in visits(inputs)
        if v.track in ("routine", "special")
    )
    most = max(1, int(inputs.settings.select.target_share_max * inputs.n_register))
    if inputs.n_register and n > most:
        yield Violation("C08", "register", {"detail": f"{n} > {most}"})


def check_c27_rechecks(inputs: CampaignInputs) -> Iterator[Violation]:
    """
    C27: each re-check is made on the first sweep day on or after its due day, or listed as unserved.

    After a due visit without entry, the next attempt may wait until after the published days. A re-check is exempt if
    its building is under investigation (C26) or gone, or if its firm is in a dwelling without a certificate (C15).
    """
    days = sorted(d.day for d in inputs.record.days)
    published = {d.day for d in inputs.before.days if d.is_published} if inputs.before is not None else set()
    unserved, past = {x.building_id for x in inputs.record.left}, past_by_building(inputs.past)
    shut = inputs.dwellings - set(inputs.settings.law.dwelling_certificates)
    for item in inputs.rechecks:
        open_days = [d for d in days if d >= item.due_on]
        if item.closed_on is not None or not open_days or item.building_id in unserved:
            continue
        due, latest = open_days[0], open_days[0]
        if (
            item.building_id not in inputs.facts
            or item.uscc in shut
            or item.building_id in inputs.withheld.get(due, ())
        ):
            continue
        # A visit since the due date that left the re-check open was without entry.
        calls = [v for v in past.get(item.building_id, ()) if v.track != "investigation"]
        if any(v.visited_on.date() >= item.due_on for v in calls):
            latest = next((d for d in open_days if d not in published), open_days[-1])
        on = [d.day for d, v in visits(inputs) if item.recheck_id in v.basis]
        if len(on) != 1 or not due <= on[0] <= latest:
            detail = f"{item.building_id} {', '.join(map(str, on)) or '-'} != {due}"
            yield Violation("C27", item.recheck_id, {"detail": detail})


def check_c28_rotation(inputs: CampaignInputs) -> Iterator[Violation]:
    """
    C28: no visit in the rest period after another, unless it is a re-check or a newer lead justifies it.

    No team includes two officers who made the building's last visit together.
    """
    rest = timedelta(days=inputs.settings.select.cooldown_days)
    due_items, past = {r.recheck_id for r in inputs.rechecks}, past_by_building(inputs.past)
    for day, visit in visits(inputs):
        own = past.get(visit.building_id, ())
        last = last_visit(own, visit.building_id, day.day)
        if last is not None and last.date() >= day.day - rest and not set(visit.basis) <= due_items:
            look = last_look(own, visit.building_id, day.day)
            leads = [inputs.leads[b] for b in visit.basis if b in inputs.leads] if visit.track == "case" else []
            if not any(look is None or lead.received_at > look for lead in leads):
                yield Violation("C28", f"{day.day} {visit.visit_id}", {"detail": last.date().isoformat()})
        pairs = {p for m in last_members(own, visit.building_id, day.day) for p in combinations(sorted(m), 2)}
        for team in teams_of(day, visit.visit_id):
            for pair in sorted(pairs):
                if set(pair) <= set(team.member_ids):
                    detail = ", ".join(pair)
                    yield Violation("C28", f"{day.day} {team.team_id} {visit.visit_id}", {"detail": detail})


def check_c34_empty_inspections(inputs: CampaignInputs) -> Iterator[Violation]:
    """C34: an officer who found nothing at a firm three times in a row inspects it again only for a stated reason."""
    reasons, empty = inputs.settings.codes.repeat_reasons, cache(partial(empty_in_a_row, inputs.past))
    for day, visit in visits(inputs):
        people = (inputs.persons.get(i) for t in teams_of(day, visit.visit_id) for i in t.member_ids)
        officers = {p.person_id for p in people if p is not None and p.is_certified(day.day)}
        for person_id, uscc in sorted(empty(day.day)):
            if person_id in officers and uscc in visit.targets and uscc not in reasons:
                yield Violation("C34", f"{day.day} {visit.visit_id}", {"detail": f"{person_id}, {uscc}"})


def check_c22_leads(inputs: CampaignInputs) -> Iterator[Violation]:
    """C22: if an unanswered lead about a building falls due in the window, the building is visited by that day."""
    on = {v.building_id: d.day for d, v in visits(inputs)}
    days, planned_on = [d.day for d in inputs.record.days], inputs.record.planned_on
    past, workdays_after = past_by_building(inputs.past), cache(partial(_last_day_to_answer, inputs))
    for lead in sorted(inputs.leads.values(), key=lambda x: x.lead_id) if days else ():
        due = _due_at(inputs, lead) or workdays_after(lead.received_at.date())
        if not planned_on <= due <= days[-1] or on.get(lead.building_id, date.max) <= due:
            continue
        look = last_look(past.get(lead.building_id, ()), lead.building_id, planned_on)
        if look is None or lead.received_at > look:
            yield Violation("C22", lead.lead_id, {"detail": f"{lead.building_id}, {due}"})


def _due_at(inputs: CampaignInputs, lead: Lead) -> date | None:
    hours = inputs.settings.select.due_hours.get(lead.lead_type)
    due = lead.due_at or (None if hours is None else lead.received_at + timedelta(hours=hours))
    return None if due is None else due.date()


def _last_day_to_answer(inputs: CampaignInputs, received: date) -> date:
    day = received
    while workdays_since(received, day, inputs.settings.hours) < inputs.settings.select.due_workdays:
        day += timedelta(days=1)
    return day


def check_m08_promises(inputs: CampaignInputs) -> Iterator[Violation]:
    """M08: every promised visit that is due in the window is made by its due date."""
    on = {v.building_id: d.day for d, v in visits(inputs)}
    days, first_day = [d.day for d in inputs.record.days], inputs.campaign.first_day
    for b, facts in sorted(inputs.facts.items()):
        spans = [p.days for p in inputs.campaign.ordered_promises if p.key == "all" or p.value in facts.get(p.key, ())]
        if not spans or not days:
            continue
        last = inputs.looks.get(b)
        start = first_day if last is None else max(last, first_day - timedelta(days=min(spans)))
        due = start + timedelta(days=min(spans))
        if due <= days[-1] and on.get(b, date.max) > max(due, days[0]):
            yield Violation("M08", b, {"detail": due.isoformat()})
