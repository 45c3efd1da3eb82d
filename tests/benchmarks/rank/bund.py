"""The footprints and roads of the Bund, from `shared/data` beside the project, as places with firms."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.array_types import Float64s
from tests.paths import GEO

BUND = GEO / "osm-cn-shanghai-bund"
UTM = 32_651
# As in the ranking where no firm is registered; 3.5 m a floor as in the reader of maps, six floors where none is known.
M2_PER_FIRM, M_PER_FLOOR, FLOORS = 660.0, 3.5, 6.0


def has_bund() -> bool:
    """Whether the data are there."""
    return BUND.is_dir()


def bund_places() -> tuple[Float64s, Float64s]:
    """Places in metres, shape (1450, 2), and firms by floor area, at least one each."""
    table = gpd.read_file(BUND / "buildings.geojson").to_crs(UTM)
    outlines = table.geometry.make_valid()
    points = outlines.representative_point()
    floors = np.maximum(1.0, pd.to_numeric(table["height"]).fillna(M_PER_FLOOR * FLOORS) / M_PER_FLOOR)
    firms = np.maximum(1.0, np.round(outlines.area * floors / M2_PER_FIRM))
    return np.column_stack([points.x, points.y]), firms.to_numpy(np.float64)


def bund_roads() -> list[shapely.LineString]:
    """The roads in metres, joined where they go on."""
    parts = gpd.read_file(BUND / "roads.geojson").to_crs(UTM).geometry
    joined = shapely.line_merge(shapely.multilinestrings(parts[parts.geom_type == "LineString"].to_numpy()))
    return [line for line in shapely.get_parts(joined) if isinstance(line, shapely.LineString)]
