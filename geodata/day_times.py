"""The time of day, as the plan counts it and as people read it; and the week of a day."""

from datetime import date, timedelta, timezone

# China keeps one zone and no summer time.
ZONE = timezone(timedelta(hours=8))


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def nearest_minute(seconds: float) -> int:
    """
    The minute after midnight that people are shown for a time of the day: the nearest, of two the even one.

    Orders, report, workbook and map must agree on it; `clock` in the map's script rounds in the same way.
    """
    return round(seconds / 60)


def clock(seconds: float) -> str:
    """Seconds after midnight as HH:MM, to the nearest minute; past 24:00 the hours go on counting."""
    hours, minutes = divmod(nearest_minute(seconds), 60)
    return f"{hours:02d}:{minutes:02d}"


def exact_clock(seconds: int) -> str:
    """
    Seconds after midnight as HH:MM, or HH:MM:SS where the time is on no whole minute.

    For faults and for files: a rounded minute can make a breach look like none, or move a limit.
    """
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{rest:02d}" if rest else "")


def seconds_of(text: str) -> int:
    """Seconds after midnight of HH:MM or HH:MM:SS; the hours may go past 24."""
    hours, minutes, *seconds = map(int, text.split(":"))
    return 3_600 * hours + 60 * minutes + sum(seconds)
