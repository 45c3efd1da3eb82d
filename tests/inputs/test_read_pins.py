"""Pins as they are typed, each tied to its building, and buildings found by what people call them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from geodata.clean.pins_and_address_assignments import clean_pins
from geodata.errors import InputError
from geodata.raw_table import RawTable
from sweep.inputs.building_search import KnownBuildings, find_building
from sweep.inputs.read_pins import make_pins
from sweep.records.pins import Pin
from sweep.scenario.plan_settings import PlanSettings
from sweep.scenario.scenario import Scenario

NAMES = {"B0001": "金茂大厦", "B0002": "金茂大厦南楼", "B0003": "Pearl Tower", "B0004": "Pearl Plaza"}
OURS = KnownBuildings(NAMES)
COLUMNS = ("pin", "building", "value", "reason", "first_day", "last_day")


def made_of(
    known: KnownBuildings, *rows: tuple[str | None, ...], plan: PlanSettings | None = None
) -> tuple[tuple[Pin, ...], tuple[str, ...]]:
    scenario = Scenario(name="s", day=date(2026, 9, 16), plan=plan or PlanSettings()).with_teams(12)
    table = pd.DataFrame([(*row, *[None] * (len(COLUMNS) - len(row))) for row in rows], columns=COLUMNS)
    numbers = pd.Series(range(2, 2 + len(table)))
    return make_pins(scenario, table, pd.DataFrame({"file": "pins.csv", "row": numbers}), known)


def faults(*rows: tuple[str, str, str], known: KnownBuildings = OURS) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as error:
        made_of(known, *rows)
    return [(i.code, i.where) for i in error.value.issues]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        pytest.param("B0003", "B0003", id="id"),
        pytest.param(" b0003 ", "B0003", id="id in small letters"),
        pytest.param("金茂大厦", "B0001", id="whole name before a part of another"),
        pytest.param("南楼", "B0002", id="part of one name"),
        pytest.param("pearl", None, id="part of two names"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_building_is_found_by_id_name_or_part(typed: str, found: str | None) -> None:
    assert find_building(typed, NAMES).building_id == found


def test_an_id_as_it_stands_goes_before_one_in_other_capitals() -> None:
    assert find_building("b1", {"B1": "", "b1": ""}).building_id == "b1"


def test_what_is_unknown_is_answered_with_the_nearest_first() -> None:
    assert find_building("Perl Tower", NAMES).nearest[0] == "B0003"
    assert set(find_building("pearl", NAMES).nearest) == {"B0003", "B0004"}


def test_a_name_in_full_width_signs_is_found_wherever_a_table_of_pins_has_it() -> None:
    cells = {"pin": ["不同日", "指定组"], "building": ["B0002", "B0002"], "value": ["银荷大厦（A座）", "Ｔ０２"]}
    raw = RawTable("pins", Path("pins.csv"), "", pd.DataFrame(cells, index=[2, 3]), "utf-8")
    names = {"B0001": "银荷大厦（A座）", "B0002": "南楼"}
    scenario = Scenario(name="s", day=date(2026, 9, 16)).with_teams(12)
    pins = make_pins(
        scenario, clean_pins(raw).table, pd.DataFrame({"file": "pins.csv", "row": [2, 3]}), KnownBuildings(names)
    )[0]
    assert [(p.other_id, p.team_id) for p in pins] == [("B0001", ""), ("", "T02")]


def test_a_pin_has_the_other_building_team_time_reason_and_days_of_its_row() -> None:
    wish = ("not_before", "B0004", "15:00", "landlord's wish", None, "2026-09-20 00:00:00+08:00")
    pins, _ = made_of(OURS, ("not_together", "金茂大厦", "南楼"), ("with_team", "B0003", "T02"), wish)
    assert [(p.kind, p.building_id, p.other_id, p.team_id, p.earliest_s, p.where) for p in pins] == [
        ("not_together", "B0001", "B0002", "", 0, "pins.csv row 2"),
        ("with_team", "B0003", "", "T02", 0, "pins.csv row 3"),
        ("not_before", "B0004", "", "", 54_000, "pins.csv row 4"),
    ]
    assert (pins[2].reason, pins[2].first_day, pins[2].last_day) == ("landlord's wish", None, date(2026, 9, 20))


@pytest.mark.parametrize(
    ("row", "code"),
    [
        pytest.param(("must", "B9", ""), "S641", id="unknown building"),
        pytest.param(("not_together", "B0001", "B9"), "S641", id="unknown other building"),
        pytest.param(("must", "B0001", "T01"), "S642", id="a must with a value"),
        pytest.param(("with_team", "B0001", "T13"), "S642", id="thirteenth of twelve teams"),
        pytest.param(("with_team", "B0001", ""), "S642", id="no team"),
        pytest.param(("not_before", "B0001", "48:00"), "S642", id="no clock"),
        pytest.param(("not_together", "B0001", "B0001"), "S643", id="apart from itself"),
    ],
)
def test_a_pin_that_says_nothing_is_refused(row: tuple[str, str, str], code: str) -> None:
    assert faults(row) == [(code, "pins.csv row 2")]


def test_in_a_night_that_passes_midnight_hours_go_on_past_24() -> None:
    night = {"window_start_s": 75_600, "window_end_s": 93_600}  # 21:00 to 26:00

    def pin_at(value: str) -> Pin:
        return made_of(OURS, ("not_before", "B0001", value), plan=PlanSettings(**night))[0][0]

    assert pin_at("25:00").earliest_s == 90_000
    assert pin_at("15:00").earliest_s == 54_000
    with pytest.raises(InputError) as error:
        pin_at("01:00")
    (issue,) = error.value.issues
    assert (issue.code, issue.values["wanted"]) == ("S642", "25:00")


OF_ANOTHER_DISTRICT = (
    ("must", "B0031", ""),
    ("never", "东楼", ""),
    ("not_together", "B0001", "b0032"),
    ("not_together", "B0032", "B0031"),
    ("with_team", "银荷大厦东楼", "T01"),
)


def test_a_pin_about_a_district_that_is_not_planned_is_left_out() -> None:
    known = KnownBuildings(NAMES, {"B0031": "银荷大厦东楼", "B0032": ""})
    assert made_of(known, *OF_ANOTHER_DISTRICT) == ((), ())
    # What is of both is of the district that is planned, and what is of none is a fault.
    (pin,), _ = made_of(known, *OF_ANOTHER_DISTRICT, ("never", "南楼", ""))
    assert (pin.building_id, pin.where) == ("B0002", "pins.csv row 7")
    rows = (("never", "大厦", ""), ("must", "B9", ""), ("not_together", "B9", "B0031"))
    assert faults(*rows, known=known) == [("S641", f"pins.csv row {n}") for n in (2, 3, 4)]


def test_where_tables_are_shown_in_part_a_pin_about_what_they_do_not_have_is_left_out_and_named() -> None:
    known = KnownBuildings(NAMES, {}, is_part=True)
    pins, unseen = made_of(known, *OF_ANOTHER_DISTRICT, ("never", "南楼", ""))
    assert [p.building_id for p in pins] == ["B0002"]
    assert unseen == ("B0031", "东楼", "b0032", "B0032", "银荷大厦东楼")
    # Two of this district answer to it.
    assert [code for code, _ in faults(("never", "pearl", ""), known=known)] == ["S641"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(("must", "B0001", ""), ("never", "B0001", ""), id="must and never"),
        pytest.param(("never", "B0001", ""), ("with_team", "B0001", "T01"), id="never and a team"),
        pytest.param(("with_team", "B0001", "T01"), ("with_team", "B0001", "T02"), id="two teams"),
    ],
)
def test_pins_that_contradict_each_other_are_refused_at_the_later_one(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    assert faults(one, other) == [("S643", "pins.csv row 3")]
