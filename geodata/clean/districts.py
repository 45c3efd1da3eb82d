"""Districts: their outlines, which one a building lies in, and whether that is the one that its code says."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.clean.column_parsers.columns import division, name
from geodata.clean.coordinates import footprints
from geodata.clean.table_cleaner import Cleaned, Desk
from geodata.datum.convert import metre_crs
from geodata.datum.datum_names import GCJ02, WGS84, Datum
from geodata.errors import Issue
from geodata.raw_table import Column, RawTable
from geodata.schema import CRS

# Fields that Aliyun's DataV writes beside every polygon; its coordinates are Amap's.
_DATAV = {"acroutes", "subFeatureIndex"}


def clean_districts(raw: RawTable, datum: Datum | None) -> Cleaned:
    """The districts table; any bad row stops the run. Without a datum a file of DataV's is GCJ-02, any other WGS-84."""
    desk = Desk(raw)
    is_datav = set(raw.ignored_columns) >= _DATAV
    columns: dict[str, Column] = {
        "division_code": division(desk),
        "division_name": name(desk, "division_name"),
        "geometry": footprints(desk, datum or (GCJ02 if is_datav else WGS84), "district_made_valid"),
    }
    return desk.finish(columns, "division_code", stops=True)


def district_of(shapes: gpd.GeoSeries, districts: gpd.GeoDataFrame) -> Column:
    """Code of the smallest district around a point inside each shape; NA outside of all, and for a missing shape."""
    by_size = districts.iloc[np.argsort(-shapely.area(np.asarray(districts.geometry.values)), kind="stable")]
    inside = np.asarray(shapes.representative_point().values)
    tree = shapely.STRtree(np.asarray(by_size.geometry.values))
    where, which = tree.query(inside, predicate="within")
    # The smaller come later, and overrule the larger.
    smallest = np.full(len(shapes), -1, np.int64)
    np.maximum.at(smallest, where, which)
    codes = by_size["division_code"].astype("str").array.take(smallest, allow_fill=True)
    return pd.Series(codes, index=shapes.index, dtype="str")


def against_code(columns: dict[str, Column], districts: gpd.GeoDataFrame, found: Column) -> tuple[Issue, ...]:
    """One warning (G305) a building whose code is not that of the district it lies in, nor of one beside it."""
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
    # Outlines of districts are drawn along the middle of a street, or a little off it.
    return tuple(
        Issue("G305", "buildings", {"building_id": ids[row], "district": own[row], "within": other[row]})
        for row in rows
        if own[row] not in outlines or placed[row].distance(outlines[own[row]]) > 50.0
    )
