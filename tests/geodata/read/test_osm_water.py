from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from geodata.errors import InputError
from geodata.read.osm.water import read_osm_water

NODES = {1: (36.60, 117.00), 2: (36.60, 117.01), 3: (36.61, 117.01), 4: (36.61, 117.00), 5: (36.62, 117.02)}
WAYS = {
    "lake": ([1, 2, 3, 4, 1], "natural", "water"),
    "river": ([1, 3, 5], "waterway", "river"),
    "brook": ([2, 5], "waterway", "stream"),
    "broken": ([1, 3, 2, 4, 1], "natural", "water"),
    "open": ([1, 2, 3], "natural", "water"),
    "street": ([1, 5], "highway", "primary"),
}


def written(path: Path, *names: str) -> Path:
    nodes = "".join(f'<node id="{i}" version="1" lat="{y}" lon="{x}"/>' for i, (y, x) in NODES.items())
    ways = ""
    for k, name in enumerate(names, 1):
        refs, key, value = WAYS[name]
        inside = "".join(f'<nd ref="{r}"/>' for r in refs)
        ways += f'<way id="{k}" version="1">{inside}<tag k="{key}" v="{value}"/></way>'
    path.write_text(f'<osm version="0.6">{nodes}{ways}</osm>', encoding="utf-8")
    return path


def test_lakes_and_rivers_are_read_and_nothing_else(tmp_path: Path) -> None:
    water = read_osm_water(written(tmp_path / "a.osm", *WAYS))
    lake, river = water.geometry
    # 0.01 degrees square.
    assert lake.area == pytest.approx(1e-4)
    assert list(river.coords) == [(117.0, 36.6), (117.01, 36.61), (117.02, 36.62)]


def test_water_is_cut_at_the_edge_of_what_counts(tmp_path: Path) -> None:
    path = written(tmp_path / "a.osm", "lake", "river")
    west = read_osm_water(path, within=shapely.box(116.9, 36.5, 117.005, 36.7))
    # Half the lake.
    assert west.geometry.iloc[0].area == pytest.approx(0.5e-4)
    assert read_osm_water(path, within=shapely.box(0, 0, 1, 1)).empty


def test_a_file_without_water_gives_none(tmp_path: Path) -> None:
    assert read_osm_water(written(tmp_path / "a.osm", "street", "open")).empty


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="G120"):
        read_osm_water(tmp_path / "none.osm")


def test_a_lake_that_crosses_itself_is_left_out(tmp_path: Path) -> None:
    water = read_osm_water(written(tmp_path / "a.osm", "broken", "lake"))
    assert [lake.area for lake in water.geometry] == pytest.approx([1e-4])
