"""Verification of each day of a window as the plan of one day, from the inputs alone."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from geodata.errors import InputError
from sweep.audit.approval import FILE_NAME as APPROVAL
from sweep.campaign.records import CampaignRecord, DayPart
from sweep.campaign.window.daily_editions import as_published, on_offer_alone, prepared_day, read_published
from sweep.campaign.window.load_campaign import LoadedCampaign
from sweep.campaign.window.plan_campaign import FOLDER, published_ids
from sweep.campaign.window.plan_window import on_offer
from sweep.campaign.window.travel_matrix import make_ground
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

    An unpublished day has no edition: its starts, travel, shifts and minutes are checked in the window's plan.

    Parameters
    ----------
    before
        Record of the previous window; visits on its published days count as on offer, as they were published.
    place
        Folder of the scenario's editions, one subfolder per plan id.

    Raises
    ------
    InputError
        S305 if the plan of a day is missing.
    """
    out = {d.day: d.plan_id for d in record.days if d.plan_id is not None}
    said = {x.plan_id for x in record.void}
    for on, plan_id in published_ids(before, record.planned_on).items():
        if out.get(on) != plan_id and plan_id not in said and (place / plan_id / APPROVAL).is_file():
            yield Violation("M06", on.isoformat(), {"detail": plan_id})
    held = {}
    with suppress(InputError):
        # A changed edition is reported as such.
        kept = {day: out[day] for day in published_ids(before, record.planned_on) if day in out}
        held = {p.day: p for p in read_published(place.parent, place.name, kept)}
    ground, days = make_ground(loaded), tuple(d.day for d in record.days)
    on_duty, _, offers = on_offer(loaded, days, held)
    drafts = read_window(place / FOLDER, offers)
    earlier: list[DayPlan] = []
    for k, (part, offer) in enumerate(zip(record.days, offers, strict=True)):
        committed = record.carried.committed_on.get(part.day)
        if part.plan_id is None:
            if drafts is not None:
                draft = drafts[1][k]
                prepared = prepared_day(loaded, ground, draft, offer, on_duty[part.day], earlier, committed)
                plan = replace(drafts[0], teams=draft.teams, routes=draft.routes, unserved=())
                yield from (v for v in _on_day(part, check(prepared, plan)) if _is_of_times(v))
            continue
        plan = read_plan_file(place / part.plan_id / FILE_NAME)
        visits = tuple(offer.visits[v.building_id] for v in part.visits if v.building_id in offer.visits)
        if part.day in held:
            visits = as_published(visits, held[part.day])
        day = DayPlan(part.day, plan.teams, plan.routes, visits)
        prepared = prepared_day(loaded, ground, day, offer, on_duty[part.day], earlier, committed)
        earlier.append(day)
        judged = on_offer_alone(plan, prepared) if part.day in held else plan
        yield from _on_day(part, check(prepared, judged))
        recorded = {(s.building_id, s.start_s) for t in part.teams for s in t.stops}
        planned = {(s.building_id, s.start_s) for r in plan.routes for s in r.stops}
        for building_id, start_s in sorted(recorded ^ planned):
            yield Violation("M06", f"{part.day} {building_id}", {"detail": f"{part.plan_id} {start_s}"})


def _on_day(part: DayPart, checked: CheckedPlan) -> Iterator[Violation]:
    """Yield the violations of one day's plan, with the day added to their `where`."""
    return (replace(v, where=f"{part.day} {v.where}") for v in checked.violations)


def _is_of_times(violation: Violation) -> bool:
    """Return whether a violation concerns a route's times, not the value or status of the window."""
    # Rules on the times of one route, which also apply to unpublished days.
    return violation.rule_id in {"P02", "P03", "P06", "P07"} and violation.where.split()[-1] not in ("value", "status")
