"""What a visit weighs on a day of a window beyond its value: leads that fall due, promises, leads to come."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

import pandas as pd

from geodata.schema import TIMEZONE
from sweep.campaign.model.visit_deadlines import Due
from sweep.campaign.window.load_campaign import Loaded
from sweep.records.visits import Visit
from sweep.scenario.work_calendar import workday_after
from sweep.select.follow_up_deadlines import due_times, longest_open
from sweep.select.selection_tables import last_answers

# What a building whose turn is not due in the window weighs of the promise's weight, at the most.
SPREAD_SHARE = 0.02
# A promise that is late already weighs no more for it than twice.
LATE_MOST = 1.0
# What is late loses this share of its weight from the first day of a window to the last.
LATE_SLOPE = 0.5


def leads_due(loaded: Loaded, days: tuple[date, ...]) -> dict[str, tuple[date, ...]]:
    """The days on which leads that no visit has answered fall due, from today to the window's end, by building id."""
    select, hours = loaded.scenario.select, loaded.scenario.hours
    last = last_answers(loaded.history, loaded.today)
    leads = loaded.inputs.leads[loaded.inputs.leads["building_id"].notna()]
    now, end = pd.Timestamp(loaded.today, tz=TIMEZONE), days[-1] if days else loaded.today
    has_time = due_times(leads, select.due_hours).notna()
    is_recent = leads["received_at"] > now - longest_open(select.due_workdays)
    leads = leads[(leads["received_at"] <= now) & (has_time | is_recent)]
    ends: dict[date, date] = {}
    found: dict[str, list[date]] = {}
    for b, at, due in zip(leads["building_id"], leads["received_at"], due_times(leads, select.due_hours), strict=True):
        if b in last and at <= last[b]:
            continue
        received = at.date()
        if pd.isna(due) and received not in ends:
            ends[received] = workday_after(received, select.due_workdays, hours)
        on = ends[received] if pd.isna(due) else due.date()
        if loaded.today <= on <= end:
            found.setdefault(str(b), []).append(on)
    return {b: tuple(sorted(of)) for b, of in found.items()}


def weighed(
    loaded: Loaded,
    visit: Visit,
    day: date,
    end: date,
    *,
    due: Due | None,
    leads: Collection[date],
    later: float,
) -> Visit:
    """
    The visit with what it weighs on the day beyond its value: leads that it still keeps, its promise, leads to come.

    A lead that comes in after a visit brings the next one (C28). Were it left out, a building would be worth the more
    the longer it is put off, and each morning's window would put it off again.

    Parameters
    ----------
    due
        The building's turn; None: no promise covers it.
    leads
        Days on which its open leads fall due.
    later
        Share of its value that leads would add which come in after the day, up to the window's end.
    """
    urgency = 0.0
    if visit.track == "case" and "C22" not in loaded.scenario.rules.off:
        urgency += loaded.scenario.plan.due_weight * sum(day <= on for on in leads)
    if due is not None:
        urgency += promise_urgency(due, day, loaded.today, end, loaded.campaign.promise_weight)
    urgency += later * visit.value
    return replace(visit, urgency=round(urgency, 6))


def promise_urgency(due: Due, day: date, today: date, end: date, weight: float) -> float:
    """
    What a building's promise weighs for a visit on a day.

    One that is late weighs the more the later it is; one that falls due in the window weighs in full up to its day
    and half after it; any other a little, growing with the time since its last look. What is late weighs less with
    each day of the window that it stays so, down to a share of it: a free hour on an earlier day goes to it.
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
