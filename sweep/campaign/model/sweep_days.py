"""Sweep days of a campaign, and the seed of each day's draw."""

import hashlib
from collections.abc import Callable
from datetime import date, timedelta

from geodata.errors import Issue
from sweep.campaign.campaign_settings import FILE_NAME, WEEKDAYS, Campaign


def sweep_days(
    campaign: Campaign, is_workday: Callable[[date], bool], span: tuple[date, date] | None = None
) -> tuple[date, ...]:
    """Return the campaign's sweep days that are workdays, from first to last day of `span`; None: whole campaign."""
    first, last = span or (campaign.first_day, campaign.last_day)
    first, last = max(first, campaign.first_day), min(last, campaign.last_day)
    if campaign.days:
        return tuple(d for d in sorted(campaign.days) if first <= d <= last and is_workday(d))
    wanted = {WEEKDAYS.index(name) for name in campaign.weekdays}
    days = (first + timedelta(days=k) for k in range((last - first).days + 1))
    return tuple(d for d in days if d.weekday() in wanted and is_workday(d))


def calendar_issues(campaign: Campaign, is_workday: Callable[[date], bool], span: tuple[date, date]) -> list[Issue]:
    """Return S905 for each listed day in the span that is no working day, else S906 if the span has no sweep day."""
    issues = [
        Issue("S905", f"{FILE_NAME} days[{k}]", {"day": d.isoformat()})
        for k, d in enumerate(campaign.days)
        if span[0] <= d <= span[1] and not is_workday(d)
    ]
    if not issues and not sweep_days(campaign, is_workday, span):
        issues.append(Issue("S906", FILE_NAME, {"first": span[0].isoformat(), "last": span[1].isoformat()}))
    return issues


def day_seed(campaign: Campaign, day: date) -> str:
    """Return the seed of a day's random draw, from which the seeds of other days cannot be derived (C09)."""
    return hashlib.sha256(f"{campaign.base_seed}|{day.isoformat()}".encode()).hexdigest()[:32]
