"""Cleaner of coordinate columns: order of the pair, bounds of China, conversion to WGS-84."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.array_types import Bools, Degrees, Float64s
from geodata.clean.column_parsers.columns import angles, number
from geodata.clean.table_cleaner import TableCleaner, as_mask
from geodata.datum.convert import geometry_to_wgs84, is_swapped, to_wgs84
from geodata.datum.datum_names import WGS84, Datum
from geodata.datum.degree_lengths import METRES_PER_DEGREE
from geodata.datum.projected_input_coordinates import CHINA_BOX, within, zone_numbers
from geodata.raw_table import Mask, as_text, single_points
from geodata.schema import CRS

# Larger values are metres; wrong degrees, or degrees from 0 to 360, are smaller.
_MOST_DEGREES = 400.0


# A pair of zeros is no location: see `_pair`.
_WORLD = (-180.0, -90.0, 180.0, 90.0)


def in_box(lon: Degrees, lat: Degrees) -> Bools:
    """Return whether points lie in the bounding box of China; False for NaN."""
    return within(lon, lat, CHINA_BOX)


def _is_allowed(cleaner: TableCleaner, lon: Degrees, lat: Degrees) -> Bools:
    return within(lon, lat, _WORLD) if cleaner.raw.anywhere else in_box(lon, lat)


def points(cleaner: TableCleaner, datum: Datum, *, derived: bool = False) -> tuple[pd.Series[float], pd.Series[float]]:
    """
    Return the columns `lon` and `lat` in WGS-84 degrees.

    A pair, in degrees or metres, that lies in China only in reversed order is swapped and counted as a repair. A row
    without coordinates in the first pair of columns gets those of a further pair (`RawTable.more_points`).

    Parameters
    ----------
    datum
        Datum of the first pair.
    derived
        Whether the caller fills in missing coordinates, so that they are no error.
    """
    first_lon, first_lat = _pair(cleaner, ("lon", "lat"), datum, derived=derived)
    for *pair, own in cleaner.raw.more_points:
        lon, lat = _pair(cleaner, (pair[0], pair[1]), own, derived=True)
        is_second = first_lon.isna() & lon.notna()
        cleaner.repaired("second_point", is_second)
        first_lon, first_lat = first_lon.mask(is_second, lon), first_lat.mask(is_second, lat)
    return first_lon, first_lat


def _pair(
    cleaner: TableCleaner, pair: tuple[str, str], datum: Datum, *, derived: bool
) -> tuple[pd.Series[float], pd.Series[float]]:
    """Return longitude and latitude from one pair of columns, WGS-84 degrees; NaN without a value or with an error."""
    # Without the schema's bounds: a latitude of 117 may be swapped, and points outside China get their own error.
    lon, lat = (number(cleaner, c, derived=derived, bounds=(-np.inf, np.inf), parse=angles) for c in pair)
    x, y = np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)
    if derived or cleaner.schema.columns["lon"].nullable:
        # Many programs write 0 for an unknown location; no place in China is at 0.
        is_unknown = (x == 0) & (y == 0)
        cleaner.repaired("place_zero", as_mask(is_unknown, cleaner.index))
        x[is_unknown] = y[is_unknown] = np.nan
    cleaner.add_errors(as_mask(np.isnan(x) != np.isnan(y), cleaner.index) & ~cleaner.is_faulty(), "G216")
    true_x, true_y = _located(cleaner, x, y, datum)
    usable = _is_allowed(cleaner, true_x, true_y)
    is_outside = ~np.isnan(x) & ~np.isnan(y) & ~usable
    size = np.fmax(np.abs(x), np.abs(y))
    is_metres = is_outside & (size > _MOST_DEGREES) & np.isfinite(size)
    cleaner.add_errors(as_mask(is_metres, cleaner.index), "G226", x=lon, y=lat, datum=datum.name)
    cleaner.add_errors(as_mask(is_outside & ~is_metres, cleaner.index), "G215", lon=lon, lat=lat)
    true_x, true_y = np.where(usable, true_x, np.nan), np.where(usable, true_y, np.nan)
    return pd.Series(true_x, index=cleaner.index), pd.Series(true_y, index=cleaner.index)


def _located(cleaner: TableCleaner, x: Degrees, y: Degrees, datum: Datum) -> tuple[Degrees, Degrees]:
    """Convert x and y of a table to WGS-84 degrees; pairs in reversed order are swapped, except in worldwide tables."""
    if cleaner.raw.anywhere:
        return to_wgs84(x, y, datum)
    # In a table of metres, values in China's range of degrees are degrees: grid coordinates are far larger.
    is_degrees = (in_box(x, y) | in_box(y, x)) & (not datum.is_degrees)
    swapped = np.where(is_degrees, is_swapped(x, y, WGS84), is_swapped(x, y, datum))
    x, y = np.where(swapped, y, x), np.where(swapped, x, y)
    for kind, rows in (
        ("swapped_lon_lat", swapped),
        ("degrees_among_metres", is_degrees),
        ("zone_number", zone_numbers(x, datum.epsg)),
    ):
        cleaner.repaired(kind, as_mask(rows, cleaner.index))
    true_x, true_y = to_wgs84(x, y, datum)
    return np.where(is_degrees, x, true_x), np.where(is_degrees, y, true_y)


def footprints(
    cleaner: TableCleaner, datum: Datum, repair: str = "footprint_made_valid", unless: Mask | None = None
) -> gpd.GeoSeries:
    """
    Return the column `geometry` as valid WGS-84 polygons, null for a row with an error.

    Parameters
    ----------
    repair
        Kind of repair (`repair.<kind>`) under which invalid shapes made valid are counted.
    unless
        Rows that need no geometry; None: all rows need one.
    """
    shapes, datum = in_degrees(cleaner, datum)
    shapes = gpd.GeoSeries(np.asarray(shapes.values), index=cleaner.index, crs=CRS)
    kinds = shapes.geom_type
    is_none = as_mask(shapely.is_missing(shapes.values) | shapely.is_empty(shapes.values), cleaner.index)
    cleaner.add_errors(is_none if unless is None else is_none & ~unless, "G217")
    is_other = ~is_none & ~kinds.isin(["Polygon", "MultiPolygon", "GeometryCollection"])
    cleaner.add_errors(is_other, "G218", kind=kinds.astype("str"))
    shapes = _valid(cleaner, _with_replaced(shapes, is_none | is_other, None), repair)
    return geometry_to_wgs84(_swapped_back(cleaner, shapes), datum)


def points_as_cells(cleaner: TableCleaner) -> None:
    """
    Move point geometries of the cleaner's frame to its cells `lon` and `lat`, so that both forms are cleaned alike.

    A row with both cells filled keeps them. The frame is replaced by one without point geometries; outlines stay.
    """
    if "geometry" not in cleaner.frame:
        return
    shapes = _parsed_shapes(cleaner)
    flat = gpd.GeoSeries(single_points(np.asarray(shapes.values)), index=cleaner.index, crs=shapes.crs)
    is_point = flat.notna()
    if not is_point.any():
        return
    places = flat if flat.crs is None else flat.to_crs(CRS)
    cells = {"lon": as_text(places.x), "lat": as_text(places.y)}
    if {"lon", "lat"} <= set(cleaner.frame.columns):
        is_placed = cleaner.frame["lon"].notna() & cleaner.frame["lat"].notna()
        cells = {name: cell.mask(is_placed, as_text(cleaner.frame[name])) for name, cell in cells.items()}
    outlines = np.where(is_point.to_numpy(), np.array(None, dtype=object), np.asarray(shapes.values))
    cleaner.frame = gpd.GeoDataFrame(cleaner.frame.drop(columns="geometry"), geometry=outlines, crs=shapes.crs).assign(
        **cells
    )


def _parsed_shapes(cleaner: TableCleaner) -> gpd.GeoSeries:
    """Return the column `geometry` in two dimensions, with the file's projection as `crs` (None for WKT and WKB)."""
    if isinstance(cleaner.frame, gpd.GeoDataFrame):
        shapes = cleaner.frame.geometry
    elif "geometry" not in cleaner.frame:
        shapes = gpd.GeoSeries(np.full(len(cleaner.index), None, dtype=object), index=cleaner.index)
    else:
        cells = cleaner.frame["geometry"]
        text = cells.astype("object").where(cells.notna(), None)
        is_binary = np.asarray(cells.str.fullmatch(r"0[01][0-9A-Fa-f]+").eq(other=True), dtype=bool)
        with np.errstate(invalid="ignore"):  # numpy warns of a `nan` vertex
            parsed = shapely.from_wkt(text.mask(is_binary, None).to_numpy(), on_invalid="ignore")
            parsed[is_binary] = shapely.from_wkb(text[is_binary].to_numpy(), on_invalid="ignore")
        shapes = gpd.GeoSeries(parsed, index=cleaner.index)
    flat = gpd.GeoSeries(shapely.force_2d(shapes.values), index=cleaner.index, crs=shapes.crs)
    if flat.crs is not None:
        flat = _with_replaced(flat, ~_is_finite(flat.to_crs(CRS)), None)
    # GEOS does not accept vertices that are not finite.
    return _with_replaced(flat, ~_is_finite(flat), None)


def _is_finite(shapes: gpd.GeoSeries, datum: Datum = WGS84) -> Mask:
    """Return whether all vertices of a shape are finite, as given and in WGS-84; True for a missing shape."""
    xy, owner = shapely.get_coordinates(np.asarray(shapes.values), return_index=True)
    known = np.isfinite(np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], datum))).all(axis=1)
    is_finite = np.ones(len(shapes), dtype=bool)
    is_finite[owner[~known]] = False
    return as_mask(is_finite, shapes.index)


def in_degrees(cleaner: TableCleaner, datum: Datum) -> tuple[gpd.GeoSeries, Datum]:
    """
    Return the column `geometry` in degrees, and the datum of these degrees.

    `datum`: datum of the table as the scenario states it. Metres become WGS-84; degrees stay in their own datum. A
    shape that cannot be placed gets an error, and a small box as placeholder, which is not used.
    """
    shapes = _parsed_shapes(cleaner)
    is_metres = not datum.is_degrees
    is_large = shapes.bounds.abs().max(axis=1) > _MOST_DEGREES
    # GeoJSON is always read as degrees: metres in it are in the scenario's datum.
    is_misread = is_metres and is_large.any() and shapes.crs is not None and shapes.crs.is_geographic
    if shapes.crs is not None and not is_misread:
        return gpd.GeoSeries(shapes.to_crs(CRS)), WGS84 if is_metres else datum
    if is_metres:
        return _from_metres(cleaner, shapes, datum), WGS84
    # Values above 180 without a projection are metres of an unknown zone.
    cleaner.add_errors(is_large, "G220")
    return _with_replaced(shapes, is_large, _PLACEHOLDER), datum


def _from_metres(cleaner: TableCleaner, shapes: gpd.GeoSeries, datum: Datum) -> gpd.GeoSeries:
    """Convert shapes from metres of a datum to WGS-84 degrees; shapes already in degrees are unchanged."""
    low_x, low_y, high_x, high_y = shapely.bounds(np.asarray(shapes.values)).T
    is_degrees = as_mask(
        in_box(low_x, low_y) & in_box(high_x, high_y) | in_box(low_y, low_x) & in_box(high_y, high_x), cleaner.index
    )
    cleaner.repaired("degrees_among_metres", is_degrees)
    metres = _easting_first(cleaner, _with_replaced(shapes, is_degrees, None), datum)
    is_nowhere = ~_is_finite(metres, datum)
    x, y = pd.Series(low_x, cleaner.index), pd.Series(low_y, cleaner.index)
    cleaner.add_errors(is_nowhere, "G226", x=x, y=y, datum=datum.name)
    moved = np.asarray(
        _with_replaced(
            geometry_to_wgs84(_with_replaced(metres, is_nowhere, None), datum), is_nowhere, _PLACEHOLDER
        ).values
    )
    degrees = np.where(is_degrees.to_numpy(), np.asarray(shapes.values), moved)
    return gpd.GeoSeries(degrees, index=cleaner.index, crs=CRS)


def _easting_first(cleaner: TableCleaner, shapes: gpd.GeoSeries, datum: Datum) -> gpd.GeoSeries:
    """Return shapes in metres with the easting as x; a surveyor's file has the northing as x."""
    geometry = np.asarray(shapes.values).copy()
    low_x, low_y, _, _ = shapely.bounds(geometry).T
    swapped = is_swapped(low_x, low_y, datum)
    cleaner.repaired("swapped_lon_lat", as_mask(swapped, cleaner.index))
    cleaner.repaired("zone_number", as_mask(zone_numbers(np.where(swapped, low_y, low_x), datum.epsg), cleaner.index))
    geometry[swapped] = shapely.transform(geometry[swapped], lambda xy: xy[:, ::-1])
    return gpd.GeoSeries(geometry, index=cleaner.index)


# Placeholder of a shape that already has its error.
_PLACEHOLDER = shapely.box(100.0, 30.0, 100.001, 30.001)


def _with_replaced(shapes: gpd.GeoSeries, mask: Mask, shape: shapely.Geometry | None) -> gpd.GeoSeries:
    geometry = np.asarray(shapes.values)
    geometry = np.where(mask.to_numpy(), np.array(shape, dtype=object), geometry)
    return gpd.GeoSeries(geometry, index=shapes.index, crs=shapes.crs)


def _valid(cleaner: TableCleaner, shapes: gpd.GeoSeries, repair: str) -> gpd.GeoSeries:
    geometry = np.asarray(shapes.values)
    is_wrong = ~(shapely.is_valid(geometry) & np.isin(shapely.get_type_id(geometry), (3, 6)))
    is_wrong &= ~shapely.is_missing(geometry)
    repaired = geometry.copy()
    repaired[is_wrong] = [_polygons(shape) for shape in shapely.make_valid(geometry[is_wrong])]
    is_lost = as_mask(shapely.is_missing(repaired) & ~shapely.is_missing(geometry), cleaner.index)
    cleaner.add_errors(is_lost, "G219")
    cleaner.repaired(repair, as_mask(is_wrong, cleaner.index) & ~is_lost)
    return gpd.GeoSeries(repaired, index=cleaner.index, crs=shapes.crs)


def _polygons(shape: shapely.Geometry) -> shapely.Geometry | None:
    parts = [p for p in shapely.get_parts(shapely.get_parts(shape)) if p.geom_type == "Polygon" and p.area > 0]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _swapped_back(cleaner: TableCleaner, shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    geometry = np.asarray(shapes.values)
    low_x, low_y, high_x, high_y = shapely.bounds(geometry).T
    is_in = _is_allowed(cleaner, low_x, low_y) & _is_allowed(cleaner, high_x, high_y)
    swapped = ~is_in & in_box(low_y, low_x) & in_box(high_y, high_x) & (not cleaner.raw.anywhere)
    cleaner.repaired("swapped_lon_lat", as_mask(swapped, cleaner.index))
    turned = geometry.copy()
    turned[swapped] = shapely.transform(geometry[swapped], lambda xy: xy[:, ::-1])
    is_out: Mask = as_mask(~shapely.is_missing(geometry) & ~is_in & ~swapped, cleaner.index)
    centre_x, centre_y = pd.Series((low_x + high_x) / 2, cleaner.index), pd.Series((low_y + high_y) / 2, cleaner.index)
    cleaner.add_errors(is_out & ~cleaner.is_faulty(), "G215", lon=centre_x, lat=centre_y)
    turned[is_out.to_numpy()] = None
    return gpd.GeoSeries(turned, index=cleaner.index, crs=shapes.crs)


def far_from_rest(lon: Degrees, lat: Degrees) -> tuple[Bools, Float64s]:
    """
    Return which points are outliers, and the distance of each point from the median point, metres, shape (n,).

    Outliers are more than 50 km away and more than five times as far as the 75 % quantile of the distances. The limit
    is reliable while at most a quarter of the points are wrong. Fewer than five points have no outliers.
    """
    known = np.isfinite(lon) & np.isfinite(lat)
    off_m = np.full(len(lon), np.nan)
    # The median of fewer points is meaningless.
    if known.sum() < 5:
        return np.zeros(len(lon), dtype=np.bool_), off_m
    east_m = (lon - np.median(lon[known])) * METRES_PER_DEGREE * np.cos(np.radians(lat))
    off_m = np.hypot(east_m, (lat - np.median(lat[known])) * METRES_PER_DEGREE)
    # No city has offices so far from its centre; in a table of a whole province the quantile is larger too.
    most_m = max(50_000.0, 5.0 * float(np.quantile(off_m[known], 0.75)))
    return known & (np.nan_to_num(off_m) > most_m), off_m
