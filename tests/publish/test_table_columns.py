"""Columns of what is written: each has a meaning in both languages, and a file has those that are listed for it."""

from __future__ import annotations

import csv
import io
import json

import pytest

from geodata.message_catalogue import LANGUAGES, load_texts
from sweep.publish.exports.export_formats import export_plan
from sweep.publish.exports.geopackage import plan_layers
from sweep.publish.table_columns import COLUMNS
from sweep.publish.write_edition import _contents
from tests.publish.small_edition import small_edition

EN = load_texts("en")
SMALL = small_edition()
KINDS = [name.removeprefix("plan.geojson: ") for name in COLUMNS if name.startswith("plan.geojson: ")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_column_has_a_meaning(lang: str) -> None:
    texts = load_texts(lang)
    assert [c for columns in COLUMNS.values() for c in columns if f"column.{c}.is" not in texts] == []


def test_no_meaning_is_of_a_column_that_no_file_has() -> None:
    known = {f"column.{c}.is" for columns in COLUMNS.values() for c in columns}
    assert {k for k in EN.keys() if k.startswith("column.") and k.endswith(".is")} == known  # noqa: SIM118


def test_a_table_of_an_edition_has_its_columns() -> None:
    tables = {name: content for name, content in _contents(SMALL, EN, {}).items() if name.endswith(".csv")}
    heads = {name: tuple(next(csv.reader(io.StringIO(tables[name].decode("utf-8-sig"))))) for name in tables}
    assert {"buildings.csv", "unserved.csv"} < set(heads)
    assert heads == {name: COLUMNS[name] for name in heads}


def test_the_table_of_stops_has_its_columns() -> None:
    text = export_plan(SMALL, "csv", EN).content.decode("utf-8-sig")
    assert tuple(next(csv.reader(io.StringIO(text)))) == COLUMNS["stops.csv"]


@pytest.mark.parametrize("name", [n for n in COLUMNS if n.startswith("plan.gpkg: ")])
def test_a_layer_has_its_columns(name: str) -> None:
    layer = plan_layers(SMALL, EN)[name.removeprefix("plan.gpkg: ")]
    assert (*COLUMNS[name], "geometry") == tuple(layer.columns)


@pytest.mark.parametrize("kind", KINDS)
def test_a_feature_has_the_columns_of_its_kind(kind: str) -> None:
    features = json.loads(export_plan(SMALL, "geojson", EN).content)["features"]
    columns = {frozenset(f["properties"]) for f in features if f["properties"]["kind"] == kind}
    assert columns == {frozenset(COLUMNS[f"plan.geojson: {kind}"])}
