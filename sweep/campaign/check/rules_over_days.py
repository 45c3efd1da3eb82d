"""Checker's rules on a campaign's calendar, routes, value, draws and pins (M01, M05-M07, C09, C11, P10)."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sweep.campaign.campaign_settings import WEEKDAYS
from sweep.campaign.check.campaign_inputs import CampaignInputs, visits
from sweep.campaign.records import DayPart, VisitPart
from sweep.check.checker_calendar import is_day_off
from sweep.check.pin_compliance import pin_detail, pin_violation
from sweep.check.plan_consistency import VALUE_TOLERANCE
from sweep.records.plan import Violation


def check_m01_calendar(inputs: CampaignInputs) -> Iterator[Violation]:
    """M01: every planned day is a workday within the campaign: a listed day or, without a list, on a listed weekday."""
    campaign = inputs.campaign
    for day in (part.day for part in inputs.record.days):
        is_listed = day in campaign.days if campaign.days else WEEKDAYS[day.weekday()] in campaign.weekdays
        is_workday = not is_day_off(day, inputs.settings.hours)
        if not (campaign.first_day <= day <= campaign.last_day and is_listed and is_workday):
            yield Violation("M01", day.isoformat(), {"detail": day.isoformat()})


def check_m05_times(inputs: CampaignInputs) -> Iterator[Violation]:
    """M05: a team's stops do not overlap, and lie between departure and return, within the scenario's shift."""
    plan = inputs.settings.plan
    for day in inputs.record.days:
        known = {v.visit_id: v.building_id for v in day.visits}
        for team in day.teams:
            free = team.depart_s
            where = f"{day.day} {team.team_id}"
            for stop in team.stops:
                if stop.start_s < free or stop.end_s < stop.start_s or known.get(stop.visit_id) != stop.building_id:
                    yield Violation("M05", where, {"detail": stop.visit_id})
                free = stop.end_s
            is_out = bool(team.stops)
            if is_out and (team.is_reserve or free > team.return_s):
                yield Violation("M05", where, {"detail": f"{free} > {team.return_s}"})
            if is_out and (team.depart_s < plan.shift_start_s or team.return_s > plan.shift_end_s):
                yield Violation("M05", where, {"detail": f"{team.depart_s}-{team.return_s}"})
        made = {s.visit_id for t in day.teams for s in t.stops}
        for visit_id in sorted(known.keys() ^ made):
            yield Violation("M05", f"{day.day} {visit_id}", {"detail": known.get(visit_id, visit_id)})


def check_m06_freeze(inputs: CampaignInputs) -> Iterator[Violation]:
    """M06: a published future visit keeps its day, teams, members and times, or the record lists its change."""
    if inputs.before is None:
        return
    now = {v.building_id: _orders(d, v) for d, v in visits(inputs)}
    moved = {m.building_id for m in inputs.record.moves if m.is_frozen}
    for day in inputs.before.days:
        if day.is_published and day.day >= inputs.record.planned_on:
            for visit in day.visits:
                if now.get(visit.building_id) != _orders(day, visit) and visit.building_id not in moved:
                    yield Violation("M06", f"{day.day} {visit.building_id}", {"detail": day.day.isoformat()})


def _orders(day: DayPart, visit: VisitPart) -> tuple[date, list[tuple[object, ...]]]:
    """Return a visit's day and, for each of its teams, (team id, slot, start_s, end_s, member ids in order)."""
    stops = [(t, s) for t in day.teams for s in t.stops if s.visit_id == visit.visit_id]
    return day.day, sorted((t.team_id, s.slot, s.start_s, s.end_s, *sorted(t.member_ids)) for t, s in stops)


def check_m07_value(inputs: CampaignInputs) -> Iterator[Violation]:
    """M07: the campaign's value is the sum over its visits, and does not exceed its bound."""
    record = inputs.record
    total = sum(v.value for _, v in visits(inputs))
    if abs(total - record.value) > VALUE_TOLERANCE * max(1.0, total):
        yield Violation("M07", "value", {"detail": f"{record.value:.6f} != {total:.6f}"})
    if record.bound < record.value - VALUE_TOLERANCE * max(1.0, total):
        yield Violation("M07", "bound", {"detail": f"{record.bound:.6f} < {record.value:.6f}"})
    for day, visit in visits(inputs):
        if dict(zip(visit.days, visit.values, strict=False)).get(day.day) != visit.value:
            yield Violation("M07", f"{day.day} {visit.visit_id}", {"detail": f"{visit.value:.6f}"})


def check_c09_draws(inputs: CampaignInputs) -> Iterator[Violation]:
    """
    C09: each day's draw uses its committed seed; a drawn building is visited that day or listed as unserved.

    A lead received after the draw was published may move the visit to another day.
    """
    unserved = {x.building_id for x in inputs.record.left}
    on_leads = {v.building_id for _, v in visits(inputs) if v.track == "case"}
    seen: dict[str, str] = {}
    for day in inputs.record.days:
        where = day.day.isoformat()
        seed = hashlib.sha256(f"{inputs.campaign.base_seed}|{where}".encode()).hexdigest()[:32]
        committed = hashlib.sha256(seed.encode()).hexdigest()
        if {day.commitment, inputs.record.commitments.get(where)} != {committed}:
            yield Violation("C09", where, {"detail": day.commitment[:13]})
        if (since := inputs.record.carried.committed_on.get(day.day)) not in (None, _committed_on(inputs, day.day)):
            yield Violation("C09", where, {"detail": str(since)})
        made = {v.building_id for v in day.visits if v.track == "routine"}
        for b in sorted(made - set(day.drawn)):
            yield Violation("C09", f"{where} {b}", {"detail": b})
        for b in day.drawn:
            if b in seen or b not in made | unserved | on_leads:
                yield Violation("C09", f"{where} {b}", {"detail": seen.get(b, b)})
            seen[b] = where


def _committed_on(inputs: CampaignInputs, day: date) -> date:
    """Return when the campaign's records first committed to the seed that its latest record has for `day`."""
    before, record, key = inputs.before, inputs.record, day.isoformat()
    if before is None or before.commitments.get(key) != record.commitments.get(key):
        return record.planned_on
    return min(record.planned_on, before.carried.committed_on.get(day, before.planned_on))


def check_c11_once(inputs: CampaignInputs) -> Iterator[Violation]:
    """C11: no building and no firm is visited twice in the window."""
    seen: dict[str, list[str]] = defaultdict(list)
    for day, visit in visits(inputs):
        for key in (visit.building_id, *visit.targets):
            seen[key].append(day.day.isoformat())
    for key, days in sorted(seen.items()):
        if len(days) > 1:
            yield Violation("C11", key, {"detail": ", ".join(days)})


def check_p10_pins(inputs: CampaignInputs) -> Iterator[Violation]:
    """
    P10: every pin holds on each day, and every must-visit is made in the window or listed as unserved.

    A must-visit made since the campaign began counts as done if it had access or has no result.
    """
    record = inputs.record
    known = {v.building_id for _, v in visits(inputs)} | {x.building_id for x in record.left}
    known |= {b for b, on in (*inputs.looks.items(), *inputs.unreported.items()) if on >= inputs.campaign.first_day}
    for pin in inputs.pins:
        if pin.kind == "must" and pin.building_id not in known:
            yield pin_violation(pin)
        for day in record.days:
            if (detail := pin_detail(pin, _starts_by_building(day), is_changed=True)) is not None:
                yield pin_violation(pin, f"{detail} {day.day}")


def _starts_by_building(day: DayPart) -> dict[str, list[tuple[str, int]]]:
    starts_by_building: dict[str, list[tuple[str, int]]] = {}
    for team in day.teams:
        for stop in team.stops:
            starts_by_building.setdefault(stop.building_id, []).append((team.team_id, stop.start_s))
    return starts_by_building
