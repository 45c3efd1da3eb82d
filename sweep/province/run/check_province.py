"""Verification of a province's edition: each county from its files, then rules between counties."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from geodata.errors import InputError, Issue
from sweep.campaign.check.check_campaign import campaign_inputs
from sweep.campaign.check.rule_registry import SOFT, check_campaign
from sweep.campaign.window.check_campaign_against_log import BEFORE, read_record
from sweep.campaign.window.check_single_days import judge_published
from sweep.campaign.window.window_proof import check_window_proof
from sweep.jobs.stages.check_day import check
from sweep.province.check.cross_county import (
    CountySummary,
    check_people_once,
    check_province,
    summary_of_plan,
    summary_of_window,
)
from sweep.province.model.load_province import Province
from sweep.province.pages.province_json import CAMPAIGN, county_editions, county_folder, read_province_edition
from sweep.province.records import CountyOutcome, ProvinceEdition
from sweep.province.run.altered_edition_files import province_breaches
from sweep.province.run.county_window import load_window, n_more_by, reinforced_window
from sweep.province.run.county_with_mobile_teams import MOBILE_ID, CountyAssignment, reinforced_problem
from sweep.province.run.published_windows import PreviousWindow, windows_before
from sweep.province.run.value_curve import read_county
from sweep.publish.archive.check_editions_against_log import edition_breaches
from sweep.publish.archive.plan_json import FILE_NAME as PLAN
from sweep.publish.archive.read_plan import read_plan_file
from sweep.records.plan import Violation
from sweep.scenario.load_scenario import load_scenario


def judge_province(province: Province, folder: Path, on_progress: Callable[[int, int, str], None]) -> list[Violation]:
    """
    Return violations in the edition in `folder`: of rules in and between counties, and of its manifest (C29).

    Parameters
    ----------
    on_progress
        Called with the number of verified counties, their total, and the current one.

    Raises
    ------
    InputError
        S969 without an edition, S305 for a missing plan; also if the files of a county are invalid.
    """
    edition = read_province_edition(folder)
    violations = list(province_breaches(folder))
    summaries: dict[str, CountySummary] = {}
    before = windows_before(folder.parent, date.fromisoformat(edition.day)) if edition.is_campaign else {}
    for n, county in enumerate(edition.planned):
        county_id = county.county.county_id
        on_progress(n, len(edition.planned), county_id)
        own_folder = folder / county_folder(county)
        if edition.is_campaign:
            approved = before.get(county_id, PreviousWindow()).approved
            summaries[county_id], own_violations = _judge_window(province, edition, county, own_folder, approved)
        else:
            summaries[county_id], own_violations = _judge_day(province, edition, county, own_folder)
        own = [folder / name for name in county_editions(county)]
        own_violations += [v for each in own for v in edition_breaches(each)]
        violations += [replace(v, where=f"{county_id}: {v.where}") for v in own_violations]
    set_ = province.settings.mobile
    violations += check_province(province.links, set_.teams, province.mobile, MOBILE_ID, summaries)
    return [*violations, *shared_people(province, summaries)]


def shared_people(province: Province, summaries: Mapping[str, CountySummary]) -> list[Violation]:
    """Return a violation per person in teams of several counties on a day; none if ids are unique per county only."""
    return list(check_people_once(MOBILE_ID, summaries)) if province.settings.person_ids == "province" else []


def county_summaries(edition: ProvinceEdition, folder: Path) -> dict[str, CountySummary]:
    """Return by county id the plan summary for the rules between counties; S305 or S921 if a plan is unreadable."""
    summaries: dict[str, CountySummary] = {}
    for county in edition.planned:
        own = folder / county_folder(county)
        record = read_record(own / CAMPAIGN) if edition.is_campaign else None
        summaries[county.county.county_id] = (
            summary_of_window(record, date.fromisoformat(edition.day))
            if record
            else summary_of_plan(read_plan_file(own / PLAN))
        )
    return summaries


def _judge_day(
    province: Province, edition: ProvinceEdition, outcome: CountyOutcome, own: Path
) -> tuple[CountySummary, list[Violation]]:
    """Check a county's day in folder `own`; return its summary for the rules between counties, and violations."""
    plan = read_plan_file(own / PLAN)
    county_id = outcome.county.county_id
    n_mobile = edition.allocation.n_mobile[county_id]
    at = {link.link_id: s.building_id for link in edition.links for s in link.sites if s.county_id == county_id}
    windows = {at[s.link_id]: s.window_s for s in edition.starts if s.link_id in at and s.window_s}
    on_offer = outcome.curve.windows_s if outcome.curve else {}
    never = tuple(b for b in sorted(set(at.values()) - set(windows)) if b in on_offer)
    scenario = load_scenario(province.place(outcome.county), _overrides(province, edition))
    task = CountyAssignment(province.mobile, n_mobile, windows, never)
    n_teams = len(plan.teams) // (1 + (scenario.teams.mode == "squads"))
    prepared, _ = reinforced_problem(read_county(scenario), task, n_teams, plan.members_max)
    return summary_of_plan(plan), list(check(prepared, plan).violations)


def _judge_window(
    province: Province, edition: ProvinceEdition, outcome: CountyOutcome, own: Path, approved: Mapping[str, str]
) -> tuple[CountySummary, list[Violation]]:
    """
    Check a county's window in folder `own`; return its summary for the rules between counties, and violations.

    `approved`: folder of the last approved edition of a past day, by day.
    """
    county_id = outcome.county.county_id
    record = read_record(own / CAMPAIGN)
    if record is None:
        raise InputError([Issue("S918", str(own / CAMPAIGN))])
    sites = province.sites_of(county_id)
    loaded = load_window(province.place(outcome.county), _overrides(province, edition), sites, approved)
    task = CountyAssignment(province.mobile, edition.allocation.n_mobile[county_id])
    reinforced = reinforced_window(loaded, task, n_more_by(record, loaded, task))
    before = read_record(own / CAMPAIGN, BEFORE)
    violations = [v for v in check_campaign(campaign_inputs(reinforced, record, before)) if v.rule_id not in SOFT]
    violations += [
        *check_window_proof(own / CAMPAIGN, record).violations,
        *judge_published(reinforced, record, before, own),
    ]
    return summary_of_window(record, date.fromisoformat(edition.day)), violations


def _overrides(province: Province, edition: ProvinceEdition) -> dict[str, str]:
    return {**province.settings.overrides, "day": edition.day}
