"""Small maps of several plans over the same streets, each with the buildings that its plan visits."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import shapely
from markupsafe import Markup

from sweep.publish.charts.streets_and_arrows import street_paths
from sweep.records.buildings import Building

WIDTH = 480.0
_MARGIN = 22.0
_STROKES = {"minor": ("#e6e3dc", 0.6), "middle": ("#d5d1c6", 1.2), "major": ("#c2bdb0", 2.0)}
# Shapes differ as well as colours, for readers who cannot distinguish green and red.
_SHAPES = {
    "kept": '<circle cx="{x:.1f}" cy="{y:.1f}" r="4.2" fill="#2b6c99" stroke="#fff" stroke-width="1">',
    "gained": '<path d="M{x:.1f} {top:.1f}l6.4 11h-12.8z" fill="#117733" stroke="#fff" stroke-width="1">',
    "lost": '<path d="M{left:.1f} {up:.1f}l9 9m0 -9l-9 9" fill="none" stroke="#cc3311" stroke-width="2.6">',
}


@dataclass(frozen=True, slots=True)
class Mark:
    """Symbol of one building on a map."""

    building: Building
    kind: str
    """`kept`, `gained` or `lost`, compared with the first plan."""
    title: str
    """Text of the tooltip."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Projection from (lon, lat) to a picture, north up."""

    lon: float
    lat: float
    """Latitude of the upper left corner in degrees; `lon` is the longitude of that corner."""
    x_per_lon: float
    """Pixels per degree of longitude, and per degree of latitude (`y_per_lat`)."""
    y_per_lat: float
    width: float
    height: float

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        """Return the position (x, y) of a point, in pixels from the upper left corner."""
        return (lon - self.lon) * self.x_per_lon, (self.lat - lat) * self.y_per_lat


def frame_of_points(points: Iterable[tuple[float, float]]) -> Frame:
    """Return a projection whose picture contains all points (lon, lat), with a limited aspect ratio."""
    places = list(points) or [(0.0, 0.0)]
    lons, lats = zip(*places, strict=True)
    lon, lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
    shrink = math.cos(math.radians(lat))
    # At least about 500 m across.
    wide, tall = max((max(lons) - min(lons)) * shrink, 0.0045), max(lats) - min(lats)
    inner = WIDTH - 2 * _MARGIN
    height = min(max(inner * tall / wide, 240.0), 460.0) + 2 * _MARGIN
    scale = min(inner / wide, (height - 2 * _MARGIN) / max(tall, 1e-9))
    x_per_lon = scale * shrink
    return Frame(lon - WIDTH / 2 / x_per_lon, lat + height / 2 / scale, x_per_lon, scale, WIDTH, height)


def street_symbol(streets: gpd.GeoDataFrame, frame: Frame) -> Markup:
    """Return the streets as an SVG symbol, which the page contains once and all of its maps use."""
    edges = (
        frame.lon,
        frame.lat - frame.height / frame.y_per_lat,
        frame.lon + frame.width / frame.x_per_lon,
        frame.lat,
    )
    shapes = shapely.clip_by_rect(streets.geometry.values, *edges)
    street = Markup('<path d="{}" fill="none" stroke="{}" stroke-width="{}"/>')
    paths = street_paths(streets["highway"], shapes, frame.place, 1)
    drawn = [street.format(d, *_STROKES[name]) for name, d in paths.items()]
    return Markup(
        '<svg width="0" height="0" class="defs" aria-hidden="true"><symbol id="ground" viewBox="0 0 {:.0f} {:.0f}">'
        "{}</symbol></svg>"
    ).format(frame.width, frame.height, Markup().join(drawn))


def side_map(marks: Sequence[Mark], frame: Frame, caption: str) -> Markup:
    """Return the SVG map of buildings (`marks`), labelled `caption`; the page must contain `street_symbol` once."""
    order: Mapping[str, int] = {"lost": 0, "kept": 1, "gained": 2}
    parts = []
    for mark in sorted(marks, key=lambda m: order[m.kind]):
        x, y = frame.place(mark.building.lon, mark.building.lat)
        shape = _SHAPES[mark.kind].format(x=x, y=y, top=y - 7, left=x - 4.5, up=y - 4.5)
        tag = "circle" if mark.kind == "kept" else "path"
        parts.append(Markup("{}<title>{}</title></{}>").format(Markup(shape), mark.title, Markup(tag)))  # noqa: S704
    return Markup(
        '<svg class="sidemap" viewBox="0 0 {0:.0f} {1:.0f}" role="img" aria-label="{2}">'
        '<rect width="{0:.0f}" height="{1:.0f}" fill="#f6f5f2"/><use href="#ground" width="{0:.0f}" height="{1:.0f}"/>'
        "{3}</svg>"
    ).format(frame.width, frame.height, caption, Markup().join(parts))


def legend_mark(kind: str) -> Markup:
    """Return the legend's symbol for buildings that are `kept`, `gained` or `lost` (`kind`) against the first plan."""
    shape = _SHAPES[kind].format(x=8, y=8, top=1, left=3.5, up=3.5)
    inside = Markup(shape.removesuffix(">") + "/>")  # noqa: S704
    return Markup('<svg class="chip" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">{}</svg>').format(
        inside
    )
