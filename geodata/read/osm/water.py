"""Reader of OpenStreetMap lakes and rivers, drawn as a map background only."""

from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import osmium
import shapely

from geodata.check_osm_file import check_osm_file, reading_osm
from geodata.schema import CRS

_LINES = (("waterway", "river"), ("waterway", "canal"))


def read_osm_water(path: Path, *, within: shapely.Geometry | None = None) -> gpd.GeoDataFrame:
    """
    Return polygons of lakes and wide rivers, and lines of rivers and canals, EPSG:4326; may be empty.

    Open or self-crossing outlines, and lines with fewer than two points in the file, are left out without an error.

    Parameters
    ----------
    within
        Keep the water in this polygon, WGS-84, clipped at its edge.

    Raises
    ------
    InputError
        G120 missing, G121 other suffix, G122 empty, G123 damaged, G322 unsaved edits.
    """
    check_osm_file(path)
    with reading_osm(path):
        shapes = [*_areas(path), *_lines(path)]
    series = gpd.GeoSeries(shapes, crs=CRS)
    if within is not None:
        series = series.intersection(within)
    return gpd.GeoDataFrame(geometry=series[~series.is_empty].reset_index(drop=True))


def _areas(path: Path) -> Iterator[shapely.Geometry]:
    wanted = osmium.filter.TagFilter(("natural", "water"), ("waterway", "riverbank"), ("landuse", "reservoir"))
    to_wkb = osmium.geom.WKBFactory()
    for thing in osmium.FileProcessor(path).with_areas(wanted).with_filter(wanted):
        if not isinstance(thing, osmium.osm.Area):
            continue
        try:
            wkb = to_wkb.create_multipolygon(thing)
        except RuntimeError:
            # A self-crossing lake, or one cut by the edge of an extract.
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
