"""A plan with all its places in the datum of other maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import geopandas as gpd
import numpy as np
from shapely.geometry import LineString

from geodata.datum.convert import from_wgs84, geometry_from_wgs84
from geodata.datum.names import BD09, GCJ02, WGS84, Datum
from sweep.publish.edition import Edition
from sweep.records.people import Base
from sweep.records.places import Building

DATUMS: Mapping[str, Datum] = {datum.name: datum for datum in (WGS84, GCJ02, BD09)}
"""What an export may be in: WGS-84, and those of AMap, Tencent and Baidu."""


def shifted(edition: Edition, datum: Datum) -> Edition:
    """
    The edition with every coordinate of its buildings, bases, lines and outlines in another datum.

    Parameters
    ----------
    datum
        One of `DATUMS`. Geometries in one that is not WGS-84 have no `crs`, for none has a code.
    """
    if datum == WGS84:
        return edition
    return replace(
        edition,
        buildings=_moved(edition.buildings, datum),
        bases=_moved(edition.bases, datum),
        footprints=_layer(edition.footprints, datum),
        streets=_layer(edition.streets, datum),
        route_lines={team: _lines(legs, datum) for team, legs in edition.route_lines.items()},
    )


def _lines(legs: Sequence[LineString], datum: Datum) -> tuple[LineString, ...]:
    moved = geometry_from_wgs84(gpd.GeoSeries(list(legs), crs=4326), datum)
    return tuple(leg for leg in moved if isinstance(leg, LineString))


def _layer(layer: gpd.GeoDataFrame, datum: Datum) -> gpd.GeoDataFrame:
    return layer.set_geometry(geometry_from_wgs84(layer.geometry, datum))


def _moved[Place: (Building, Base)](places: Mapping[str, Place], datum: Datum) -> dict[str, Place]:
    lons, lats = from_wgs84(
        np.array([p.lon for p in places.values()]), np.array([p.lat for p in places.values()]), datum
    )
    moved = zip(places.items(), lons.tolist(), lats.tolist(), strict=True)
    return {place_id: replace(place, lon=lon, lat=lat) for (place_id, place), lon, lat in moved}
