"""A table of any kind as text record by record, and as a file of its kind again: the same table."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal

from geodata.errors import InputError
from geodata.read.read_table import read_table
from sweep.store.sync.non_csv_tables import N_ABOVE, file_of, has_text_form, text_form

LEADS = pd.DataFrame(
    {
        "线索编号": ["L1", "L2", "L3"],
        "线索类型": ["GOIP", "猫池", "窝点"],
        "线索来源": ["报案", "研判", "巡查"],
        "接报时间": ["2026-09-01 08:00:00", "2026/09/02 09:00", "2026年9月3日"],
        "地址": ['经十路1号"甲"座,3层', "纬二路\n2号", None],
        "经度": ["117.0123456", None, "117.02"],
        "纬度": ["36.65", None, "36.66"],
    }
)
BUILDINGS = gpd.GeoDataFrame(
    {"building_id": ["B1", "B2"], "楼栋名称": ["银河大厦", None], "division_code": ["370102", "370103"]},
    geometry=[shapely.box(x, 4_050_000, x + 30, 4_050_020) for x in (500_000.25, 500_100)],
    crs=4547,
)  # fmt: skip


def written(folder: Path, name: str) -> Path:
    path = folder / name
    table = BUILDINGS if name.startswith("buildings") else LEADS
    if path.suffix in (".xlsx", ".xlsm"):
        table.to_excel(path, index=False)
    elif path.suffix.endswith("parquet"):
        table.to_parquet(path)
    elif path.suffix == ".csv":
        path.write_bytes(table.to_csv(index=False).encode("utf-16"))
    else:
        own = table if isinstance(table, gpd.GeoDataFrame) else points(table)
        own.to_file(path, driver={".gpkg": "GPKG", ".fgb": "FlatGeobuf"}.get(path.suffix, "GeoJSON"))
    return path


def points(table: pd.DataFrame) -> gpd.GeoDataFrame:
    placed = table[table["经度"].notna()]
    at = gpd.points_from_xy(placed["经度"].astype(float), placed["纬度"].astype(float))
    return gpd.GeoDataFrame(placed.drop(columns=["经度", "纬度"]), geometry=at, crs=4326)


@pytest.mark.parametrize(
    "name",
    [*(f"leads.{e}" for e in ("xlsx", "parquet", "csv", "gpkg", "geojson", "fgb")),
     *(f"buildings.{e}" for e in ("geoparquet", "gpkg", "json", "fgb"))],
)  # fmt: skip
def test_a_table_made_from_its_text_is_read_as_the_file_that_it_was(tmp_path: Path, name: str) -> None:
    (tmp_path / "made").mkdir()
    path, table = written(tmp_path, name), name.partition(".")[0]
    raw = read_table(path, table)
    content = file_of(name, text_form(raw))
    (tmp_path / "made" / name).write_bytes(content)
    again = read_table(tmp_path / "made" / name, table)
    first = int(raw.frame.index[0]) - int(again.frame.index[0])
    assert_frame_equal(pd.DataFrame(again.frame), pd.DataFrame(raw.frame.set_axis(raw.frame.index - first)))
    if isinstance(raw.frame, gpd.GeoDataFrame):
        assert again.frame.crs == raw.frame.crs  # type: ignore[union-attr]
    assert dict(again.headers) == dict(raw.headers)
    # Two who may see the same have the same bytes, so that a plan of both has one id.
    assert file_of(name, text_form(raw)) == content


@pytest.mark.parametrize("name", [f"leads.{e}" for e in ("xlsx", "parquet", "csv", "gpkg", "fgb")])
def test_a_table_of_which_nobody_may_see_a_record_has_its_header_and_no_row(tmp_path: Path, name: str) -> None:
    (tmp_path / "made").mkdir()
    text = text_form(read_table(written(tmp_path, name), "leads"))
    (tmp_path / "made" / name).write_bytes(file_of(name, b"".join(text.splitlines(keepends=True)[:N_ABOVE])))
    with pytest.raises(InputError) as refused:
        read_table(tmp_path / "made" / name, "leads")
    assert [i.code for i in refused.value.issues] == ["G127"]


def test_what_is_no_text_of_a_table_stays_as_it_is() -> None:
    assert file_of("leads.xlsx", b"PK") == b"PK"
    assert [has_text_form(f"a.{e}") for e in ("shp", "zip", "GPKG", "csv")] == [False, False, True, True]
