"""Verification of each day of a window as the plan of one day, from the inputs alone."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from geodata.errors import InputError
from sweep.audit.approval import FILE_NAME as APPROVAL
from sweep.campaign.records import CampaignRecord, DayPart
from sweep.campaign.window.daily_editions import (
    prepared_day,
    read_published,
    with_published_values,
    without_withdrawn_visits,
)
from sweep.campaign.window.load_campaign import LoadedCampaign
from sweep.campaign.window.plan_campaign import FOLDER, published_ids
from sweep.campaign.window.plan_window import prepare_window_offers
from sweep.campaign.window.travel_and_day_problem import make_travel_matrix
from sweep.campaign.window.window_problem import DayPlan
from sweep.campaign.window.window_proof import read_window
from sweep.jobs.stages.check_day import CheckedPlan, check
from sweep.publish.archive.plan_json import FILE_NAME
from sweep.publish.archive.read_plan import read_plan_file
from sweep.records.plan import Violation


def judge_published(
    loaded: LoadedCampaign, record: CampaignRecord, before: CampaignRecord | None, place: Path
) -> Iterator[Violation]:
    """
    Yield violations of the rules of single days, and differences between campaign.json and a day's plan (M06).

    An unpublished day has no edition: its starts, travel, shifts and service times are checked in the window's plan.

    Parameters
    ----------
    before
        Record of the previous window; visits on days published by then count as on offer, as in their edition.
    place
        Folder of the scenario's editions, one subfolder per plan id.

    Raises
    ------
    InputError
        S305 if the plan of a day is missing.
    """
    out = {d.day: d.plan_id for d in record.days if d.plan_id is not None}
    voided_ids = {x.plan_id for x in record.void}
    for on, plan_id in published_ids(before, record.planned_on).items():
        if out.get(on) != plan_id and plan_id not in voided_ids and (place / plan_id / APPROVAL).is_file():
            yield Violation("M06", on.isoformat(), {"detail": plan_id})
    published_by_day = {}
    with suppress(InputError):
        # A changed edition is reported as such.
        published_ids_now = {day: out[day] for day in published_ids(before, record.planned_on) if day in out}
        published_by_day = {p.day: p for p in read_published(place.parent, place.name, published_ids_now)}
    travel_matrix, days = make_travel_matrix(loaded), tuple(d.day for d in record.days)
    on_duty, _, offers = prepare_window_offers(loaded, days, published_by_day)
    drafts = read_window(place / FOLDER, offers)
    earlier: list[DayPlan] = []
    for k, (part, offer) in enumerate(zip(record.days, offers, strict=True)):
        committed = record.carried.committed_on.get(part.day)
        if part.plan_id is None:
            if drafts is not None:
                draft = drafts[1][k]
                prepared = prepared_day(loaded, travel_matrix, draft, offer, on_duty[part.day], earlier, committed)
                plan = replace(drafts[0], teams=draft.teams, routes=draft.routes, unserved=())
                yield from (v for v in _on_day(part, check(prepared, plan)) if _concerns_times(v))
            continue
        plan = read_plan_file(place / part.plan_id / FILE_NAME)
        visits = tuple(offer.visits[v.building_id] for v in part.visits if v.building_id in offer.visits)
        if part.day in published_by_day:
            visits = with_published_values(visits, published_by_day[part.day])
        day = DayPlan(part.day, plan.teams, plan.routes, visits)
        prepared = prepared_day(loaded, travel_matrix, day, offer, on_duty[part.day], earlier, committed)
        earlier.append(day)
        judged = without_withdrawn_visits(plan, prepared) if part.day in published_by_day else plan
        yield from _on_day(part, check(prepared, judged))
        recorded = {(s.building_id, s.start_s) for t in part.teams for s in t.stops}
        planned = {(s.building_id, s.start_s) for r in plan.routes for s in r.stops}
        for building_id, start_s in sorted(recorded ^ planned):
            yield Violation("M06", f"{part.day} {building_id}", {"detail": f"{part.plan_id} {start_s}"})


def _on_day(part: DayPart, checked: CheckedPlan) -> Iterator[Violation]:
    return (replace(v, where=f"{part.day} {v.where}") for v in checked.violations)


def _concerns_times(violation: Violation) -> bool:
    # Rules on the times of one route, which also apply to unpublished days.
    return violation.rule_id in {"P02", "P03", "P06", "P07"} and violation.where.split()[-1] not in ("value", "status")
