"""Data that a campaign's record carries over from earlier windows."""

from datetime import date, timedelta

from sweep.campaign.model.sweep_days import day_seed
from sweep.campaign.records import CampaignRecord, SentPart
from sweep.campaign.window.load_campaign import LoadedCampaign
from sweep.records.draw import commitment

# Longest period of a duty limit.
FOUR_WEEKS = timedelta(days=28)


def sent_before(before: CampaignRecord | None, today: date) -> tuple[SentPart, ...]:
    """Return the people in teams on each of the 28 days before today, from the last record `before`; empty for None."""
    if before is None:
        return ()
    sent = {part.day: part for part in before.carried.sent}
    for day in before.days:
        members = sorted({i for team in day.teams for i in team.member_ids})
        sent[day.day] = SentPart(day=day.day, member_ids=tuple(members))
    return tuple(sent[day] for day in sorted(sent) if today - FOUR_WEEKS <= day < today)


def commitments(loaded: LoadedCampaign) -> dict[str, str]:
    """Return, by ISO date of each sweep day, the commitment to publish for its draw (C09): SHA-256 of the seed."""
    return {day.isoformat(): commitment(day_seed(loaded.campaign, day)) for day in loaded.all_days()}


def committed_on(loaded: LoadedCampaign, before: CampaignRecord | None) -> dict[date, date]:
    """
    Return, by sweep day, the day on which the commitment to its seed was published; today for a new day or seed.

    `before`: the last record, with the earlier commitments; None: all are new.
    """
    made = dict.fromkeys(loaded.all_days(), loaded.today)
    if before is not None:
        own = commitments(loaded)
        unchanged = [day for day in made if before.commitments.get(day.isoformat()) == own[day.isoformat()]]
        made |= {day: min(loaded.today, before.carried.committed_on.get(day, before.planned_on)) for day in unchanged}
    return made
