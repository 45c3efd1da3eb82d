"""The collector: every fault is kept until all files have been looked at, and what is set aside is shown in order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from geodata.clean.table_cleaner import QUARANTINE_COLUMNS, Cleaned
from geodata.errors import InputError, Issue
from geodata.raw_table import RawTable
from sweep.inputs.findings_collector import FindingsCollector


def raw(name: str, n_rows: int = 3) -> RawTable:
    frame = pd.DataFrame({"a": ["x"] * n_rows}, index=range(2, 2 + n_rows))
    return RawTable(name=name, path=Path(f"{name}.csv"), sha256=name, frame=frame, encoding="utf-8")


def cleaned(name: str, *bad_rows: int, issues: tuple[Issue, ...] = (), n_elsewhere: int = 0) -> Cleaned:
    """Three rows, cleaned; the first are of another district."""
    lines = [(f"{name}.csv", row, "G202", f"{name}.csv row {row}", "{}", "{}") for row in bad_rows]
    quarantine = pd.DataFrame(lines, columns=list(QUARANTINE_COLUMNS))
    rows = pd.Series([row for row in range(2 + n_elsewhere, 5) if row not in bad_rows])
    return Cleaned(pd.DataFrame(), issues, {"blank": len(bad_rows)}, quarantine, rows=rows)


def refused(code: str) -> None:
    raise InputError([Issue(code, "x.csv")])


def test_faults_of_reading_and_of_cleaning_are_raised_together() -> None:
    found = FindingsCollector([Issue("G101", "firms.csv")])
    assert found.attempt(lambda: refused("G102")) is None
    found.clean(raw("roster"), lambda _: cleaned("roster", issues=(Issue("S201", "roster.csv"),)))
    with pytest.raises(InputError) as error:
        found.stop_if_faulty()
    assert [i.code for i in error.value.issues] == ["G101", "G102", "S201"]


def test_without_a_fault_nothing_is_raised() -> None:
    found = FindingsCollector()
    assert found.attempt(lambda: "read") == "read"
    found.stop_if_faulty()


def test_rows_set_aside_are_shown_table_by_table_whatever_was_cleaned_first() -> None:
    found = FindingsCollector()
    for name in ("districts", "firms", "buildings"):
        found.clean(raw(name), lambda _, name=name: cleaned(name, 2))
    assert list(found.quarantine()["file"]) == ["buildings.csv", "firms.csv", "districts.csv"]
    assert found.repairs() == {"blank": 3}


def test_rows_of_investigations_are_counted_and_never_shown() -> None:
    found = FindingsCollector()
    found.clean(raw("firms"), lambda _: cleaned("firms", 3))
    found.clean(raw("investigations"), lambda _: cleaned("investigations", 2, 4))
    assert list(found.quarantine()["file"]) == ["firms.csv"]
    assert [(f.table, f.n_rows, f.n_used, f.n_quarantined) for f in found.files] == [
        ("firms", 3, 2, 1),
        ("investigations", 3, 1, 2),
    ]


def test_a_file_beside_a_table_is_a_file_of_its_own() -> None:
    found = FindingsCollector()
    found.clean(raw("buildings"), lambda _: cleaned("buildings", 2), companion=raw("building_files", n_rows=5))
    assert [(f.table, f.n_rows, f.n_quarantined) for f in found.files] == [
        ("buildings", 3, 1),
        ("building_files", 5, 0),
    ]
    assert list(found.rows["buildings"]["row"]) == [3, 4]


def test_rows_of_another_district_are_neither_used_nor_set_aside() -> None:
    found = FindingsCollector()
    found.clean(raw("buildings"), lambda _: cleaned("buildings", 4, n_elsewhere=1))
    assert [(f.n_rows, f.n_used, f.n_quarantined) for f in found.files] == [(3, 1, 1)]
    assert list(found.rows["buildings"]["row"]) == [3]


def test_no_table_is_nothing_to_clean() -> None:
    found = FindingsCollector()
    assert found.clean(None, lambda _: cleaned("firms")) is None
    assert (found.files, found.rows) == ([], {})


def roster_with(header: str, column: str) -> FindingsCollector:
    found = FindingsCollector()
    table = replace(
        raw("roster"), look_alikes={column: header}, ignored_columns=(header,), section="data.columns.roster"
    )
    found.clean(table, lambda _: cleaned("roster"))
    return found


def test_a_column_of_recusals_that_is_not_read_is_an_error() -> None:
    (issue,) = roster_with("回避的楼", "recusals").issues
    assert (issue.code, issue.values["line"]) == ("G135", 'recusals = "回避的楼"')


def test_columns_that_were_not_read_are_listed_where_there_are_errors() -> None:
    found = roster_with("值班否", "duty")
    found.stop_if_faulty()
    found.issues.append(Issue("G101", "firms.csv"))
    with pytest.raises(InputError) as error:
        found.stop_if_faulty()
    assert [i.code for i in error.value.issues] == ["G101", "G119"]
    assert [(i.code, i.values["headers"]) for i in error.value.notes] == [("G136", ("值班否",))]


@pytest.mark.parametrize(
    ("entries", "is_accepted"),
    [
        (("firms",), True),
        (("firms G202 2",), True),
        (("firms G202 1", "firms G202 1"), True),
        (("firms G202 1",), False),
        (("firms G207 9",), False),
        (("leads G202 9",), False),
    ],
)
def test_losses_are_accepted_up_to_the_number_seen_of_each_reason(entries: tuple[str, ...], is_accepted: bool) -> None:
    found = FindingsCollector(accepted=entries)
    found.clean(raw("firms"), lambda _: cleaned("firms", 2, 3))
    assert [i.code for i in found.issues] == ([] if is_accepted else ["G228", "G202", "G202"])
    # A table alone covers later losses too, and that is said.
    assert [i.code for i in found.losses] == (["G228"] * is_accepted + ["G134"] * (entries == ("firms",)))
