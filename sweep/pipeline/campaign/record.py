"""The plan of a window as campaign.json's record: days, promises, caps, moves, coverage, load."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from sweep.campaign.accounts import cap_accounts, gini, moves, weeks_of
from sweep.campaign.calendar import commitment, day_seed
from sweep.campaign.promises import Due, standings
from sweep.pipeline.campaign.history import looks_since, quarters, weeks_done
from sweep.pipeline.campaign.loaded import last_looks
from sweep.pipeline.campaign.plan import Planned
from sweep.pipeline.campaign.window import DayPlan
from sweep.records.campaign import (
    CampaignRecord,
    CapPart,
    DayPart,
    LeftPart,
    LoadPart,
    PromisePart,
    SharePart,
    StopPart,
    TeamPart,
    VisitPart,
)
from sweep.records.plan import Route
from sweep.records.visits import Visit
from sweep.select.targets import CLASS_ORDER, active_firms

_NO_CLASS = "none"


def make_record(
    planned: Planned, days: Mapping[date, DayPlan], plan_ids: Mapping[date, str], before: CampaignRecord | None
) -> CampaignRecord:
    """
    The window as it stands in campaign.json.

    Parameters
    ----------
    days
        The plan of each day; those that are published as they were published.
    plan_ids
        Editions by day.
    before
        The record of the window before this one; None: it is the first.
    """
    loaded, plan = planned.loaded, planned.plan
    campaign, due = loaded.campaign, loaded.dues()
    planned_on = {v.building_id: d.day for d in days.values() for v in d.visits}
    all_days = loaded.all_days()
    load = tuple(_load(planned, days.values()))
    value = sum(v.value for d in days.values() for v in d.visits)
    urgency = sum(v.urgency for d in planned.days for v in d.visits)
    bound = max(plan.bound, value)
    parts = tuple(_day(planned, k, days[d], plan_ids.get(d)) for k, d in enumerate(planned.window.days))
    return CampaignRecord(
        name=campaign.name,
        scenario=loaded.scenario.name,
        first_day=campaign.first_day,
        last_day=campaign.last_day,
        planned_on=loaded.today,
        window_end=campaign.window(loaded.today)[1],
        freeze_until=planned.freeze_until,
        seed=plan.seed,
        status=plan.status,
        value=value,
        bound=bound,
        gap=(bound - value) / (bound + urgency) if bound > 0 else 0.0,
        urgency=urgency,
        bound_method=plan.bound_method,
        days=parts,
        commitments={d.isoformat(): commitment(day_seed(campaign, d)) for d in all_days},
        left=tuple(_left(planned, planned_on, due)),
        promises=tuple(_promises(planned, due, planned_on, len(all_days))),
        caps=tuple(_caps(planned, days.values())),
        moves=moves(before, parts, loaded.today),
        districts=tuple(_shares(planned, planned_on, {b: x.division_code for b, x in loaded.buildings.items()})),
        classes=tuple(_shares(planned, planned_on, worst_classes(planned))),
        load=load,
        load_gini=round(gini([x.hours for x in load if x.n_days]), 6),
        weeks=weeks_of(weeks_done(loaded), parts, before),
        quarters=quarters(loaded),
        last_looks=last_looks(loaded.inputs.history, loaded.today),
        due={b: d.due_on for b, d in due.items()},
    )


def worst_classes(planned: Planned) -> dict[str, str]:
    """The worst credit class of each building's firms, by building id."""
    worst: dict[str, str] = {}
    firms = active_firms(planned.loaded.inputs.firms)
    known = firms[firms["credit_class"].notna()]
    for b, c in zip(known["building_id"], known["credit_class"], strict=True):
        if CLASS_ORDER[c] < CLASS_ORDER.get(worst.get(str(b), ""), 9):
            worst[str(b)] = str(c)
    return {b: worst.get(b, _NO_CLASS) for b in planned.loaded.buildings}


def _day(planned: Planned, k: int, plan: DayPlan, plan_id: str | None) -> DayPart:
    seed, draw = day_seed(planned.loaded.campaign, plan.day), planned.offers[k].draw
    routes = {r.team_id: r for r in plan.routes}
    return DayPart(
        day=plan.day,
        is_published=plan_id is not None,
        plan_id=plan_id,
        draw_seed=seed,
        commitment=commitment(seed),
        pool_sha256=draw.pool_sha256,
        drawn=tuple(t.building_id for t in draw.tickets if t.is_drawn),
        teams=tuple(
            TeamPart(
                team_id=t.team_id,
                member_ids=t.member_ids,
                base_id=t.base_id,
                is_reserve=t.is_reserve,
                **_times(routes.get(t.team_id)),
            )
            for t in plan.teams
        ),
        visits=tuple(_visit(planned, v) for v in plan.visits),
    )


def _times(route: Route | None) -> dict[str, object]:
    if route is None or not route.stops:
        return {}
    stops = tuple(
        StopPart(visit_id=s.visit_id, slot=s.slot, building_id=s.building_id, start_s=s.start_s, end_s=s.end_s)
        for s in route.stops
    )
    return {"depart_s": route.depart_s, "return_s": route.return_s, "stops": stops}


def _visit(planned: Planned, visit: Visit) -> VisitPart:
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


def _left(planned: Planned, planned_on: Mapping[str, date], due: Mapping[str, Due]) -> Iterable[LeftPart]:
    """What the window cannot do: visits on leads and lists, of the draw, and turns that fall due in it."""
    end = planned.window.days[-1]
    best: dict[str, tuple[Visit, str]] = {}
    for unserved in planned.plan.unserved:
        of = planned.window.versions[unserved.visit_id]
        visit = max(of.values(), key=lambda v: v.value)
        reason = unserved.reasons[0].code if unserved.reasons else ""
        if visit.building_id in planned_on:
            continue
        is_turn = visit.building_id in due and due[visit.building_id].due_on <= end
        if (visit.track != "stocktake" or is_turn) and (
            visit.building_id not in best or best[visit.building_id][0].value < visit.value
        ):
            best[visit.building_id] = visit, reason
    for b, (v, reason) in sorted(best.items(), key=lambda x: (-x[1][0].value, x[0])):
        yield LeftPart(building_id=b, track=v.track, value=v.value, urgency=v.urgency, reason=reason)


def _promises(
    planned: Planned, due: Mapping[str, Due], planned_on: Mapping[str, date], n_days: int
) -> Iterable[PromisePart]:
    campaign = planned.loaded.campaign
    weeks = ((campaign.last_day - campaign.first_day).days + 1) / 7.0
    on, end = planned.loaded.today, planned.window.days[-1]
    for s in standings(due.values(), campaign.kept, on, end, planned_on, n_days / weeks):
        p50, p90, p99 = s.over_days
        yield PromisePart(
            key=s.promise.key,
            value=s.promise.value,
            days=s.promise.days,
            n_buildings=s.n_buildings,
            n_kept=s.n_kept,
            n_late=s.n_late,
            n_at_risk=s.n_at_risk,
            p50=p50,
            p90=p90,
            p99=p99,
            needs_per_day=s.needs_per_day,
        )


def _caps(planned: Planned, days: Iterable[DayPlan]) -> Iterable[CapPart]:
    inputs, scenario = planned.loaded.inputs, planned.loaded.scenario
    firms = active_firms(inputs.firms)
    classes = dict(zip(firms["uscc"], firms["credit_class"].fillna(_NO_CLASS), strict=True))
    rows = zip(
        inputs.history["uscc"],
        inputs.history["visited_on"],
        inputs.history["track"],
        inputs.history["authority"],
        inputs.history["ground"],
        strict=True,
    )
    done = [
        (str(a), str(u), t.year)
        for u, t, track, a, ground in rows
        if isinstance(u, str)
        and track not in ("stocktake", "case", "investigation")
        and ground not in scenario.select.cap_exempt
    ]
    to_come = [(u, d.day.year) for d in days for v in d.visits if v.track in ("routine", "special") for u in v.targets]
    years = sorted({d.year for d in planned.window.days})
    return cap_accounts(classes, scenario.select.annual_cap, done, to_come, years)


def _shares(planned: Planned, planned_on: Mapping[str, date], group_of: Mapping[str, str]) -> Iterable[SharePart]:
    since = looks_since(planned.loaded, planned.loaded.campaign.first_day)
    ever = last_looks(planned.loaded.inputs.history, planned.loaded.today)
    groups: dict[str, list[str]] = defaultdict(list)
    for b, group in group_of.items():
        groups[group].append(b)
    for group, ids in sorted(groups.items()):
        yield SharePart(
            group=group,
            n_buildings=len(ids),
            n_looked=sum(b in since for b in ids),
            n_planned=sum(b in planned_on for b in ids),
            n_never=sum(b not in ever and b not in planned_on for b in ids),
        )


def _load(planned: Planned, days: Iterable[DayPlan]) -> Iterable[LoadPart]:
    plan = planned.loaded.scenario.plan
    hours = (plan.shift_end_s - plan.shift_start_s) / 3600.0
    n = Counter(i for d in days for t in d.teams for i in t.member_ids)
    return (LoadPart(person_id=i, n_days=n[i], hours=round(n[i] * hours, 3)) for i in sorted(planned.loaded.persons))
