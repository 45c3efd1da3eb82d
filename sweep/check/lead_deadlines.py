"""Checks of lead deadlines and lead age (C22, C23)."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from sweep.check.checker_calendar import is_day_off, workdays_since
from sweep.check.checker_inputs import CheckInputs, served
from sweep.check.count_past_inspections import last_look, past_by_building
from sweep.records.buildings import Lead
from sweep.records.plan import Plan, Violation


def check_c22_due(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C22: each lead due on the day, without a visit since it came in, gets a case visit no later than its deadline."""
    at = {v.building_id: stops[0][1].start_s for v, stops in served(inputs, plan) if v.track == "case"}
    for lead, due in open_due(inputs):
        if lead.building_id not in at:
            yield Violation("C22", lead.lead_id, {"detail": f"{lead.building_id}, {due:%Y-%m-%d %H:%M}"})
        elif _midnight(inputs, lead) + timedelta(seconds=at[lead.building_id]) > due:
            yield Violation("C22", lead.lead_id, {"detail": f"{lead.building_id}, > {due:%H:%M}", "is_late": True})


def open_due(inputs: CheckInputs) -> Iterator[tuple[Lead, datetime]]:
    """Yield (lead, deadline), in order of lead id, of leads due on the day, with no visit since except re-checks."""
    past = past_by_building(inputs.past)
    for lead in sorted(inputs.leads.values(), key=lambda x: x.lead_id):
        due = deadline_on_day(inputs, lead)
        if due is None:
            continue
        last = last_look(past.get(lead.building_id, ()), lead.building_id, inputs.day)
        if last is None or lead.received_at > last:
            yield lead, due


def deadline_on_day(inputs: CheckInputs, lead: Lead) -> datetime | None:
    """
    Return the lead's deadline if it falls on the day.

    None if it is on another day or the lead came in on the day itself.
    """
    if lead.received_at > _midnight(inputs, lead):
        return None
    select = inputs.settings.select
    hours = select.due_hours.get(lead.lead_type)
    due = lead.due_at or (None if hours is None else lead.received_at + timedelta(hours=hours))
    if due is not None:
        return due if due.date() == inputs.day else None
    if (inputs.day - lead.received_at.date()).days > (select.due_workdays + 3) * 3:
        return None
    calendar, received = inputs.settings.hours, lead.received_at.date()
    # A lead due by the end of a working day is overdue on a day off.
    if is_day_off(inputs.day, calendar) or workdays_since(received, inputs.day, calendar) != select.due_workdays:
        return None
    return _midnight(inputs, lead) + timedelta(days=1)


def _midnight(inputs: CheckInputs, lead: Lead) -> datetime:
    return datetime.combine(inputs.day, time(), lead.received_at.tzinfo)


def check_c23_decay(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C23: every case visit rests on a lead at most four half-lives old, which keeps a sixteenth of its weight."""
    for visit, _ in served(inputs, plan):
        if visit.track != "case":
            continue
        ages = [
            (_midnight(inputs, lead) - lead.received_at) / timedelta(days=inputs.half_life_days[lead.lead_type])
            for b in visit.basis
            if (lead := inputs.leads.get(b)) is not None
        ]
        if ages and min(ages) > 4 + 1e-9:
            yield Violation("C23", visit.visit_id, {"detail": f"{min(ages):.1f} half-lives"})
