"""The duty calendar and the limits of each person's duties."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from geodata.errors import InputError
from sweep.campaign.campaign_settings import DutyLimits
from sweep.campaign.model.duty_roster import Duty, broken_limit, on_duty, read_duty
from sweep.records.people import Person

DAY = date(2026, 9, 16)  # a Wednesday
HEAD = "person_id,day,from,until,leave\n"


def person(name: str) -> Person:
    return Person(name, "police", "officer", DAY, False, "S01", "370102", (48_600, 64_800))


def there(text: str, day: date = DAY) -> dict[str, tuple[int, int]]:
    people = {i: person(i) for i in ("P1", "P2")}
    found = on_duty(people, read_duty(HEAD + text, "duty.csv", people), day)
    return {i: p.shift_s for i, p in found.items()}


def test_without_rows_everybody_has_the_rosters_shift() -> None:
    assert there("") == {"P1": (48_600, 64_800), "P2": (48_600, 64_800)}


def test_a_row_of_the_day_goes_before_one_of_the_weekday() -> None:
    # 13:00 is 46,800 s, 18:00 is 64,800 s.
    assert there("P1,周三,08:00,12:00,\nP1,2026-09-16,13:00,18:00,\n")["P1"] == (46_800, 64_800)


def test_who_has_rows_for_other_days_alone_is_off_and_who_has_leave_alone_is_there_on_others() -> None:
    assert set(there("P1,mon,08:00,12:00,\n")) == {"P2"}
    assert set(there("P1,2026-09-17,,,yes\n")) == {"P1", "P2"}
    assert set(there("P1,2026-09-16,,,请假\n")) == {"P2"}
    assert set(there("P1,2026-09-16,,,公休\n")) == {"P2"}


@pytest.mark.parametrize("day", ["2026-09-16", "2026-9-16", "2026/9/16", "2026/09/16", "2026.9.16", "Wed", "wednesday"])
def test_a_day_may_be_written_as_a_spreadsheet_writes_it(day: str) -> None:
    assert there(f"P1,{day},08:00,12:00,\n")["P1"] == (28_800, 43_200)


def test_headers_may_be_those_of_a_chinese_roster() -> None:
    people = {i: person(i) for i in ("P1", "P2")}
    rows = read_duty("警号,日期,上班时间,下班时间,请假\nP1,2026-09-16,08:00,12:00,\nP2,周三,,,是\n", "duty.csv", people)
    assert {i: p.shift_s for i, p in on_duty(people, rows, DAY).items()} == {"P1": (28_800, 43_200)}


def test_rows_that_a_spreadsheet_leaves_empty_are_none_and_the_others_keep_their_numbers() -> None:
    assert set(there("P1,mon,08:00,12:00,\n,,,,\n  , ,,,\n\n")) == {"P2"}
    with pytest.raises(InputError) as caught:
        there("P1,mon,08:00,12:00,\n\n,,,,\nP9,mon,08:00,12:00,\n")
    assert [(i.code, i.where) for i in caught.value.issues] == [("S908", "duty.csv row 5")]


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("person_id,from\nP1,08:00\n", "S907", "duty.csv"),
        (HEAD + "P9,mon,08:00,12:00,\n", "S908", "duty.csv row 2"),
        (HEAD + "P1,someday,08:00,12:00,\n", "S909", "duty.csv row 2"),
        (HEAD + "P1,monster,08:00,12:00,\n", "S909", "duty.csv row 2"),
        (HEAD + "P1,2026/9-7,08:00,12:00,\n", "S909", "duty.csv row 2"),
        (HEAD + "P1,2026.13.7,08:00,12:00,\n", "S909", "duty.csv row 2"),
        (HEAD + "P1,mon,12:00,08:00,\n", "S910", "duty.csv row 2"),
        (HEAD + "P1,mon,08:00,12:00,\nP1,周一,13:00,18:00,\n", "S911", "duty.csv row 3"),
        (HEAD + 'P1,tue,,,yes\nP1,mon,08:00,12:00,"\nP1,wed,,,yes\n', "G109", "duty.csv row 3"),
        (HEAD + 'P1,mon,08:00,12:00,"\nP1,tue,,,"yes"\n', "G109", "duty.csv row 2"),
        (HEAD + 'P1,mon,08:00,12:00,"late\nP1,tue,,,yes"\n', "G109", "duty.csv row 2"),
    ],
    ids=[
        "column",
        "person",
        "day",
        "no weekday",
        "two signs",
        "no month",
        "hours",
        "twice",
        "open to the end",
        "open",
        "rows in a cell",
    ],
)
def test_a_row_that_cannot_be_used_is_named(text: str, code: str, where: str) -> None:
    with pytest.raises(InputError) as caught:
        read_duty(text, "duty.csv", ["P1"])
    assert [(i.code, i.where) for i in caught.value.issues] == [(code, where)]


def duties(*days: int, start_s: int = 48_600, end_s: int = 63_000) -> list[Duty]:
    return [Duty(DAY + timedelta(days=d), start_s, end_s) for d in days]


@pytest.mark.parametrize(
    ("before", "limits", "broken"),
    [
        (duties(-2, -1), DutyLimits(days_per_week=2), "days_per_week"),
        (duties(-2, -1), DutyLimits(days_per_week=3), None),
        # Monday is another week than the Sunday before it.
        (duties(-4, -3), DutyLimits(days_per_week=1), None),
        # Three duties of 4 h are 12 h.
        (duties(-2, -1), DutyLimits(hours_per_week=11.9), "hours_per_week"),
        (duties(-2, -1), DutyLimits(hours_per_week=12.0), None),
        (duties(-14, -7), DutyLimits(hours_in_four_weeks=11.9), "hours_in_four_weeks"),
        (duties(-28, -7), DutyLimits(hours_in_four_weeks=11.9), None),
        # From 17:30 to 13:30 on the next day are 20 h.
        (duties(-1), DutyLimits(rest_hours=20.5), "rest_hours"),
        (duties(-1), DutyLimits(rest_hours=20.0), None),
    ],
)
def test_one_more_duty_breaks_the_first_limit_that_it_passes(
    before: list[Duty], limits: DutyLimits, broken: str | None
) -> None:
    assert broken_limit(before, duties(0)[0], limits) == broken


def test_nights_are_counted_apart() -> None:
    late = {"start_s": 72_000, "end_s": 86_400}
    limits = DutyLimits(nights_per_week=1)
    assert broken_limit(duties(-2, **late), duties(0, **late)[0], limits) == "nights_per_week"
    assert broken_limit(duties(-2, **late), duties(0)[0], limits) is None
