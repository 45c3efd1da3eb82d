"""Cleaner of district outlines; lookup of the district around a building, and check of the building's code."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.clean.column_parsers.columns import division, name
from geodata.clean.coordinates import footprints
from geodata.clean.table_cleaner import Cleaned, TableCleaner
from geodata.datum.convert import metre_crs
from geodata.datum.datum_names import GCJ02, WGS84, Datum
from geodata.errors import Issue
from geodata.raw_table import Column, RawTable
from geodata.schema import CRS

# Fields that Aliyun's DataV adds to every polygon; its coordinates are Amap's (GCJ-02).
_DATAV = {"acroutes", "subFeatureIndex"}


def clean_districts(raw: RawTable, datum: Datum | None) -> Cleaned:
    """Clean the outlines of districts; a bad row stops the run. `datum` None: GCJ-02 for a DataV file, else WGS-84."""
    cleaner = TableCleaner(raw)
    is_datav = set(raw.ignored_columns) >= _DATAV
    columns: dict[str, Column] = {
        "division_code": division(cleaner),
        "division_name": name(cleaner, "division_name"),
        "geometry": footprints(cleaner, datum or (GCJ02 if is_datav else WGS84), "district_made_valid"),
    }
    return cleaner.finish(columns, "division_code", stops=True)


def district_of(shapes: gpd.GeoSeries, districts: gpd.GeoDataFrame) -> Column:
    """Return the code of the smallest district around each shape's inner point; NA without a district or a shape."""
    by_size = districts.iloc[np.argsort(-shapely.area(np.asarray(districts.geometry.values)), kind="stable")]
    inside = np.asarray(shapes.representative_point().values)
    tree = shapely.STRtree(np.asarray(by_size.geometry.values))
    where, which = tree.query(inside, predicate="within")
    # Smaller districts come later and replace larger ones.
    smallest = np.full(len(shapes), -1, np.int64)
    np.maximum.at(smallest, where, which)
    codes = by_size["division_code"].astype("str").array.take(smallest, allow_fill=True)
    return pd.Series(codes, index=shapes.index, dtype="str")


def against_code(columns: dict[str, Column], districts: gpd.GeoDataFrame, found: Column) -> tuple[Issue, ...]:
    """
    Return a warning (G305) for each building over 50 m outside the outline of the district that its code names.

    `columns`: clean columns of the buildings; `found`: codes of the districts around them, from `district_of`.
    """
    codes = columns["division_code"]
    shapes = gpd.GeoSeries(columns["geometry"])
    rows = codes.index[codes.notna() & found.notna() & codes.ne(found)]
    if rows.empty:
        return ()
    wrong = gpd.GeoSeries(shapes.reindex(rows), crs=CRS)
    bounds = wrong.bounds
    crs = metre_crs(np.asarray(bounds["minx"]), np.asarray(bounds["miny"]))
    outlines = dict(zip(districts["division_code"], districts.geometry.to_crs(crs), strict=True))
    placed = dict(zip(rows, wrong.to_crs(crs), strict=True))
    ids, own, other = columns["building_id"].to_dict(), codes.to_dict(), found.to_dict()
    # Outlines of districts follow the middle of a street, or lie a little off it.
    return tuple(
        Issue("G305", "buildings", {"building_id": ids[row], "district": own[row], "within": other[row]})
        for row in rows
        if own[row] not in outlines or placed[row].distance(outlines[own[row]]) > 50.0
    )
