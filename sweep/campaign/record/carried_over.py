"""What one record of a campaign hands on to the next, so that days which no window holds any more still count."""

from datetime import date, timedelta

from sweep.campaign.model.sweep_days import day_seed
from sweep.campaign.records import CampaignRecord, SentPart
from sweep.campaign.window.load_campaign import Loaded
from sweep.records.draw import commitment

# As far back as the limits of duty look.
FOUR_WEEKS = timedelta(days=28)


def sent_before(before: CampaignRecord | None, today: date) -> tuple[SentPart, ...]:
    """Who was in a team on each day of the four weeks before today, by the records so far; in order of the days."""
    if before is None:
        return ()
    sent = {part.day: part for part in before.carried.sent}
    for day in before.days:
        members = sorted({i for team in day.teams for i in team.member_ids})
        sent[day.day] = SentPart(day=day.day, member_ids=tuple(members))
    return tuple(sent[day] for day in sorted(sent) if today - FOUR_WEEKS <= day < today)


def commitments(loaded: Loaded) -> dict[str, str]:
    """What is published beforehand of the seed of each sweep day of the campaign, by ISO date (C09)."""
    return {day.isoformat(): commitment(day_seed(loaded.campaign, day)) for day in loaded.all_days()}


def committed_on(loaded: Loaded, before: CampaignRecord | None) -> dict[date, date]:
    """Day since which each sweep day's seed has been committed to; today for a new day or another seed."""
    made = dict.fromkeys(loaded.all_days(), loaded.today)
    if before is not None:
        own = commitments(loaded)
        held = [day for day in made if before.commitments.get(day.isoformat()) == own[day.isoformat()]]
        made |= {day: min(loaded.today, before.carried.committed_on.get(day, before.planned_on)) for day in held}
    return made
