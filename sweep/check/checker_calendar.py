"""Verifier's own working days: the State Council's table, overridden by the days in the scenario."""

from datetime import date, timedelta

import chinese_calendar

from sweep.scenario.inspection_hours import Hours


def is_day_off(day: date, hours: Hours) -> bool:
    """Whether a day is off: by the dates in `hours`, else by China's calendar; on weekends in years that it lacks."""
    if day in hours.workdays or day in hours.holidays:
        return day in hours.holidays
    try:
        return bool(chinese_calendar.is_holiday(day))
    except NotImplementedError:
        return day.isoweekday() > 5


def workdays_since(start: date, end: date, hours: Hours) -> int:
    """Return the number of working days after `start`, up to and including `end`; `hours` as in `is_day_off`."""
    days = (start + timedelta(days=k + 1) for k in range((end - start).days))
    return sum(not is_day_off(d, hours) for d in days)
