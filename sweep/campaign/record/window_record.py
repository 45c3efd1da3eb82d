"""Record of a window's plan for campaign.json: days, promises, caps, inspected buildings, changes, duties."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import pandas as pd

from geodata.schema import TIMEZONE
from sweep.campaign.model.cap_use_and_uneven_hours import gini
from sweep.campaign.model.expected_window_finds import dispersion_of, finds_of, spread_of
from sweep.campaign.model.promise_deadlines import DueDate
from sweep.campaign.model.sweep_days import day_seed
from sweep.campaign.model.weekly_figures import expected_finds, expected_leads, weeks_of
from sweep.campaign.model.window_changes import ChangedInputs, window_changes
from sweep.campaign.record.actual_over_expected_finds import levels_of
from sweep.campaign.record.campaign_progress import (
    first_shown_week,
    looks_of,
    new_lead_rate,
    past_day_counts,
    quarters,
    unreported_visits,
)
from sweep.campaign.record.carried_facts import commitments, committed_on, sent_before
from sweep.campaign.record.promises_caps_duties import caps_of, load_of, promises_of, shares_of, worst_classes
from sweep.campaign.records import (
    CampaignRecord,
    CarriedPart,
    DayPart,
    StopPart,
    TeamPart,
    UnservedVisitPart,
    VisitPart,
    VoidPart,
)
from sweep.campaign.window.daily_offers import drawn_buildings
from sweep.campaign.window.load_campaign import LoadedCampaign, inputs_sha256, last_looks
from sweep.campaign.window.plan_window import FrozenDay, PlannedWindow
from sweep.campaign.window.visit_urgency import leads_due
from sweep.campaign.window.window_pins import open_musts
from sweep.campaign.window.window_problem import DayPlan
from sweep.rank.rank_buildings import Ranking
from sweep.records.draw import commitment
from sweep.records.people import MARKET_REGULATION, POLICE, Team
from sweep.records.plan import Route
from sweep.records.visits import Visit
from sweep.select.selection_tables import capped_firms, inspections_this_year
from sweep.select.target_firms import active_firms

_WAITS_FOR_PUBLISHED_DAY = "PUBLISHED_HELD"
_NO_TIME_REASONS = frozenset({"NO_TIME_LEFT", "LOW_VALUE", "NOT_WORTH_ITS_COST"})


def make_record(
    planned: PlannedWindow, days: Mapping[date, DayPlan], plan_ids: Mapping[date, str], before: CampaignRecord | None
) -> CampaignRecord:
    """
    Return the record of a window for campaign.json.

    `days`: final plan of each day; `plan_ids`: ids of the published editions by day; `before`: record that this one
    replaces, with which the plan is compared; None: no window was planned before.
    """
    loaded, plan, due = planned.loaded, planned.plan, planned.loaded.dues()
    planned_on = {v.building_id: d.day for d in days.values() for v in d.visits}
    value = sum(v.value for d in days.values() for v in d.visits)
    urgency = sum(v.urgency for d in planned.days for v in d.visits if planned_on.get(v.building_id) == d.day)
    bound = max(planned.plan.bound - urgency, value)
    parts = tuple(_day(planned, k, days[d], plan_ids.get(d)) for k, d in enumerate(planned.window.days))
    unserved_visits = tuple(_unserved_visits(planned, planned_on, due, before))
    changed_inputs = None if before is None else changed_inputs_since(planned, before.planned_on, unserved_visits)
    return CampaignRecord.model_validate(
        {
            **record_figures(loaded, parts, planned.rankings[planned.window.days[0]], before),
            "seed": plan.seed,
            "status": plan.status,
            "bound": bound,
            "gap": (bound - value) / (bound + urgency) if bound > 0 else 0.0,
            "urgency": urgency,
            "bound_method": plan.bound_method,
            "left": unserved_visits,
            "moves": window_changes(before, parts, loaded.today, changed_inputs),
            "void": tuple(voided_approvals(planned.published, days, plan_ids)),
        }
    )


def record_figures(
    loaded: LoadedCampaign, parts: Sequence[DayPart], ranking: Ranking, before: CampaignRecord | None
) -> dict[str, object]:
    """
    Return, by name, the fields of a `CampaignRecord` that the checker recomputes from the days and the inputs.

    `parts`: days of the window. `ranking`: ranking of the window's first day. `before`: previous record, or None.
    """
    campaign, window_end = loaded.campaign, loaded.campaign.window(loaded.today)[1]
    planned_on = {v.building_id: d.day for d in parts for v in d.visits}
    level = tuple(levels_of(loaded, ranking))
    spread, load = spread_of(parts, level), tuple(load_of(loaded, parts))
    parts = tuple(part.model_copy(update={"finds": finds_of((part,), level)}) for part in parts)
    expected, looks, due = expected_finds(parts, loaded.today, before), looks_of(loaded), loaded.dues()
    leads = expected_leads(*new_lead_rate(loaded), loaded.today, window_end, before)
    district_of = {b: x.division_code for b, x in loaded.buildings.items()}
    return {
        "name": campaign.name,
        "scenario": loaded.scenario.name,
        "first_day": campaign.first_day,
        "last_day": campaign.last_day,
        "planned_on": loaded.today,
        "inputs_sha256": inputs_sha256(loaded),
        "window_end": window_end,
        "freeze_until": loaded.freeze_until,
        "value": sum(v.value for d in parts for v in d.visits),
        "finds": finds_of(parts, level),
        "level": level,
        "days": parts,
        "commitments": commitments(loaded),
        "promises": tuple(promises_of(loaded, parts, due, planned_on)),
        "caps": tuple(caps_of(loaded, parts)),
        "districts": tuple(shares_of(looks, planned_on, district_of, loaded.inputs.division_names)),
        "classes": tuple(shares_of(looks, planned_on, worst_classes(loaded))),
        "load": load,
        "load_gini": round(gini([x.hours for x in load if x.n_days]), 6),
        "weeks": weeks_of(
            past_day_counts(loaded),
            parts,
            expected,
            loaded.all_days(),
            leads,
            first_shown_week(loaded),
            lambda mean: dispersion_of(mean, spread),
        ),
        "expected": expected,
        "quarters": quarters(loaded),
        "looks": looks,
        "unreported": unreported_visits(loaded),
        "due": {b: d.due_on for b, d in due.items()},
        "carried": CarriedPart(sent=sent_before(before, loaded.today), committed_on=committed_on(loaded, before)),
    }


def _day(planned: PlannedWindow, k: int, plan: DayPlan, plan_id: str | None) -> DayPart:
    draw = planned.offers[k].draw
    routes = {r.team_id: r for r in plan.routes}
    approved = {p.plan_id for p in planned.published if p.is_approved}
    return DayPart(
        day=plan.day,
        is_published=plan_id is not None,
        plan_id=plan_id,
        is_approved=plan_id in approved,
        commitment=commitment(day_seed(planned.loaded.campaign, plan.day)),
        pool_sha256=draw.pool_sha256,
        drawn=tuple(t.building_id for t in draw.tickets if t.is_drawn),
        teams=tuple(_team(t, routes.get(t.team_id)) for t in plan.teams),
        visits=tuple(_visit(planned, v) for v in plan.visits),
    )


def voided_approvals(
    published: Iterable[FrozenDay], days: Mapping[date, DayPlan], plan_ids: Mapping[date, str]
) -> Iterator[VoidPart]:
    """
    Yield each approved day whose approval lapses, with the ids of the teams whose orders in the new plan differ.

    `published`: days as published before; `days`: plans of the new window; `plan_ids`: ids of the editions published
    now, by day. An approved edition that is published again unchanged keeps its approval.
    """
    for p in published:
        if p.is_approved and plan_ids.get(p.day) != p.plan_id:
            then = _orders(p.plan.teams, p.plan.routes, p.visits.values())
            now = _orders(days[p.day].teams, days[p.day].routes, days[p.day].visits) if p.day in days else {}
            stale = tuple(sorted(t for t in then.keys() | now.keys() if now.get(t) != then.get(t)))
            yield VoidPart(day=p.day, plan_id=p.plan_id, team_ids=stale)


def _orders(teams: Iterable[Team], routes: Iterable[Route], visits: Iterable[Visit]) -> dict[str, object]:
    people = {t.team_id: sorted(t.member_ids) for t in teams}
    grounds = {v.visit_id: (v.track, v.basis, v.targets) for v in visits}
    return {
        r.team_id: (people[r.team_id], [(s.visit_id, s.slot, s.start_s, s.end_s, grounds[s.visit_id]) for s in r.stops])
        for r in routes
        if r.stops
    }


def _team(team: Team, route: Route | None) -> TeamPart:
    part = TeamPart.model_validate(team, from_attributes=True)
    if route is None or not route.stops:
        return part
    stops = tuple(StopPart.model_validate(s, from_attributes=True) for s in route.stops)
    return part.model_copy(update={"depart_s": route.depart_s, "return_s": route.return_s, "stops": stops})


def _visit(planned: PlannedWindow, visit: Visit) -> VisitPart:
    on_offer = [(o.day, o.visits[visit.building_id]) for o in planned.offers if visit.building_id in o.visits]
    return VisitPart(
        visit_id=visit.visit_id,
        building_id=visit.building_id,
        track=visit.track,
        basis=visit.basis,
        targets=visit.targets,
        value=visit.value,
        n_doors=visit.n_firms,
        urgency=visit.urgency,
        days=tuple(d for d, _ in on_offer),
        values=tuple(v.value for _, v in on_offer),
    )


def _due_while_published(planned: PlannedWindow) -> set[str]:
    """Return ids of buildings with a lead that falls due before the first unpublished day of the window."""
    days, out = planned.window.days, {p.day for p in planned.published}
    free = next((d for d in days if d not in out), date.max)
    return {b for b, due in leads_due(planned.loaded, days).items() if out and due[0] < free}


def _unserved_visits(
    planned: PlannedWindow, planned_on: Mapping[str, date], due: Mapping[str, DueDate], before: CampaignRecord | None
) -> Iterable[UnservedVisitPart]:
    """
    Yield the visits on no day of the window, except stocktakes that neither a promise nor a pin requires.

    Drawn visits of a published day and visits to pinned buildings are included even if they are no longer on offer. So
    are visits of the window's plan that the final plan of their day drops. If a lead falls due before the first
    unpublished day, the reason may be that published visits go first.
    """
    musts = open_musts(planned.loaded)
    end = planned.window.days[-1]
    best: dict[str, tuple[Visit, str]] = {}
    candidates = [(v, "LOW_VALUE") for day in planned.days for v in day.visits]
    for unserved in planned.plan.unserved:
        versions = planned.window.versions[unserved.visit_id]
        visit = max(versions.values(), key=lambda v: v.value)
        candidates.append((visit, unserved.reasons[0].code if unserved.reasons else ""))
    for visit, reason in candidates:
        if visit.building_id in planned_on:
            continue
        is_turn = visit.building_id in due and due[visit.building_id].due_on <= end
        if (visit.track != "stocktake" or is_turn or visit.building_id in musts) and (
            visit.building_id not in best or best[visit.building_id][0].value < visit.value
        ):
            best[visit.building_id] = visit, reason
    urgent = _due_while_published(planned)
    for offer in planned.offers:
        for b in offer.barred.keys() & urgent - planned_on.keys():
            best.setdefault(b, (offer.barred[b], _WAITS_FOR_PUBLISHED_DAY))
    for b, (v, why) in sorted(best.items(), key=lambda x: (-x[1][0].value, x[0])):
        reason = _WAITS_FOR_PUBLISHED_DAY if b in urgent and v.track == "case" and why in _NO_TIME_REASONS else why
        yield UnservedVisitPart(building_id=b, track=v.track, value=v.value, urgency=v.urgency, reason=reason)
    drawn = {b for p in planned.published for b in drawn_buildings(p.draw)} - planned_on.keys() - best.keys()
    again = [x for x in (before.left if before else ()) if x.building_id in drawn]
    yield from again
    for b in sorted((musts | drawn) - planned_on.keys() - best.keys() - {x.building_id for x in again}):
        track = "routine" if b in drawn else "stocktake"
        yield UnservedVisitPart(building_id=b, track=track, value=0.0, urgency=0.0, reason="NOT_ON_OFFER")


def changed_inputs_since(planned: PlannedWindow, since: date, unserved: Sequence[UnservedVisitPart]) -> ChangedInputs:
    """Return data that explain changes since the day `since`; `unserved`: visits without a day in the new plan."""
    loaded = planned.loaded
    inputs, days = loaded.inputs, planned.window.days
    now, start = (pd.Timestamp(day, tz=TIMEZONE) for day in (loaded.today, since))
    new_leads = inputs.leads[inputs.leads["building_id"].notna()]
    new_leads = new_leads[(new_leads["received_at"] >= start) & (new_leads["received_at"] < now)]

    return ChangedInputs(
        looks={b: on for b, on in last_looks(inputs.history, loaded.today).items() if on >= since},
        leads={str(b): at.date() for b, at in new_leads.groupby("building_id")["received_at"].max().items()},
        rechecks={r.recheck_id for r in inputs.rechecks if r.closed_on is None},
        on_duty={day: frozenset(people) for day, people in planned.on_duty.items()},
        capped=capped_by_year(loaded, days),
        leads_due=leads_due(loaded, days),
        due={b: d.due_on for b, d in loaded.dues().items()},
        offered={b for offer in planned.offers for b in offer.visits},
        unserved_reasons={x.building_id: x.reason for x in unserved if x.reason},
    )


def capped_by_year(loaded: LoadedCampaign, days: Sequence[date]) -> dict[int, frozenset[str]]:
    """Return by year of `days` the firms (uscc) that past visits have brought to their yearly cap (C06)."""
    select, firms = loaded.scenario.select, active_firms(loaded.inputs.firms)
    capped = {}
    for year, day in {day.year: day for day in days}.items():
        counts = inspections_this_year(loaded.history, day, select.cap_exempt)
        capped[year] = capped_firms(firms, counts, select.annual_cap, [POLICE, MARKET_REGULATION])
    return capped
