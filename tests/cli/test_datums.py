"""Coordinates in one datum a table, or one a pair of columns; and what is told where the data say otherwise."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geodata.datum.convert import from_wgs84
from geodata.datum.datum_names import BD09, GCJ02, Datum
from geodata.raw_table import RawTable
from sweep.inputs.clean_tables import _header_datums
from sweep.scenario.input_settings import Data

Run = Any  # these two are of conftest.py
Plain = Any


def shifted(plain: Plain, table: str, datum: Datum, lon: str = "lon", lat: str = "lat") -> None:
    """The table's points in another datum, under these headers."""
    rows = plain.rows(table)
    for row in rows:
        x, y = row.pop("lon"), row.pop("lat")
        if x:
            (x,), (y,) = from_wgs84(np.array([float(x)]), np.array([float(y)]), datum)
        row |= {lon: str(x), lat: str(y)}
    plain.write(table, rows)


def placed(sweep: Run, plain: Plain, *sets: str) -> tuple[int, list[dict[str, str]]]:
    """Leads placed by their point, and the notes on datums."""
    options = [part for text in sets for part in ("--set", text)]
    result = sweep("validate", plain.folder, *options, "--json")
    assert result.exit_code == 0, result.output
    reply = json.loads(result.stdout)
    notes = [n for n in reply["notes"] if n["code"] in ("G303", "G304", "G312", "G319", "G320")]
    return reply["matches"]["leads.point"], notes


@pytest.mark.slow
def test_each_table_may_have_a_datum_of_its_own(plain: Plain, sweep: Run) -> None:
    before, _ = placed(sweep, plain)
    assert before > 5
    shifted(plain, "leads", BD09)
    shifted(plain, "bases", GCJ02)
    wrong, _ = placed(sweep, plain)
    right, notes = placed(sweep, plain, 'data.datums={leads = "bd09", bases = "gcj02"}')
    assert wrong < right == before
    assert notes == [n for n in notes if n["code"] == "G312"]


def test_a_row_is_where_the_first_pair_of_columns_says_that_it_has(plain: Plain, sweep: Run) -> None:
    before, _ = placed(sweep, plain)
    shifted(plain, "leads", BD09, "百度经度", "百度纬度")
    rows = plain.rows("leads")
    for k, row in enumerate(rows):
        # Every second row has its place in the other pair.
        x, y = row["百度经度"], row["百度纬度"]
        row |= {"X": "", "Y": ""}
        if k % 2 and x:
            row |= {"百度经度": "", "百度纬度": "", "X": x, "Y": y}
    plain.write("leads", rows)
    pairs = '{lon = "百度经度", lat = "百度纬度", datum = "bd09"}, {lon = "X", lat = "Y", datum = "bd09"}'
    assert placed(sweep, plain, f"data.points.leads=[{pairs}]")[0] == before


def test_a_pair_whose_header_is_not_there_is_named(plain: Plain, sweep: Run) -> None:
    pairs = '{lon = "lon", lat = "lat", datum = "bd09"}, {lon = "东", lat = "lat", datum = "bd09"}'
    result = sweep("validate", plain.folder, "--set", f"data.points.leads=[{pairs}]", "--json")
    assert [(i["code"], "东" in i["what"]) for i in json.loads(result.stdout)["issues"]] == [("G113", True)]


@pytest.mark.parametrize(("header", "told"), [("百度经度", True), ("lng_bd09", True), ("经度", False)])
def test_a_header_that_names_another_datum_is_told_with_its_line(
    plain: Plain, sweep: Run, header: str, told: bool
) -> None:
    shifted(plain, "bases", BD09, header, "纬度")
    notes = [n for n in placed(sweep, plain)[1] if n["code"] == "G320"]
    assert [n["toml"] for n in notes] == (['[data.datums]\nbases = "bd09"'] if told else [])
    assert [n for n in placed(sweep, plain, 'data.datums={bases = "bd09"}')[1] if n["code"] == "G320"] == []


@pytest.mark.parametrize(
    ("header", "declared", "is_wrong"),
    [
        ("X(CGCS2000)", "EPSG:4548", False),
        ("X(CGCS2000)", "wgs84", False),
        ("X(CGCS2000)", "gcj02", True),
        ("百度X", "bd09mc", False),
        ("百度X", "gcj02", True),
        ("高德X", "EPSG:4548", True),
    ],
)
def test_a_header_is_held_against_a_datum_only_where_the_two_exclude_each_other(
    header: str, declared: str, is_wrong: bool
) -> None:
    table = RawTable("leads", Path("leads.csv"), "", pd.DataFrame(), "utf-8", headers={"lon": header})
    raw: Any = SimpleNamespace(tables={"leads": table}, data=Data(datum=declared))
    assert [i.code for i in _header_datums(raw)] == ["G320"] * is_wrong
