"""Water of a table: areas of lakes and wide rivers, lines of narrow ones; to be drawn and for nothing else."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.clean.cleaned import Cleaned
from geodata.clean.desk import Desk, as_mask
from geodata.clean.places import in_box, in_degrees
from geodata.datum.convert import geometry_to_wgs84
from geodata.datum.names import Datum
from geodata.raw import RawTable

_AREAS_AND_LINES = (1, 3, 5, 6)
"""shapely's numbers of line, polygon, and several of them."""


def clean_water(raw: RawTable, datum: Datum) -> Cleaned:
    """The water of a table, each row of which is water; one that is neither area nor line goes to quarantine (G227)."""
    desk = Desk(raw)
    # What a row is called does not matter: none is ever named.
    ids = pd.Series([f"W{row}" for row in desk.index], index=desk.index, dtype="str")
    return desk.finish({"water_id": ids, "geometry": _shapes(desk, datum)}, "water_id", stops=False)


def _shapes(desk: Desk, datum: Datum) -> gpd.GeoSeries:
    shapes, own = in_degrees(desk, datum)
    moved = geometry_to_wgs84(gpd.GeoSeries(np.asarray(shapes.values), index=desk.index), own)
    geometry = np.asarray(moved.values)
    west, south, east, north = shapely.bounds(geometry).T
    is_shape = np.isin(shapely.get_type_id(geometry), _AREAS_AND_LINES) & (shapely.length(geometry) > 0)
    is_shape &= in_box(west, south) & in_box(east, north)
    desk.fault(as_mask(~is_shape, desk.index) & ~desk.is_faulty(), "G227")
    # An outline that crosses itself would be filled with holes, and could not be cut at the map's edge.
    mended = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    return gpd.GeoSeries(mended, index=desk.index, crs=moved.crs)
