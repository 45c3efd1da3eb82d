"""Assignments as they are typed, each tied to its building, and what of them contradicts what."""

from __future__ import annotations

import pandas as pd
import pytest

from geodata.errors import InputError, Issue
from geodata.match.distinct_addresses import NO_BUILDING, ManualAssignments, text_key
from sweep.inputs.building_search import KnownBuildings
from sweep.inputs.match_to_buildings import make_assignments

NAMES = {"B1": "银荷大厦", "B2": "舜泰广场"}
KEYS = {"leads": ["L1", "L2"], "firms": ["F1"]}
COLUMNS = ["table", "key", "text", "building_id"]


Row = tuple[str | None, str | None, str | None, str]


def made(*rows: Row) -> tuple[dict[str, ManualAssignments], tuple[Issue, ...]]:
    return made_of(KnownBuildings(NAMES), *rows)[:2]


def made_of(
    known: KnownBuildings, *rows: Row
) -> tuple[dict[str, ManualAssignments], tuple[Issue, ...], tuple[str, ...]]:
    table = pd.DataFrame(rows, columns=COLUMNS)
    return make_assignments(table, pd.DataFrame({"file": "assign.csv", "row": range(2, 2 + len(rows))}), known, KEYS)


def faults(*rows: Row) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as error:
        made(*rows)
    return [(issue.code, issue.where) for issue in error.value.issues]


def test_each_choice_is_kept_for_its_table() -> None:
    assigned, warnings = made(
        ("leads", "L1", None, "B1"), ("firms", None, "经十路 9号", "舜泰广场"), (None, None, "某处", "无")
    )
    assert assigned["leads"] == ManualAssignments({"L1": "B1"}, {text_key("某处"): NO_BUILDING})
    assert assigned["firms"] == ManualAssignments({}, {"经十路9号": "B2", text_key("某处"): NO_BUILDING})
    assert warnings == ()


def test_without_a_file_nothing_is_settled() -> None:
    empty = pd.DataFrame(columns=COLUMNS)
    assert make_assignments(empty, None, KnownBuildings(NAMES), KEYS) == (
        {"leads": ManualAssignments(), "firms": ManualAssignments()},
        (),
        (),
    )


def test_every_fault_names_its_row() -> None:
    assert faults(
        ("leads", "L1", None, "B9"),
        ("leads", None, None, "B1"),
        ("leads", "L2", None, "B1"),
        ("leads", "L2", None, "B2"),
        (None, None, "某处", "B1"),
        ("firms", None, "某 处", "none"),
    ) == [
        ("S651", "assign.csv row 2"),
        ("S652", "assign.csv row 3"),
        ("S653", "assign.csv row 5"),
        ("S653", "assign.csv row 7"),
    ]


def test_two_rows_that_say_the_same_are_no_contradiction() -> None:
    assigned, _ = made(("leads", "L1", "某处", "B1"), ("leads", "L2", "某处", "银荷大厦"))
    assert assigned["leads"] == ManualAssignments({"L1": "B1", "L2": "B1"}, {"某处": "B1"})


def test_a_key_that_no_row_has_is_a_warning() -> None:
    _, warnings = made(("leads", "L9", None, "B1"), ("firms", "L1", None, "B1"), (None, "F1", None, "B1"))
    assert [(issue.code, issue.where) for issue in warnings] == [("S654", f"assign.csv row {n}") for n in (2, 3)]


def test_what_was_settled_for_a_district_that_is_not_planned_is_of_no_building_here() -> None:
    rows = (("leads", "L1", None, "B31"), ("firms", None, "某处", "东楼"), ("leads", "L2", None, "B1"))
    for known, unseen in (
        (KnownBuildings(NAMES, {"B31": "银荷大厦东楼"}), ()),
        (KnownBuildings(NAMES, is_part=True), ("B31", "东楼")),
    ):
        assigned, warnings, found = made_of(known, *rows)
        assert assigned["leads"] == ManualAssignments({"L1": NO_BUILDING, "L2": "B1"}, {})
        assert assigned["firms"] == ManualAssignments({}, {text_key("某处"): NO_BUILDING})
        assert (warnings, found) == ((), unseen)


def test_a_row_that_another_district_has_is_no_key_at_fault_where_tables_are_shown_in_part() -> None:
    rows = (("leads", "L9", None, "B31"), ("leads", "L8", None, "none"), ("leads", "L7", None, "B1"))
    _, warnings, _ = made_of(KnownBuildings(NAMES, is_part=True), *rows)
    assert [(issue.code, issue.where) for issue in warnings] == [("S654", "assign.csv row 4")]
