"""Past editions of a campaign; the visits of those without results count as done."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

from geodata.errors import InputError
from sweep.audit.approval import FILE_NAME as APPROVAL
from sweep.audit.audit_log import log_of_scenario
from sweep.audit.hash_chain import read_entries
from sweep.campaign.campaign_settings import Campaign
from sweep.campaign.model.sweep_days import day_seed
from sweep.campaign.record.carried_facts import FOUR_WEEKS
from sweep.campaign.window.check_campaign_against_log import ACT
from sweep.campaign.window.daily_editions import history_with_planned, read_published
from sweep.campaign.window.load_campaign import LoadedCampaign
from sweep.campaign.window.plan_window import FrozenDay
from sweep.campaign.window.window_problem import DayPlan
from sweep.inputs.earlier_results import plans_with_results
from sweep.publish.archive.check_editions_against_log import unrecorded_issue
from sweep.publish.archive.edition_json_file import read_unchanged
from sweep.publish.archive.plan_json import FILE_NAME
from sweep.publish.archive.plans_before_changes import ids_derived_from
from sweep.publish.archive.read_plan import read_plan_file


def editions_without_results(loaded: LoadedCampaign, editions: Path) -> Iterator[FrozenDay]:
    """
    Yield the last approved edition of each of the past 28 days, if it is undamaged and none of its visits has a result.

    `editions`: folder of the scenario's editions.
    """
    by_day = editions_by_day(loaded.campaign, loaded.today, editions)
    approved = {day: [f for f in folders if (f / APPROVAL).is_file()][-1:] for day, folders in by_day.items()}
    yield from without_results(loaded, {day: last for day, of in approved.items() for last in of})


def without_results(loaded: LoadedCampaign, approved: Mapping[date, Path]) -> Iterator[FrozenDay]:
    """Yield the editions in `approved` (folder by day) of which no visit has a result; skip damaged ones (C29)."""
    past, known = loaded.inputs.history, plans_with_results(loaded.scenario)
    were_there = set(zip(past["building_id"], past["visited_on"].dt.date, strict=True))
    for day, folder in approved.items():
        # An edition is read in full only if no result names it.
        if folder.name in known:
            continue
        with suppress(InputError):
            if ids_derived_from(folder.parent, {folder.name}, known):
                continue
            for published in read_published(folder.parent.parent, folder.parent.name, {day: folder.name}):
                if were_there.isdisjoint((b, day) for b in published.visits):
                    yield published


def with_unreported(loaded: LoadedCampaign, days: Iterable[FrozenDay]) -> LoadedCampaign:
    """Return the campaign with the visits of the past days `days` counted as done without a find."""
    plans = (DayPlan(p.day, p.plan.teams, p.plan.routes, tuple(p.visits.values())) for p in days)
    return replace(loaded, history_with_unreported=history_with_planned(loaded, plans))


def past_editions(campaign: Campaign, today: date, editions: Path) -> dict[date, Path]:
    """
    Return the folder of the last edition of each of the past 28 days, from the log of publications.

    The editions of a campaign's day are identified by the seed of their draw, which no other run has. A deleted
    edition, as after `sweep purge`, is skipped.
    """
    return {day: folders[-1] for day, folders in editions_by_day(campaign, today, editions).items()}


def editions_by_day(campaign: Campaign, today: date, editions: Path) -> dict[date, list[Path]]:
    """
    Return the folders of a campaign's editions for each of the past 28 days, the edition in force last.

    The day's older editions come first, in order of publication. If a later window keeps an edition, the edition counts
    as published again by that window.
    """
    folders_by_day: dict[date, list[Path]] = {}
    for entry in read_entries(log_of_scenario(editions.parent, editions.name).content()):
        facts = entry["facts"]
        if entry["act"] == ACT:
            kept = {editions / plan_id for plan_id in facts["plan_ids"]}
            folders_by_day = {day: sorted(folders, key=kept.__contains__) for day, folders in folders_by_day.items()}
        if entry["act"] == "run" and "draw_seed" in facts:
            day = date.fromisoformat(facts["day"])
            if today - FOUR_WEEKS <= day < today and facts["draw_seed"] == day_seed(campaign, day):
                folders_by_day.setdefault(day, []).append(editions / facts["plan_id"])
    there = {day: [f for f in folders if (f / FILE_NAME).is_file()] for day, folders in folders_by_day.items()}
    return {day: folders for day, folders in there.items() if folders}


def people_of(edition: Path) -> frozenset[str]:
    """Return the ids of the people in an edition's teams; InputError if its plan cannot be read."""
    return frozenset(i for team in read_plan_file(edition / FILE_NAME).teams for i in team.member_ids)


def is_changed(edition: Path) -> bool:
    """Return whether an edition's plan differs from its manifest or the audit log, or one of these is missing (C29)."""
    try:
        read_unchanged(edition, (FILE_NAME,))
        return unrecorded_issue(edition) is not None
    except InputError:
        return True
