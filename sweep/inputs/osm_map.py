"""READ: buildings, streets and water of an OpenStreetMap file, clipped by the outline of a district."""

from collections.abc import Collection
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geodata.array_types import Float64s
from geodata.check_osm_file import OSM_SUFFIXES
from geodata.errors import InputError, Issue
from geodata.raw_table import RawTable, as_text
from geodata.read.osm.buildings_and_streets import read_osm_buildings
from geodata.read.osm.geojson_export import is_osm_export
from geodata.read.read_table import read_table, safe_path, sha256_of
from geodata.read.redact_personal import without_personal
from geodata.schema import CRS
from sweep.records.input_files import InputFile
from sweep.scenario.input_settings import Data


def is_osm(name: str) -> bool:
    """Return whether a file name has an OpenStreetMap suffix."""
    return name.lower().endswith(OSM_SUFFIXES)


def is_osm_buildings(path: Path) -> bool:
    """Return whether a file of buildings is from OpenStreetMap: native, or a GeoJSON export of it."""
    return is_osm(path.name) or is_osm_export(path)


def clip_outline(data: Data, districts: gpd.GeoDataFrame | None) -> shapely.Geometry | None:
    """
    Return the outline, WGS-84, by which OpenStreetMap files are clipped: box or district of `data.clip`, or None.

    Raises
    ------
    InputError
        G306 if `data.clip` names an unknown district.
    """
    clip = data.clip
    if clip is None or isinstance(clip, tuple):
        return shapely.box(*clip) if clip else None
    own = districts[districts["division_code"].eq(clip)] if districts is not None else None
    if own is None or own.empty:
        raise InputError([Issue("G306", "data.clip", {"code": clip})])
    return own.geometry.iloc[0]


def osm_table(
    path: Path,
    within: shapely.Geometry | None = None,
    firms_at: Float64s | None = None,
    chosen: Collection[str] | None = None,
) -> RawTable:
    """
    Return the office buildings of an OpenStreetMap file as a raw table of texts.

    `within`: polygon with the buildings to keep, WGS-84. `firms_at`: (lon, lat) of registered firms; three in a
    building make it an office building. `chosen`: ids of the buildings to keep, whether offices or not.
    """
    return raw_osm_table(path, read_osm_buildings(path, within=within, firms_at=firms_at, chosen=chosen))


def chosen_offices(folder: Path, data: Data) -> frozenset[str] | None:
    """Return ids of the buildings that the scenario lists as office buildings; None without a list."""
    if data.offices is None:
        return None
    listed = read_table(safe_path(folder, data.offices, "data.offices"), "building_files")
    return frozenset(listed.frame["building_id"].dropna())


def raw_osm_table(path: Path, found: gpd.GeoDataFrame) -> RawTable:
    """Return the result `found` of `read_osm_buildings` on the file `path` as a raw table: its cells become text."""
    texts: dict[str, Any] = {c: as_text(found[c]) for c in found.columns if c != "geometry"}
    cells, n_personal = without_personal(pd.DataFrame(texts), ())
    frame = gpd.GeoDataFrame(cells, geometry=found.geometry, crs=CRS)
    repairs = MappingProxyType(n_personal)
    return RawTable("buildings", path=path, sha256=sha256_of(path), frame=frame, encoding=None, repairs=repairs)


def osm_file(table: str, path: Path, n_rows: int) -> InputFile:
    """Return the record of an input file with streets, water, outlines or a list of offices; all rows count as used."""
    return InputFile(table, path.name, sha256_of(path), n_rows=n_rows, n_used=n_rows, n_quarantined=0)
