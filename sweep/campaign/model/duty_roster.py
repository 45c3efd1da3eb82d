"""Duty roster of a campaign: people on duty by day, and limits on further duties (C20 over days)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from geodata.clock_times import DAY_S, HOUR_S, monday_of, seconds_of
from geodata.errors import InputError, Issue
from geodata.vocabulary.category_words import OFF_DUTY, YES
from sweep.campaign.campaign_settings import DutyLimits
from sweep.campaign.model.read_small_csv import read_cells
from sweep.records.people import Person

COLUMNS = ("person_id", "day", "from", "until", "leave")
_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS_EN = {form: k for k, name in enumerate(_DAY_NAMES) for form in (name, name[:3])}
_WEEKDAYS_ZH = dict(zip("一二三四五六日", range(7), strict=True)) | {"天": 6}


@dataclass(frozen=True, slots=True)
class DutyRow:
    """Row of duty.csv: a person on one day, or on one weekday."""

    person_id: str
    day: date | None
    """Date; None: every week."""
    weekday: int | None
    """0 for Monday; None: a single date."""
    shift_s: tuple[int, int] | None
    """Start and end, seconds after midnight of the day, an end past midnight above 86400; None: on leave."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Duty of a person on one day, done or planned; times in seconds after midnight of `day`, past 86400 overnight."""

    day: date
    start_s: int
    end_s: int

    @property
    def hours(self) -> float:
        """Return the length of the duty in hours."""
        return (self.end_s - self.start_s) / HOUR_S

    @property
    def is_night(self) -> bool:
        """Return whether any of the duty is between 22:00 and 06:00."""
        return self.end_s > 22 * HOUR_S or self.start_s < 6 * HOUR_S


def read_duty(text: str, file: str, known: Iterable[str]) -> tuple[DutyRow, ...]:
    """
    Parse the duty table; InputError G109 for an open quote, S907-S911 for other errors.

    `file`: name in errors; `known`: person ids of the roster.
    """
    names, table = read_cells(text, file, "duty")
    if missing := [c for c in COLUMNS[:2] if c not in names]:
        raise InputError([Issue("S907", file, {"column": ", ".join(missing), "columns": ", ".join(COLUMNS)})])
    people, rows, issues, seen = set(known), [], [], dict[tuple[object, ...], int]()
    for k, cells in table.items():
        row = _row(cells, people)
        if not isinstance(row, DutyRow):
            code, got = row
            issues.append(Issue(code, f"{file} row {k}", {"got": got[:40] or "-"}))
            continue
        first = seen.setdefault((row.person_id, row.day, row.weekday), k)
        if first != k:
            issues.append(Issue("S911", f"{file} row {k}", {"person": row.person_id, "first": first}))
        rows.append(row)
    if issues:
        raise InputError(issues)
    return tuple(rows)


def on_duty(persons: Mapping[str, Person], rows: Sequence[DutyRow], day: date) -> dict[str, Person]:
    """
    Return the people on duty on a day by id, with their hours of that day.

    A row for the date overrides a row for the weekday. A person with rows, but none for the day, is off duty. A person
    without rows, or with rows of leave only, has the shift of the roster.
    """
    mine: dict[str, list[DutyRow]] = {}
    for row in rows:
        mine.setdefault(row.person_id, []).append(row)
    there: dict[str, Person] = {}
    for person_id, person in persons.items():
        own = mine.get(person_id, [])
        fitting = [r for r in own if r.day == day] or [r for r in own if r.weekday == day.weekday()]
        if fitting:
            if fitting[0].shift_s is not None:
                there[person_id] = replace(person, shift_s=fitting[0].shift_s)
        elif all(r.shift_s is None for r in own):
            there[person_id] = person
    return there


def broken_limit(worked: Sequence[Duty], then: Duty, limits: DutyLimits) -> str | None:
    """Return the first field of `limits` that a person with duties `worked` would break by the duty `then`, or None."""
    monday = monday_of(then.day)
    week = [w for w in worked if monday <= w.day < monday + timedelta(days=7)]
    four = [w for w in worked if abs((w.day - then.day).days) < 28]
    if len({w.day for w in week} | {then.day}) > limits.days_per_week:
        return "days_per_week"
    if sum(w.hours for w in week) + then.hours > limits.hours_per_week + 1e-9:
        return "hours_per_week"
    if _most_in_four_weeks([*four, then]) > limits.hours_in_four_weeks + 1e-9:
        return "hours_in_four_weeks"
    if then.is_night and sum(w.is_night for w in week) + 1 > limits.nights_per_week:
        return "nights_per_week"
    if any(_rest_hours(w, then) < limits.rest_hours - 1e-9 for w in four):
        return "rest_hours"
    return None


def _most_in_four_weeks(worked: Sequence[Duty]) -> float:
    starts = {w.day for w in worked}
    return max(sum(w.hours for w in worked if s <= w.day < s + timedelta(days=28)) for s in starts)


def _rest_hours(one: Duty, other: Duty) -> float:
    first, second = sorted((one, other), key=lambda w: (w.day, w.start_s))
    gap_s = (second.day - first.day).days * DAY_S + second.start_s - first.end_s
    return gap_s / 3600.0


def _row(cells: Mapping[str, str], people: set[str]) -> DutyRow | tuple[str, str]:
    """Parse a row; if it has errors, return (code, text at fault) of the first one instead."""
    person_id, day, *hours = (cells.get(name, "") for name in COLUMNS[:4])
    if person_id not in people:
        return "S908", person_id
    when = _day_of(day)
    if when is None:
        return "S909", day
    if cells.get("leave", "").lower() in YES | OFF_DUTY | {"leave"}:
        return DutyRow(person_id, *when, None)
    start_s, end_s = map(_clock_s, hours)
    if start_s is None or end_s is None or end_s <= start_s:
        return "S910", "-".join(hours)
    return DutyRow(person_id, *when, (start_s, end_s))


def _day_of(text: str) -> tuple[date | None, int | None] | None:
    if text.lower() in _WEEKDAYS_EN:
        return None, _WEEKDAYS_EN[text.lower()]
    if match := re.fullmatch(r"(?:周|星期|礼拜)([一二三四五六日天])", text):
        return None, _WEEKDAYS_ZH[match[1]]
    parts = re.fullmatch(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", text)
    try:
        return (date(*map(int, parts.group(1, 3, 4))) if parts else date.fromisoformat(text)), None
    except ValueError:
        return None


def _clock_s(text: str) -> int | None:
    match = re.fullmatch(r"(\d{1,2})[:：](\d{2})", text)
    if not match or int(match[2]) > 59 or int(match[1]) > 36:
        return None
    return seconds_of(f"{match[1]}:{match[2]}")
