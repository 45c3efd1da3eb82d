"""Cleaners of street and water tables: street lines with OpenStreetMap's classes, and water to draw."""

import re
from collections.abc import Collection

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.clean.column_parsers.columns import half_width, header, name
from geodata.clean.coordinates import in_box, in_degrees
from geodata.clean.table_cleaner import Cleaned, TableCleaner, as_mask
from geodata.datum.convert import geometry_to_wgs84
from geodata.datum.datum_names import Datum
from geodata.raw_table import Column, RawTable

_CLASSES = {
    "高速公路": "motorway",
    "高速": "motorway",
    "快速路": "trunk",
    "国道": "trunk",
    "主干路": "primary",
    "主干道": "primary",
    "省道": "primary",
    "次干路": "secondary",
    "次干道": "secondary",
    "县道": "secondary",
    "支路": "tertiary",
    "乡道": "tertiary",
    "街巷": "residential",
    "小区路": "living_street",
    "内部路": "service",
    "步行街": "pedestrian",
}
# Classes of a line table that are not streets.
_NO_STREET = ("ferry", "rail", "railway")
_ALONG, _AGAINST = {"1", "yes", "true", "f", "ft", "是", "单向", "正向"}, {"-1", "reverse", "t", "tf", "反向", "逆向"}
# NavInfo's codes, under a header that matches this: 0 and 1 both ways, 2 along, 3 against.
_NAVINFO = r"(?i)方\s*向|direction"
_NO = {"0", "no", "false", "f", "否", "none"}
# Geometry types of shapely: LineString and MultiLineString; also Polygon and MultiPolygon.
_LINES, _AREAS_AND_LINES = (1, 5), (1, 3, 5, 6)


def clean_street_lines(raw: RawTable, datum: Datum) -> Cleaned:
    """Clean a table of street lines to `geodata.schema.STREET_LINES`; a row without a line is quarantined (G225)."""
    cleaner = TableCleaner(raw)
    speed = pd.to_numeric(half_width(cleaner, "maxspeed_kmh").str.extract(r"(\d+(?:\.\d+)?)")[0]).astype("float64")
    columns: dict[str, Column] = {
        # A table may share one id between many pieces, so the row number is the id.
        "street_id": pd.Series([f"L{row}" for row in cleaner.index], index=cleaner.index, dtype="str"),
        "street_name": name(cleaner, "street_name"),
        "highway": _highway(cleaner),
        "direction": _direction(cleaner),
        "maxspeed_kmh": speed.where(speed.between(1, 200)),
        "level": _is(cleaner, "is_bridge").astype("int64") - _is(cleaner, "is_tunnel").astype("int64"),
        "geometry": _shapes(cleaner, datum, _LINES, "G225"),
    }
    return cleaner.finish(columns, "street_id", stops=False)


def _highway(cleaner: TableCleaner) -> Column:
    typed = half_width(cleaner, "highway").str.lower()
    named = typed.map(_CLASSES).astype("str")
    known = named.fillna(typed.where(typed.str.fullmatch(r"[a-z_]{4,20}").eq(other=True)))
    kind = half_width(cleaner, "kind").str.lower()
    known = known.fillna(kind.where(kind.isin(_NO_STREET)))
    cleaner.repaired("street_class_assumed", known.isna())
    is_ramp = _is(cleaner, "is_link") & known.isin(["motorway", "trunk", "primary", "secondary", "tertiary"])
    # Default class of a street: neither a main road nor a service road.
    return known.fillna("tertiary").mask(is_ramp, known + "_link")


def _direction(cleaner: TableCleaner) -> Column:
    typed = half_width(cleaner, "direction").str.lower()
    # No town has only one-way streets: a table with 1 in every row uses NavInfo's codes too.
    is_all_1 = bool(typed.eq("1").all())
    if re.search(_NAVINFO, header(cleaner, "direction")) and (is_all_1 or typed.isin(["2", "3"]).any()):
        cleaner.repaired("direction_both_ways", typed.eq("1") & is_all_1)
        along, against = typed.eq("2"), typed.eq("3")
    else:
        along, against = typed.isin(_ALONG), typed.isin(_AGAINST)
    return along.astype("int64") - against.astype("int64")


def _is(cleaner: TableCleaner, column: str) -> Column:
    typed = half_width(cleaner, column).str.lower()
    return typed.notna() & ~typed.isin(_NO)


def clean_water(raw: RawTable, datum: Datum) -> Cleaned:
    """Clean a table of lakes and rivers; a row that is neither area nor line goes to quarantine (G227)."""
    cleaner = TableCleaner(raw)
    # Ids are arbitrary: no output names a water row.
    ids = pd.Series([f"W{row}" for row in cleaner.index], index=cleaner.index, dtype="str")
    shapes = _shapes(cleaner, datum, _AREAS_AND_LINES, "G227")
    # A self-crossing outline would be filled with holes and could not be clipped at the map's edge.
    repaired = shapely.make_valid(np.asarray(shapes.values), method="structure", keep_collapsed=False)
    geometry = gpd.GeoSeries(repaired, index=cleaner.index, crs=shapes.crs)
    return cleaner.finish({"water_id": ids, "geometry": geometry}, "water_id", stops=False)


def _shapes(cleaner: TableCleaner, datum: Datum, kinds: Collection[int], code: str) -> gpd.GeoSeries:
    """Return the shapes in WGS-84; record error `code` for rows without a shape of `kinds` (shapely types) in China."""
    shapes, own = in_degrees(cleaner, datum)
    moved = geometry_to_wgs84(gpd.GeoSeries(np.asarray(shapes.values), index=cleaner.index), own)
    geometry = np.asarray(moved.values)
    west, south, east, north = shapely.bounds(geometry).T
    is_shape = np.isin(shapely.get_type_id(geometry), list(kinds)) & (shapely.length(geometry) > 0)
    is_shape &= in_box(west, south) & in_box(east, north)
    cleaner.add_errors(as_mask(~is_shape, cleaner.index) & ~cleaner.is_faulty(), code)
    return moved
