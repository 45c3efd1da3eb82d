"""`sweep check` of a campaign: days and recomputed figures of campaign.json (M07), and each published day."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.message_catalogue import LANGUAGES, load_texts
from geodata.regular_file import is_present, read_regular
from sweep.campaign.campaign_settings import Campaign
from sweep.campaign.check.campaign_inputs import CampaignInputs
from sweep.campaign.check.rule_registry import SOFT, check_campaign
from sweep.campaign.record.campaign_progress import unreported_visits
from sweep.campaign.record.window_record import record_figures
from sweep.campaign.records import FILE_NAME, CampaignRecord
from sweep.campaign.window.check_campaign_against_log import BEFORE, campaign_breaches, read_record
from sweep.campaign.window.check_single_days import judge_published
from sweep.campaign.window.load_campaign import LoadedCampaign, inputs_sha256, last_looks, load_for, scenario_of
from sweep.campaign.window.plan_campaign import FOLDER, PAGE, page_of
from sweep.campaign.window.unreported_visits import (
    editions_without_results,
    is_changed,
    past_editions,
    people_of,
    with_unreported,
)
from sweep.campaign.window.visit_values import ranker_of, rankings
from sweep.campaign.window.window_proof import check_window_proof
from sweep.inputs.make_records import make_leads, make_other_inspections, make_past
from sweep.inputs.police_only_data import without_visits
from sweep.jobs.verification.check_proof import BoundStatus
from sweep.publish.archive.check_editions_against_log import edition_breaches
from sweep.publish.archive.plan_json import FILE_NAME as PLAN
from sweep.publish.facts.names_and_reasons import building_name
from sweep.records.plan import Violation
from sweep.scenario.checker_settings import settings_for_check
from sweep.select.target_firms import active_firms


@dataclass(frozen=True, slots=True)
class CheckedCampaign:
    """Result of the verification of a campaign: all its planned days together, and each published day."""

    record: CampaignRecord
    violations: tuple[Violation, ...]
    """Violations of hard rules, found by a check of all days together or of one published day alone."""
    soft_violations: tuple[Violation, ...]
    """Violations of soft rules, which are only reported."""
    bound: BoundStatus
    """Result of verifying the proof of the window's bound."""
    are_figures_judged: bool
    """Whether the figures were recomputed: settings and tables are those from which the window was planned."""
    names: Mapping[str, str]
    """Names of buildings and of visits, by id."""


def check_days(campaign: Campaign, out: Path, overrides: Mapping[str, str] | None = None) -> CheckedCampaign:
    """
    Check a planned campaign in `out`: all its days, the figures in its record and the proof of its bound.

    Raises
    ------
    InputError
        S918 if the campaign has no plan, S305 if the plan of a published day is missing; also the errors of its inputs.
    """
    editions = out / scenario_of(campaign, campaign.first_day, overrides).name
    place = editions / FOLDER
    record, before = read_record(place), read_record(place, BEFORE)
    if record is None:
        raise InputError([Issue("S918", str(place / FILE_NAME))])
    loaded = load_for(campaign, record.planned_on, overrides)
    loaded = with_unreported(loaded, editions_without_results(loaded, editions))
    past = past_editions(campaign, record.planned_on, editions)
    sent = {day: people_of(folder) for day, folder in past.items()}
    violations = check_campaign(replace(campaign_inputs(loaded, record, before), sent=sent))
    shown = check_window_proof(place, record)
    hard = [*(v for v in violations if v.rule_id not in SOFT), *shown.violations]
    hard += [*judge_published(loaded, record, before, editions), *_changed_editions(record, editions)]
    hard += campaign_breaches(place)
    wrong = wrong_figures(loaded, record, before, place)
    hard += wrong or ()
    hard += [Violation("C29", f"{day} {PLAN}", {"detail": "sha256"}) for day, p in past.items() if is_changed(p)]
    soft = tuple(v for v in violations if v.rule_id in SOFT)
    names = {b: building_name(x, b) for b, x in loaded.buildings.items()}
    names |= {v.visit_id: names.get(v.building_id, v.building_id) for d in record.days for v in d.visits}
    return CheckedCampaign(record, tuple(hard), soft, shown.status, wrong is not None, names)


def _changed_editions(record: CampaignRecord, editions: Path) -> Iterator[Violation]:
    for day in record.days:
        if day.plan_id is not None:
            breaches = edition_breaches(editions / day.plan_id)
            yield from (replace(v, where=f"{day.day} {v.where}") for v in breaches)


def campaign_inputs(loaded: LoadedCampaign, record: CampaignRecord, before: CampaignRecord | None) -> CampaignInputs:
    """Return the checker's inputs for all days together; `before`: the record that `record` replaces, or None."""
    inputs, firms = loaded.inputs, active_firms(loaded.inputs.firms)
    classes = firms.dropna(subset="credit_class")
    past = tuple(v for v in make_past(inputs) if v.visited_on < loaded.now)
    return CampaignInputs(
        record=record,
        before=before,
        campaign=loaded.campaign,
        settings=settings_for_check(loaded.scenario),
        persons=loaded.persons,
        duty=loaded.duty,
        credit_class=dict(zip(classes["uscc"], classes["credit_class"], strict=True)),
        facts=loaded.facts,
        past=past,
        other_inspections=make_other_inspections(inputs),
        looks=last_looks(inputs.history, loaded.today),
        unreported=unreported_visits(loaded),
        leads={i: x for i, x in make_leads(inputs).items() if x.received_at < loaded.now},
        rechecks=inputs.rechecks,
        withheld={d.day: without_visits(inputs, d.day) for d in record.days},
        dwellings=frozenset(firms["uscc"][firms["unit_use"].isin(["dwelling", "mixed"])]),
        n_register=len(firms),
        pins=inputs.pins,
    )


def next_day(record: CampaignRecord) -> date:
    """Return the day from which the next window is planned by default: the day after the record's first sweep day."""
    first = next((d.day for d in record.days), record.planned_on)
    return first + timedelta(days=1)


def wrong_figures(
    loaded: LoadedCampaign, record: CampaignRecord, before: CampaignRecord | None, place: Path
) -> list[Violation] | None:
    """
    Return a violation (M07) for each recorded figure that differs when recomputed; None if the inputs have changed.

    `before`: record that `record` replaces; `place`: folder of the campaign's files.
    """
    if not record.days or record.inputs_sha256 != inputs_sha256(loaded):
        return None
    first = record.days[0].day
    ranking = rankings(loaded, ranker_of(loaded), (first,))[first]
    figures = record_figures(loaded, record.days, ranking, before)
    right = CampaignRecord.model_validate({**dict(record), **figures})
    wanted, recorded = right.model_dump(mode="json"), record.model_dump(mode="json")
    wrong = [
        Violation("M07", key, {"detail": f"{recorded[key]!s:.40} != {wanted[key]!s:.40}"})
        for key in sorted(figures)
        if not _is_alike(wanted[key], recorded[key])
    ]
    if not _is_alike(record.gap * (record.bound + record.urgency), record.bound - record.value):
        wrong.append(Violation("M07", "gap", {"detail": f"{record.gap:.6f}"}))
    pages = (page_of(loaded, record, load_texts(lang)).encode() for lang in LANGUAGES)
    if is_present(place / PAGE) and read_regular(place / PAGE) not in pages:
        wrong.append(Violation("M07", PAGE, {"detail": "-"}))
    return wrong


def _is_alike(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-6)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_is_alike(x, other[key]) for key, x in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(_is_alike(x, y) for x, y in zip(one, other, strict=True))
    return one == other
