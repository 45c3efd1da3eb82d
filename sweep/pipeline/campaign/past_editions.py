"""Editions of a campaign's days that are over: who was sent, whatever campaign.json says of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from geodata.errors import InputError
from sweep.audit.chain import read_entries
from sweep.audit.log import log_of_scenario
from sweep.campaign.calendar import day_seed
from sweep.campaign.settings import Campaign
from sweep.pipeline.campaign.on_record import ACT
from sweep.pipeline.campaign.record.carried import FOUR_WEEKS
from sweep.pipeline.edition_breaches import unrecorded_issue
from sweep.publish.archive.edition_json import read_unchanged
from sweep.publish.archive.plan_json import FILE_NAME
from sweep.publish.archive.plan_reading import read_plan_file


def past_editions(campaign: Campaign, today: date, editions: Path) -> dict[date, Path]:
    """
    The folder of the last edition of each day of the four weeks before today, by the log of what was published.

    The editions of a campaign's day are known by the seed of their draw, which no other run of the scenario has. One
    that is there no more, as after `sweep purge`, is left out.

    Parameters
    ----------
    editions
        The folder of the scenario's editions.
    """
    return {day: folders[-1] for day, folders in editions_by_day(campaign, today, editions).items()}


def editions_by_day(campaign: Campaign, today: date, editions: Path) -> dict[date, list[Path]]:
    """
    The folders of all editions of each of these days, in the order in which they were published.

    One that a later window kept comes last again.
    """
    found: dict[date, list[Path]] = {}
    for entry in read_entries(log_of_scenario(editions.parent, editions.name).content()):
        facts = entry["facts"]
        if entry["act"] == ACT:
            kept = {editions / plan_id for plan_id in facts["plan_ids"]}
            found = {day: sorted(folders, key=kept.__contains__) for day, folders in found.items()}
        if entry["act"] == "run" and "draw_seed" in facts:
            day = date.fromisoformat(facts["day"])
            if today - FOUR_WEEKS <= day < today and facts["draw_seed"] == day_seed(campaign, day):
                found.setdefault(day, []).append(editions / facts["plan_id"])
    there = {day: [f for f in folders if (f / FILE_NAME).is_file()] for day, folders in found.items()}
    return {day: folders for day, folders in there.items() if folders}


def people_of(edition: Path) -> frozenset[str]:
    """
    Ids of the people in the teams of an edition.

    Raises
    ------
    InputError
        If its plan cannot be read.
    """
    return frozenset(i for team in read_plan_file(edition / FILE_NAME).teams for i in team.member_ids)


def is_changed(edition: Path) -> bool:
    """Whether the plan of an edition is another than the one that was published (C29)."""
    try:
        read_unchanged(edition, (FILE_NAME,))
        return unrecorded_issue(edition) is not None
    except InputError:
        return True
