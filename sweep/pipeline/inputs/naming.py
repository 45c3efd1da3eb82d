"""What a building without a name is called: its address, else its id beside the nearest street's name."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.datum.convert import metre_crs


def place_names(buildings: gpd.GeoDataFrame, streets: gpd.GeoDataFrame) -> pd.Series[str]:
    """A name for every building, in the table's order."""
    names = buildings["building_name"].fillna(buildings["address"])
    nameless, named = names.isna().to_numpy(), streets[streets["street_name"].notna()]
    if nameless.any() and len(named):
        crs = metre_crs(buildings["lon"].to_numpy(), buildings["lat"].to_numpy())
        shapes = np.asarray(buildings.geometry.to_crs(crs).values)[nameless]
        tree = shapely.STRtree(np.asarray(named.geometry.to_crs(crs).values))
        # Beyond it a street's name says nothing of a building.
        where, which = tree.query_nearest(shapes, max_distance=200.0, all_matches=False)
        at = buildings.index[nameless][where]
        names[at] = named["street_name"].to_numpy()[which] + " " + buildings["building_id"][at]
    return names.fillna(buildings["building_id"])
