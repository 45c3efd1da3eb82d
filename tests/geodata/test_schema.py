from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pandera.errors
import pandera.pandas as pa
import pytest
import shapely

from geodata.schema import BUILDINGS, FIRMS, HISTORY, LEADS, ROSTER, SCHEMAS, STREETS, TIMEZONE, holds, no_rows

PLAIN = [schema for schema in SCHEMAS.values() if "geometry" not in schema.columns]
AT = pd.Timestamp("2026-09-16", tz=TIMEZONE)
FIRM = {"uscc": "91370102MA3C8D9E2X", "firm_name": "甲", "credit_class": "A", "n_staff": 5.0, "lon": 117.0, "lat": 36.6}
LEAD = {"lead_id": "L1", "lead_type": "goip", "lead_source": "reported", "received_at": AT}
CHECK = {"visit_id": "V1", "building_id": "B1", "visited_on": AT, "track": "case", "authority": "police"}
PERSON = {"person_id": "P1", "agency": "police", "role": "officer", "is_female": True, "base_id": "K1"}
SHIFT = {"division_code": "370102", "shift_start_s": 28_800, "shift_end_s": 64_800}


def _table(schema: pa.DataFrameSchema, *rows: dict[str, object]) -> pd.DataFrame:
    columns = {str(n): pd.Series([r.get(str(n)) for r in rows], dtype=c.dtype.type) for n, c in schema.columns.items()}
    return pd.DataFrame(columns)


def _by_pandera(schema: pa.DataFrameSchema, table: pd.DataFrame) -> bool:
    try:
        schema.validate(table, lazy=True)
    except pandera.errors.SchemaErrors:
        return False
    return True


@pytest.mark.parametrize("schema", PLAIN, ids=lambda schema: str(schema.name))
def test_a_table_without_rows_is_as_pandera_would_make_it(schema: pa.DataFrameSchema) -> None:
    table = no_rows(schema)
    pd.testing.assert_frame_equal(schema.validate(table), table)
    assert holds(schema, table)


@pytest.mark.parametrize(
    ("schema", "rows", "is_right"),
    [
        (FIRMS, [FIRM], True),
        (FIRMS, [FIRM | {"credit_class": None, "n_staff": None}], True),
        (FIRMS, [FIRM, FIRM], False),
        (FIRMS, [FIRM | {"firm_name": None}], False),
        (FIRMS, [FIRM | {"credit_class": "E"}], False),
        (FIRMS, [FIRM | {"n_staff": -1.0}], False),
        (FIRMS, [FIRM | {"lon": 180.0, "lat": -90.0}], True),
        (FIRMS, [FIRM | {"lat": 90.1}], False),
        (FIRMS, [FIRM | {"lat": float("inf")}], False),
        (LEADS, [LEAD], True),
        (LEADS, [LEAD | {"received_at": pd.NaT}], False),
        (LEADS, [LEAD | {"lead_source": "heard"}], False),
        (ROSTER, [PERSON | SHIFT], True),
        (ROSTER, [PERSON | SHIFT | {"shift_end_s": 172_801}], False),
        (HISTORY, [CHECK | {"outcome": "find", "selection_probability": 1.0}], True),
        (HISTORY, [CHECK | {"outcome": "find", "selection_probability": 1.5}], False),
    ],
)
def test_a_table_is_judged_as_pandera_judges_it(
    schema: pa.DataFrameSchema, rows: list[dict[str, object]], is_right: bool
) -> None:
    table = _table(schema, *rows)
    assert holds(schema, table) is _by_pandera(schema, table) is is_right


def test_a_column_too_few_or_too_many_is_refused() -> None:
    table = _table(FIRMS, FIRM)
    for wrong in (table.drop(columns="unit"), table.assign(phone="1")):
        assert not holds(FIRMS, wrong)
        assert not _by_pandera(FIRMS, wrong)


def test_another_type_is_left_to_pandera_which_may_turn_it() -> None:
    table = _table(FIRMS, FIRM).astype({"n_staff": "int64"})
    assert not holds(FIRMS, table)
    assert FIRMS.validate(table)["n_staff"].dtype == "float64"


@pytest.mark.parametrize("shape", [shapely.box(117.0, 36.0, 117.1, 36.1), None], ids=["a shape", "none"])
def test_a_shape_is_judged_as_pandera_judges_it(shape: shapely.Geometry | None) -> None:
    building = {"building_id": "B1", "n_floors": 3, "floor_area_m2": 900.0, "n_exits": 2, "lon": 117.0, "lat": 36.0}
    street = {"street_id": "S1", "highway": "primary", "is_oneway": False}
    for schema, row in ((BUILDINGS, building), (STREETS, street)):
        table = _table(schema, row | {"geometry": shape})
        table = gpd.GeoDataFrame(table, geometry="geometry", crs="EPSG:4326")
        assert holds(schema, table) is _by_pandera(schema, table) is (shape is not None)
