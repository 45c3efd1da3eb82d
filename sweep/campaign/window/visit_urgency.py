"""Urgency of a visit on a day: weight beyond its value, for due leads, promises and later leads."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

import pandas as pd

from sweep.campaign.model.promise_deadlines import DueDate
from sweep.campaign.window.load_campaign import LoadedCampaign
from sweep.records.visits import Visit
from sweep.scenario.working_days_and_hours import workday_after
from sweep.select.lead_due_times import due_times, longest_open
from sweep.select.selection_tables import last_answers

# Largest share of the promise weight for a building that is not due in the window.
SPREAD_SHARE = 0.02
# Upper limit of the additional weight of an overdue promise, as a multiple.
LATE_MOST = 1.0
# Share of its weight that an overdue visit loses from the first day of a window to the last.
LATE_SLOPE = 0.5


def leads_due(loaded: LoadedCampaign, days: tuple[date, ...]) -> dict[str, tuple[date, ...]]:
    """Return the days, from today to the window's end, on which unanswered leads fall due, by building id."""
    select, hours = loaded.scenario.select, loaded.scenario.hours
    last = last_answers(loaded.history, loaded.today)
    leads = loaded.inputs.leads[loaded.inputs.leads["building_id"].notna()]
    end = days[-1] if days else loaded.today
    has_time = due_times(leads, select.due_hours).notna()
    is_recent = leads["received_at"] > loaded.now - longest_open(select.due_workdays)
    leads = leads[(leads["received_at"] <= loaded.now) & (has_time | is_recent)]
    ends: dict[date, date] = {}
    due_days: dict[str, list[date]] = {}
    for b, at, due in zip(leads["building_id"], leads["received_at"], due_times(leads, select.due_hours), strict=True):
        if b in last and at <= last[b]:
            continue
        received = at.date()
        if pd.isna(due) and received not in ends:
            ends[received] = workday_after(received, select.due_workdays, hours)
        on = ends[received] if pd.isna(due) else due.date()
        if loaded.today <= on <= end:
            due_days.setdefault(str(b), []).append(on)
    return {b: tuple(sorted(of)) for b, of in due_days.items()}


def with_urgency(
    loaded: LoadedCampaign,
    visit: Visit,
    day: date,
    end: date,
    *,
    due: DueDate | None,
    leads: Collection[date],
    later: float,
) -> Visit:
    """
    Return the visit with its urgency on a day of the window up to `end`, from due leads, promise and later leads.

    A later day has more value, as more leads are expected by then. For an earlier day `later` makes up the difference:
    without it, each morning's window would delay the visit again.

    Parameters
    ----------
    due
        Due date of the building; None without a promise.
    leads
        Due days of the building's open leads.
    later
        Value of leads expected after the day, up to the window's end, as a share of the visit's value.
    """
    urgency = 0.0
    if visit.track == "case" and "C22" not in loaded.scenario.rules.off:
        urgency += loaded.scenario.plan.due_weight * sum(day <= on for on in leads)
    if due is not None:
        urgency += promise_urgency(due, day, loaded.today, end, loaded.campaign.promise_weight)
    urgency += later * visit.value
    return replace(visit, urgency=round(urgency, 6))


def promise_urgency(due: DueDate, day: date, today: date, end: date, weight: float) -> float:
    """
    Return the urgency that a building's promise gives a visit on `day`, if planned on `today` in a window up to `end`.

    An overdue promise has more than `weight` (in expected finds), the more the longer it is overdue. A promise due in
    the window has full weight until its due day, and half after it. Others have a small weight that grows with time
    since the last visit. Overdue weights decrease over the window, so that earlier days are preferred.
    """
    days = due.promise.days
    late = max(0, (day - max(due.due_on, today)).days)
    fade = 1.0 - LATE_SLOPE * late / ((end - today).days + 1)
    if due.due_on < today:
        return weight * (1.0 + min(LATE_MOST, (today - due.due_on).days / days)) * fade
    if due.due_on <= end:
        return weight if day <= due.due_on else 0.5 * weight * fade
    elapsed = 1.0 - (due.due_on - today).days / days
    return SPREAD_SHARE * weight * max(0.0, elapsed) ** 2
