"""Survey of a street table: length, connectivity, and unreached places."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import scipy.sparse
import shapely
from scipy.sparse.csgraph import connected_components

from geodata.array_types import Bools, Degrees, Int32s
from geodata.datum.convert import metre_crs
from geodata.roads.line_noding import nodes_of
from geodata.roads.travel_modes import FAR_M


@dataclass(frozen=True, slots=True, eq=False)
class StreetSurvey:
    """Total length of streets, their connectivity, and which places they reach."""

    length_km: float
    """Total length of all streets."""
    main_share: float
    """Share of the street length in the largest component, ignoring one-way restrictions."""
    is_far: Bools
    """Shape (n,): the place is over 500 m from every street."""
    is_cut_off: Bools
    """Shape (n,): the place's nearest street is outside the largest component."""


def survey_streets(streets: gpd.GeoDataFrame, lon: Degrees, lat: Degrees) -> StreetSurvey:
    """
    Return how connected the streets are, and which places at `lon`, `lat` (WGS-84 degrees, shape (n,)) they reach.

    `streets`: `geodata.schema.STREETS`, which must share a vertex at every possible turn.
    """
    bounds = streets.bounds
    crs = metre_crs(np.asarray(bounds["minx"]), np.asarray(bounds["miny"]))
    lines = np.asarray(streets.geometry.to_crs(crs).values)
    lengths = shapely.length(lines)
    _, node, street = nodes_of(np.asarray(streets.geometry.values))
    n, size = len(streets), len(streets) + len(node)
    links = scipy.sparse.coo_array((np.ones(len(node)), (street, node + n)), shape=(size, size))
    component: Int32s = connected_components(links, directed=False)[1][:n]
    by_component = np.bincount(component, weights=lengths)
    tree = shapely.STRtree(lines)
    places = np.asarray(gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=streets.crs).to_crs(crs).values)
    nearest = tree.nearest(places)
    return StreetSurvey(
        length_km=float(lengths.sum() / 1_000),
        main_share=float(by_component.max() / lengths.sum()),
        is_far=shapely.distance(places, lines[nearest]) > FAR_M,
        is_cut_off=component[nearest] != by_component.argmax(),
    )
