"""A plan as a folium map that a script may add layers to."""

from collections.abc import Sequence
from typing import Any

import folium
import geopandas as gpd
from shapely.geometry import MultiLineString, Point

from sweep.publish.charts.map_geometry import outline_about
from sweep.publish.edition import Edition
from sweep.publish.facts.export_rows import stops_of
from sweep.publish.map.leaflet import self_contained


def plan_map(edition: Edition) -> folium.Map:
    """The layers of a plan from buildings to stops; the map opens with no network."""
    places = edition.buildings
    layers: dict[str, Sequence[Any]] = {
        "buildings": edition.footprints.geometry.to_list(),
        "clusters": [outline_about([(places[b].lon, places[b].lat) for b in c.building_ids]) for c in edition.clusters],
        "routes": [MultiLineString([leg for leg in legs if not leg.is_empty]) for legs in edition.route_lines.values()],
        "stops": [Point(s.building.lon, s.building.lat) for _, s in stops_of(edition)],
    }
    page_map = folium.Map(tiles=None, attributionControl=False)
    for name, shapes in layers.items():
        # Shapes alone: folium writes texts of a table into the page as they are.
        drawn = gpd.GeoSeries(shapes, crs="EPSG:4326")
        if len(drawn):
            folium.GeoJson(drawn, name=name, marker=folium.CircleMarker(radius=4)).add_to(page_map)
    folium.LayerControl().add_to(page_map)
    west, south, east, north = edition.footprints.total_bounds
    page_map.fit_bounds([(south, west), (north, east)])
    return self_contained(page_map)
