"""READ OpenStreetMap files: lakes and rivers, to be drawn below the map and for nothing else."""

from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import osmium
import shapely

from geodata.osm_file import check_osm_file, reading_osm
from geodata.schema import CRS

_AREAS = (("natural", "water"), ("waterway", "riverbank"), ("landuse", "reservoir"))
_LINES = (("waterway", "river"), ("waterway", "canal"))


def read_osm_water(path: Path, *, within: shapely.Geometry | None = None) -> gpd.GeoDataFrame:
    """
    The water of a file: polygons of lakes and wide rivers, lines of rivers and canals; none is no fault.

    What does not close, crosses itself, or has not two points in the file, is left out: a map without a pond is still
    true.

    Parameters
    ----------
    within
        Keep the water in this polygon, WGS-84, cut at its edge.

    Raises
    ------
    InputError
        G120 no such file, G121 another suffix, G122 empty, G123 damaged, G322 not ready.
    """
    check_osm_file(path)
    with reading_osm(path):
        shapes = [*_areas(path), *_lines(path)]
    series = gpd.GeoSeries(shapes, crs=CRS)
    if within is not None:
        series = series.intersection(within)
    return gpd.GeoDataFrame(geometry=series[~series.is_empty].reset_index(drop=True))


def _areas(path: Path) -> Iterator[shapely.Geometry]:
    wanted = osmium.filter.TagFilter(*_AREAS)
    to_wkb = osmium.geom.WKBFactory()
    for thing in osmium.FileProcessor(path).with_areas(wanted).with_filter(wanted):
        if not isinstance(thing, osmium.osm.Area):
            continue
        try:
            wkb = to_wkb.create_multipolygon(thing)
        except RuntimeError:
            # A lake that crosses itself, or that the edge of an extract cuts.
            continue
        yield shapely.make_valid(shapely.from_wkb(wkb))


def _lines(path: Path) -> Iterator[shapely.Geometry]:
    ways = osmium.FileProcessor(path, osmium.osm.NODE | osmium.osm.WAY).with_locations()
    for way in ways.with_filter(osmium.filter.TagFilter(*_LINES)):
        if not isinstance(way, osmium.osm.Way):
            continue
        points = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
        if len(set(points)) > 1:
            yield shapely.LineString(points)
