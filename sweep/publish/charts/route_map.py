"""Maps of the routes of one team or all teams as inline SVG, with numbered stops and surrounding streets."""

import math
from collections import Counter
from collections.abc import Sequence

import geopandas as gpd
from markupsafe import Markup
from shapely.geometry import LineString, box
from shapely.geometry.base import BaseGeometry

from geodata.datum.degree_lengths import METRES_PER_DEGREE
from sweep.publish.charts.streets_and_arrows import STREET_CLASSES, Place, arrows, line_path, street_paths
from sweep.publish.edition import Edition
from sweep.publish.facts.team_facts import TeamFacts

type Size = tuple[int, int]
"""Width and height of a picture in pixels."""

WHOLE: Size = (760, 520)
_MARGIN = 38
_LANE = 3.0
"""Offset of the route from the middle of the street, pixels."""
_STROKES = {"minor": ("#e3e6e8", 1.0), "middle": ("#cfd5da", 2.2), "major": ("#b4bdc5", 3.6)}


def route_map(edition: Edition, teams: Sequence[TeamFacts], caption: str, size: Size = (420, 330)) -> Markup:
    """
    Return the map of the routes of the given teams, and of no other team, as inline SVG.

    Parameters
    ----------
    teams
        At least one; a reserve team shows its base only. With several teams, stops show the team's letter and a number.
    caption
        Label of the picture for screen readers.
    size
        Width and height in pixels.
    """
    legs_of = {t.team.team_id: edition.route_lines.get(t.team.team_id, ()) for t in teams}
    points = [(t.base.lon, t.base.lat) for t in teams]
    points += [(s.building.lon, s.building.lat) for t in teams for s in t.stops]
    points += [(p[0], p[1]) for legs in legs_of.values() for leg in legs for p in leg.coords]
    place, window = _projection(points, size)
    # On the map of a whole city, minor streets would only be a grey haze, and most of the file.
    classes = tuple(STREET_CLASSES)[1 if len(teams) > 1 else 0 :]
    parts = [
        *_streets(edition.streets, window, place, classes),
        *(part for t in teams for part in _route(legs_of[t.team.team_id], t, place)),
        *_marks(teams, place),
    ]
    return Markup('<svg class="sketch" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>').format(
        *size, caption, Markup().join(parts), _scale_bar(window, size)
    )


def _projection(points: Sequence[tuple[float, float]], size: Size) -> tuple[Place, BaseGeometry]:
    """Return a function from (lon, lat) to pixels, north up, and the rectangle of the picture in degrees."""
    width, height = size
    lons, lats = zip(*points, strict=True)
    lon, lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
    shrink = math.cos(math.radians(lat))
    # At least about 500 m across, so that a single stop still shows its surrounding streets.
    per_x = max((max(lons) - min(lons)) * shrink / (width - 2 * _MARGIN), 0.0045 / width)
    per_y = max((max(lats) - min(lats)) / (height - 2 * _MARGIN), 0.0045 / width)
    per_px = max(per_x, per_y)

    def place(x: float, y: float) -> tuple[float, float]:
        return width / 2 + (x - lon) * shrink / per_px, height / 2 - (y - lat) / per_px

    half_w, half_h = width / 2 * per_px / shrink, height / 2 * per_px
    return place, box(lon - half_w, lat - half_h, lon + half_w, lat + half_h)


def _streets(streets: gpd.GeoDataFrame, window: BaseGeometry, place: Place, classes: Sequence[str]) -> list[Markup]:
    if streets.empty:
        return []
    near = streets.iloc[sorted(streets.sindex.query(window, predicate="intersects"))]
    paths = street_paths(near["highway"], near.geometry.intersection(window), place, 0)
    street = Markup('<path d="{}" fill="none" stroke="{}" stroke-width="{}" stroke-linecap="round"/>')
    return [street.format(d, *_STROKES[name]) for name, d in paths.items() if d and name in classes]


def _route(legs: Sequence[LineString], team: TeamFacts, place: Place) -> list[Markup]:
    d = "".join(_leg_path(leg, place) for leg in legs if not leg.is_empty)
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


def _leg_path(leg: LineString, place: Place) -> str:
    """Return the SVG path of a leg, shifted to the right, so that legs in opposite directions do not overlap."""
    # Simplify to half a pixel: on a city map a line has ten times more points than are visible.
    line = LineString([place(p[0], p[1]) for p in leg.coords])
    drawn = LineString(line.simplify(0.5).coords)
    # y grows downwards in the picture, so a left offset is a right one.
    shifted = drawn.offset_curve(_LANE, join_style="mitre", mitre_limit=2.0) if drawn.length > 0 else drawn
    return line_path(shifted if not shifted.is_empty else drawn, lambda x, y: (x, y), 0)


def _marks(teams: Sequence[TeamFacts], place: Place) -> list[Markup]:
    base = Markup(
        '<g transform="translate({:.0f} {:.0f})"><rect x="-11" y="-11" width="22" height="22" rx="3" fill="#1c2733" '
        'stroke="#fff" stroke-width="1.5"/><text y="5.5" text-anchor="middle" font-size="15" fill="#fff">★</text></g>'
    )
    bases = {t.base.base_id: t.base for t in teams}
    # Marks of teams at the same building are placed next to each other.
    n_marks_at: Counter[str] = Counter()
    stops = []
    for team in teams:
        for s in team.stops:
            x, y = place(s.building.lon, s.building.lat)
            text = f"{team.letter}{s.number}" if len(teams) > 1 else str(s.number)
            stops.append(_stop(x + 24 * n_marks_at[s.building.building_id], y, text, team))
            n_marks_at[s.building.building_id] += 1
    # Draw the last first, so that the earlier of two overlapping stops is on top.
    return [*(base.format(*place(b.lon, b.lat)) for b in bases.values()), *reversed(stops)]


def _stop(x: float, y: float, text: str, team: TeamFacts) -> Markup:
    size = 14 if len(text) == 1 else 11
    half = max(12.0, 3.4 * len(text) + 3)
    return Markup(
        '<g transform="translate({:.0f} {:.0f})"><rect x="{}" y="-12" width="{}" height="24" rx="12" fill="{}" '
        'stroke="#fff" stroke-width="2"/><text y="{}" text-anchor="middle" font-size="{}" font-weight="700" '
        'fill="{}">{}</text></g>'
    ).format(x, y, -half, 2 * half, team.colour, 5 if size == 14 else 4, size, team.ink, text)


def _scale_bar(window: BaseGeometry, size: Size) -> Markup:
    _, south, _, north = window.bounds
    metres_per_px = (north - south) * METRES_PER_DEGREE / size[1]
    metres = next((m for m in (5000, 2000, 1000, 500, 200, 100) if m / metres_per_px <= size[0] / 3.5), 50)
    length = metres / metres_per_px
    text = f"{metres // 1000} km" if metres >= 1000 else f"{metres} m"
    return Markup(
        '<g transform="translate(14 {})" stroke="#1c2733" fill="none">'
        '<rect x="-6" y="-20" width="{:.0f}" height="26" fill="#fff" fill-opacity=".85" stroke="none"/>'
        '<path d="M0 -5V0H{:.0f}V-5"/>'
        '<text x="{:.0f}" y="-6" stroke="none" fill="#1c2733" font-size="13" text-anchor="middle">{}</text></g>'
        '<g transform="translate({} 12)"><path d="M0 12l6 17-6-4-6 4z" fill="#1c2733"/>'
        '<text y="10" text-anchor="middle" font-size="12" font-weight="700" fill="#1c2733">N</text></g>'
    ).format(size[1] - 12, length + 12, length, length / 2, text, size[0] - 18)
