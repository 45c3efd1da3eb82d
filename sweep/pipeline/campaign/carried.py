"""What one record of a campaign hands on to the next, so that days which no window holds any more still count."""

from __future__ import annotations

from datetime import date, timedelta

from sweep.records.campaign import CampaignRecord, SentPart

# As far back as the limits of duty look.
FOUR_WEEKS = timedelta(days=28)


def sent_before(before: CampaignRecord | None, today: date) -> tuple[SentPart, ...]:
    """
    Who was in a team on each day of the four weeks before today, by the records so far; in order of the days.

    Parameters
    ----------
    before
        The record of the window before today's; None: it is the first.
    """
    if before is None:
        return ()
    sent = {part.day: part for part in before.carried.sent}
    for day in before.days:
        members = sorted({i for team in day.teams for i in team.member_ids})
        sent[day.day] = SentPart(day=day.day, member_ids=tuple(members))
    return tuple(sent[day] for day in sorted(sent) if today - FOUR_WEEKS <= day < today)
