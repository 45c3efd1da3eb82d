"""Permitted start times of visits: working days and hours, or any hour for approved lead-driven visits (C13)."""

from datetime import date, timedelta

import chinese_calendar

from sweep.scenario.inspection_hours import Hours

Spans = tuple[tuple[int, int], ...]
_SATURDAY = 5


def is_workday(day: date, hours: Hours) -> bool:
    """
    Whether a day is a working day; make-up working days and public holidays are considered.

    Raises
    ------
    ValueError
        If neither the built-in table nor the scenario's covers the day.
    """
    if day in hours.workdays:
        return True
    if day in hours.holidays:
        return False
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError as error:
        if day.year not in {d.year for d in (*hours.holidays, *hours.workdays)}:
            raise ValueError(f"the table of holidays does not cover {day}") from error
    return day.weekday() < _SATURDAY


def covers(day: date, hours: Hours) -> bool:
    """Whether the holidays of the day's year are known, from the built-in Chinese table or the scenario's `hours`."""
    try:
        is_workday(day, hours)
    except ValueError:
        return False
    return True


def workdays_between(start: date, end: date, hours: Hours) -> int:
    """Return the number of working days after `start` up to `end`; beyond the holiday tables, of Mondays to Fridays."""
    return sum(is_workday_at_best(start + timedelta(days=k), hours) for k in range(1, (end - start).days + 1))


def workday_after(start: date, n_workdays: int, hours: Hours) -> date:
    """Return the `n_workdays`-th working day after `start` (0: `start`); without holiday table Monday to Friday."""
    day = start
    while n_workdays > 0:
        day += timedelta(days=1)
        n_workdays -= is_workday_at_best(day, hours)
    return day


def is_workday_at_best(day: date, hours: Hours) -> bool:
    """Whether a day is a working day; where no table of holidays covers it, Monday to Friday are working days."""
    try:
        return is_workday(day, hours)
    except ValueError:
        return day.weekday() < _SATURDAY


def allowed_spans(hours: Hours, day: date, track: str) -> Spans:
    """Return spans of allowed starts: `hours.working_s`, none on days off; any time for track `case` with approval."""
    if track == "case" and hours.approval is not None:
        return ((0, 172_800),)
    return hours.working_s if is_workday(day, hours) else ()


def windows(wanted_s: tuple[int, int], hours: Hours, day: date, track: str) -> Spans:
    """Return the parts of `wanted_s`, seconds after midnight, in which visits of a track may start; empty if none."""
    lo, hi = wanted_s
    cut = ((max(lo, a), min(hi, b)) for a, b in allowed_spans(hours, day, track))
    return tuple((a, b) for a, b in cut if a <= b)
