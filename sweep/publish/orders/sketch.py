"""The small map of a team order: the team's route and the streets about it, as SVG inside the page."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import geopandas as gpd
from markupsafe import Markup
from shapely.geometry import LineString, MultiLineString, box
from shapely.geometry.base import BaseGeometry

from geodata.datum.earth import METRES_PER_DEGREE
from sweep.publish.charts.streets import STREET_CLASSES, arrows
from sweep.publish.edition import Edition
from sweep.publish.facts.teams import TeamFacts

WIDTH, HEIGHT = 420, 330
_MARGIN = 38
_LANE = 3.0
"""Pixels from the middle of the street to the route."""
_STROKES = {"minor": ("#e3e6e8", 1.0), "middle": ("#cfd5da", 2.2), "major": ("#b4bdc5", 3.6)}

Place = Callable[[float, float], tuple[float, float]]


def route_sketch(edition: Edition, team: TeamFacts, caption: str) -> Markup:
    """
    The route of one team with its numbered stops; of the other teams nothing.

    Parameters
    ----------
    edition
        Its streets are the ground.
    team
        With or without a route: in reserve the base alone is shown.
    caption
        What a screen reader says.
    """
    legs = edition.route_lines.get(team.team.team_id, ())
    points = [(team.base.lon, team.base.lat), *((s.building.lon, s.building.lat) for s in team.stops)]
    points += [(p[0], p[1]) for leg in legs for p in leg.coords]
    place, window = _frame(points)
    parts = [
        *_streets(edition.streets, window, place),
        *_route(legs, team, place),
        *_marks(team, place),
    ]
    return Markup('<svg class="sketch" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>').format(
        WIDTH, HEIGHT, caption, Markup().join(parts), _scale_bar(window)
    )


def _frame(points: Sequence[tuple[float, float]]) -> tuple[Place, BaseGeometry]:
    """How to place (lon, lat) in the picture, north up, and what part of the ground it shows."""
    lons, lats = zip(*points, strict=True)
    lon, lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
    shrink = math.cos(math.radians(lat))
    # Not closer than about 500 m across: a single stop still shows the streets it lies between.
    per_x = max((max(lons) - min(lons)) * shrink / (WIDTH - 2 * _MARGIN), 0.0045 / WIDTH)
    per_y = max((max(lats) - min(lats)) / (HEIGHT - 2 * _MARGIN), 0.0045 / WIDTH)
    per_px = max(per_x, per_y)

    def place(x: float, y: float) -> tuple[float, float]:
        return WIDTH / 2 + (x - lon) * shrink / per_px, HEIGHT / 2 - (y - lat) / per_px

    half_w, half_h = WIDTH / 2 * per_px / shrink, HEIGHT / 2 * per_px
    return place, box(lon - half_w, lat - half_h, lon + half_w, lat + half_h)


def _streets(streets: gpd.GeoDataFrame, window: BaseGeometry, place: Place) -> list[Markup]:
    if streets.empty:
        return []
    near = streets.iloc[sorted(streets.sindex.query(window, predicate="intersects"))]
    class_of = {highway: name for name, highways in STREET_CLASSES.items() for highway in highways}
    paths: dict[str, list[str]] = {name: [] for name in STREET_CLASSES}
    for highway, geometry in zip(near["highway"], near.geometry, strict=True):
        paths[class_of.get(highway, "minor")] += _paths(geometry.intersection(window), place)
    return [
        Markup('<path d="{}" fill="none" stroke="{}" stroke-width="{}" stroke-linecap="round"/>').format(
            "".join(d), *_STROKES[name]
        )
        for name, d in paths.items()
        if d
    ]


def _paths(geometry: BaseGeometry, place: Place) -> list[str]:
    lines = geometry.geoms if isinstance(geometry, MultiLineString) else [geometry]
    return [_path(line, place) for line in lines if isinstance(line, LineString) and not line.is_empty]


def _path(line: LineString, place: Place) -> str:
    return "M" + "L".join("{:.0f} {:.0f}".format(*place(p[0], p[1])) for p in line.coords)


def _route(legs: Sequence[LineString], team: TeamFacts, place: Place) -> list[Markup]:
    d = "".join(path for leg in legs if not leg.is_empty for path in _beside(leg, place))
    if not d:
        return []
    line = Markup('<path d="{}" fill="none" stroke="{}" stroke-width="{}" stroke-linejoin="round"/>')
    parts = [line.format(d, "#fff", 6), line.format(d, team.colour, 3)]
    length_m = sum(leg.length for leg in legs) * METRES_PER_DEGREE
    arrow = Markup(
        '<path d="M0 -7L5.5 5L0 2.5L-5.5 5Z" fill="{}" stroke="#fff" '
        'transform="translate({:.0f} {:.0f}) rotate({}) translate({} 0)"/>'
    )
    for lat, lon, degrees in arrows(legs, every_m=max(length_m / 14, 60.0)):
        parts.append(arrow.format(team.colour, *place(lon, lat), degrees, _LANE))
    return parts


def _beside(leg: LineString, place: Place) -> list[str]:
    """The leg a little to the right of its direction, so that the way there and the way back stay apart."""
    drawn = LineString([place(p[0], p[1]) for p in leg.coords])
    # y grows downwards in the picture, which turns left into right.
    moved = drawn.offset_curve(_LANE, join_style="mitre", mitre_limit=2.0) if drawn.length > 0 else drawn
    return _paths(moved if not moved.is_empty else drawn, lambda x, y: (x, y))


def _marks(team: TeamFacts, place: Place) -> list[Markup]:
    x, y = place(team.base.lon, team.base.lat)
    base = Markup(
        '<g transform="translate({:.0f} {:.0f})"><rect x="-11" y="-11" width="22" height="22" rx="3" fill="#1c2733" '
        'stroke="#fff" stroke-width="1.5"/><text y="5.5" text-anchor="middle" font-size="15" fill="#fff">★</text></g>'
    )
    stop = Markup(
        '<g transform="translate({:.0f} {:.0f})"><circle r="12" fill="{}" stroke="#fff" stroke-width="2"/>'
        '<text y="5" text-anchor="middle" font-size="14" font-weight="700" fill="{}">{}</text></g>'
    )
    # Last first, so that where two stops touch the earlier one is on top.
    stops = [
        stop.format(*place(s.building.lon, s.building.lat), team.colour, team.ink, s.number)
        for s in reversed(team.stops)
    ]
    return [base.format(x, y), *stops]


def _scale_bar(window: BaseGeometry) -> Markup:
    _, south, _, north = window.bounds
    metres_per_px = (north - south) * METRES_PER_DEGREE / HEIGHT
    metres = next((m for m in (5000, 2000, 1000, 500, 200, 100) if m / metres_per_px <= WIDTH / 3.5), 50)
    length = metres / metres_per_px
    text = f"{metres // 1000} km" if metres >= 1000 else f"{metres} m"
    return Markup(
        '<g transform="translate(14 {})" stroke="#1c2733" fill="none">'
        '<rect x="-6" y="-20" width="{:.0f}" height="26" fill="#fff" fill-opacity=".85" stroke="none"/>'
        '<path d="M0 -5V0H{:.0f}V-5"/>'
        '<text x="{:.0f}" y="-6" stroke="none" fill="#1c2733" font-size="13" text-anchor="middle">{}</text></g>'
        '<g transform="translate({} 12)"><path d="M0 12l6 17-6-4-6 4z" fill="#1c2733"/>'
        '<text y="10" text-anchor="middle" font-size="12" font-weight="700" fill="#1c2733">N</text></g>'
    ).format(HEIGHT - 12, length + 12, length, length / 2, text, WIDTH - 18)
