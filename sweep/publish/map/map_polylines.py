"""Lines of the map: encoded polylines, streets and their names, water, and borders of districts."""

from collections.abc import Iterable, Sequence

import geopandas as gpd
import numpy as np
import shapely
from shapely import simplify
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geodata.match.address import parse_address
from sweep.publish.charts.streets_and_arrows import STREET_CLASSES, bearing, distance_m, street_class
from sweep.records.buildings import Building


def encode_polyline(points: Iterable[Sequence[float]]) -> str:
    """
    Encode points (lon, lat) as the text of a polyline, a third of the size of JSON numbers.

    Each point is encoded as the difference of the rounded point from the last one, so that errors do not accumulate;
    repeated points are omitted.

    References
    ----------
    Google, "Encoded Polyline Algorithm Format", here with millionths of a degree; latitude first.
    """
    codes: list[str] = []
    last = (0, 0)
    for point in points:
        rounded = in_millionths(point)
        if codes and rounded == last:
            continue
        codes += (_polyline_code(rounded[0] - last[0]), _polyline_code(rounded[1] - last[1]))
        last = rounded
    return "".join(codes)


def _polyline_code(step: int) -> str:
    """Return the polyline code of one difference: five bits per character, lowest first; the first bit is the sign."""
    rest = ~(step << 1) if step < 0 else step << 1
    code = ""
    while rest >= 0x20:
        code += chr((0x20 | rest & 0x1F) + 63)
        rest >>= 5
    return code + chr(rest + 63)


def encode_lines(geometry: BaseGeometry) -> list[str]:
    """Return each line and ring of a (lon, lat) geometry as polyline text; points and lines of length 0 are omitted."""
    if isinstance(geometry, LineString):
        parts: list[Sequence[Sequence[float]]] = [list(geometry.coords)]
    elif isinstance(geometry, Polygon):
        parts = [list(ring.coords) for ring in (geometry.exterior, *geometry.interiors)]
    elif isinstance(geometry, MultiLineString | MultiPolygon):
        return [line for part in geometry.geoms for line in encode_lines(part)]
    else:
        return []
    return [encode_polyline(part) for part in parts if len({in_millionths(p) for p in part}) > 1]


def in_millionths(point: Sequence[float]) -> tuple[int, int]:
    """Return latitude and longitude of a point (lon, lat), degrees, in whole millionths of a degree (0.11 m)."""
    return round(point[1] * 1_000_000), round(point[0] * 1_000_000)


def street_lines(streets: gpd.GeoDataFrame) -> list[dict[str, object]]:
    """Return {`class`, `lines`: encoded lines} for each street class, minor streets first."""
    lines: dict[str, list[str]] = {name: [] for name in STREET_CLASSES}
    for highway, geometry in zip(streets["highway"], streets.geometry, strict=True):
        lines[street_class(highway)] += encode_lines(geometry)
    return [{"class": name, "lines": of_class} for name, of_class in lines.items()]


def street_names(streets: gpd.GeoDataFrame) -> list[list[object]]:
    """Return labels of larger streets, at their longest pieces: `[lat, lon, clockwise degrees, name, is_major]`."""
    large = {h: name == "major" for name in ("middle", "major") for h in STREET_CLASSES[name]}
    pieces = []
    for name, highway, geometry in zip(streets["street_name"], streets["highway"], streets.geometry, strict=True):
        if highway in large and isinstance(name, str) and name and isinstance(geometry, LineString):
            pieces.append((large[highway], geometry.length, name, geometry))
    pieces.sort(key=lambda p: (not p[0], -p[1], p[2]))
    placed: dict[str, list[tuple[float, float]]] = {}
    labels: list[list[object]] = []
    for is_major, _, name, line in pieces:
        middle = line.interpolate(0.5, normalized=True)
        # Minimum distance between two labels of one street name.
        if all(distance_m((middle.x, middle.y), p) >= 1_500.0 for p in placed.get(name, ())):
            placed.setdefault(name, []).append((middle.x, middle.y))
            slant = _label_slant(line)
            labels.append([round(middle.y, 6), round(middle.x, 6), slant, name, is_major])
    return labels


def names_by_address(buildings: Iterable[Building]) -> list[list[object]]:
    """
    Return street labels `[lat, lon, clockwise degrees, name, is_major]` from addresses, for a map without streets.

    A label is at the middle building of its street. A street needs three buildings for a label, eight for a large one.
    """
    on_street: dict[str, list[tuple[float, float]]] = {}
    for building in buildings:
        if street := parse_address(building.address).street:
            on_street.setdefault(street, []).append((building.lon, building.lat))
    labels: list[list[object]] = []
    for name, points in sorted(on_street.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        if len(points) < 3:
            break
        first = max(points, key=lambda p: distance_m(points[0], p))
        last = max(points, key=lambda p: distance_m(first, p))
        lon, lat = sorted(points, key=lambda p: distance_m(first, p))[len(points) // 2]
        is_major = len(points) >= 8
        labels.append([round(lat, 6), round(lon, 6), _label_slant(LineString([first, last])), name, is_major])
    return labels


def _label_slant(line: LineString) -> float:
    """Return the slant of a label along a line in degrees clockwise from horizontal, never upside down."""
    start, end = line.interpolate(0.4, normalized=True), line.interpolate(0.6, normalized=True)
    turn = bearing((start.x, start.y), (end.x, end.y)) - 90.0
    return round((turn + 90.0) % 180.0 - 90.0, 1)


# About a metre, below the resolution of a screen.
_TOLERANCE_DEG = 1e-5


def water_shapes(water: gpd.GeoDataFrame, around: tuple[float, float, float, float]) -> dict[str, list[list[str]]]:
    """Return {`areas`, `lines`}: encoded lines of each water shape within (west, south, east, north) plus 0.05°."""
    shapes: dict[str, list[list[str]]] = {"areas": [], "lines": []}
    west, south, east, north = around
    box = (west - 0.05, south - 0.05, east + 0.05, north + 0.05)
    for geometry in shapely.clip_by_rect(np.asarray(water.geometry.values), *box):
        kind = "lines" if isinstance(geometry, LineString | MultiLineString) else "areas"
        lines = encode_lines(simplify(geometry, _TOLERANCE_DEG))
        if lines:
            shapes[kind].append(lines)
    return shapes


def border_lines(borders: gpd.GeoDataFrame) -> list[dict[str, object]]:
    """Return {`name`, `at`: label position [lat, lon], `lines`: encoded outline} for each district."""
    result: list[dict[str, object]] = []
    for name, geometry in zip(borders["division_name"], borders.geometry, strict=True):
        inside: Point = geometry.representative_point()
        result.append(
            {
                "name": name if isinstance(name, str) else "",
                "at": [round(inside.y, 6), round(inside.x, 6)],
                "lines": encode_lines(simplify(geometry, _TOLERANCE_DEG)),
            }
        )
    return result
