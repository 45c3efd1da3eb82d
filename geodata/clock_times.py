"""Formatting and parsing of clock times, and the Monday of a day's week."""

from datetime import date, timedelta, timezone

# China has one time zone, without summer time.
ZONE = timezone(timedelta(hours=8))

HOUR_S, DAY_S = 3_600, 86_400


def monday_of(day: date) -> date:
    """Return the Monday of the week in which a day lies."""
    return day - timedelta(days=day.weekday())


def nearest_minute(seconds: float) -> int:
    """
    Return the minutes after midnight shown to people for `seconds` after midnight; a half rounds to the even minute.

    Orders, report, workbook and map must agree; `clock` in the map's script rounds in the same way.
    """
    return round(seconds / 60)


def clock(seconds: float) -> str:
    """Format seconds after midnight as HH:MM, to the nearest minute; hours continue past 24."""
    hours, minutes = divmod(nearest_minute(seconds), 60)
    return f"{hours:02d}:{minutes:02d}"


def exact_clock(seconds: int) -> str:
    """Format seconds after midnight as HH:MM or, unless they are whole minutes, as HH:MM:SS: for errors and files."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{rest:02d}" if rest else "")


def exact_span(start_s: int, end_s: int) -> str:
    """Format two times of day (seconds after midnight) as HH:MM-HH:MM, with :SS after a time not at a whole minute."""
    return f"{exact_clock(start_s)}-{exact_clock(end_s)}"


def seconds_of(text: str) -> int:
    """Return the seconds after midnight of HH:MM or HH:MM:SS, whose parts must be digits; hours may exceed 24."""
    hours, minutes, *seconds = map(int, text.split(":"))
    return 3_600 * hours + 60 * minutes + sum(seconds)
