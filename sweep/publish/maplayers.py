"""The layers of the map: clusters, buildings, teams, link groups, and what no team reaches."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from shapely.geometry import MultiPoint, Polygon

from geodata.texts import Texts
from sweep.publish.edition import Edition
from sweep.publish.escape import fixed
from sweep.publish.facts import TeamFacts, building_name, label, reason_texts, served_visits, team_facts
from sweep.publish.mapdata import encode_lines, street_lines, street_names
from sweep.publish.mapteams import base_marks, stop_shifts, team_layer
from sweep.publish.palette import VALUE_SCALE, value_breaks, value_colour
from sweep.records import Cluster

_HULL_MARGIN_M = 45.0
_METRES_PER_DEGREE = 111_195.0


def map_content(edition: Edition, texts: Texts) -> dict[str, object]:
    """Everything that the page's script draws, as plain lists, numbers and texts."""
    teams = team_facts(edition)
    shift_px = stop_shifts(teams)
    return {
        "streets": street_lines(edition.streets),
        "street_names": street_names(edition.streets),
        "view": _view(edition, teams),
        "labels": _labels(texts),
        "buildings": _buildings(edition, texts),
        "clusters": [_cluster(edition, cluster, texts) for cluster in edition.clusters],
        "teams": [team_layer(edition, team, shift_px, texts) for team in teams],
        "bases": base_marks(teams, texts),
        "links": _links(edition, texts),
        "unserved": _unserved(edition, texts),
    }


def value_legend(edition: Edition) -> list[tuple[str, str]]:
    """Colour and range of each class of value per team-hour, lowest first."""
    values = [float(v) for v in edition.ranking["value_per_hour"]]
    if not values:
        return []
    breaks = value_breaks(values)
    bounds = [min(values), *breaks, max(values)]
    ranges = [f"{fixed(a, 3)} – {fixed(b, 3)}" for a, b in pairwise(bounds)]
    return list(zip(VALUE_SCALE[-len(ranges) :], ranges, strict=True))


def _labels(texts: Texts) -> dict[str, list[str]]:
    """The names of the lines in each kind of popup, in the order of the `values` of its things."""
    kinds = {
        "building": ("rank", "cluster", "value_per_hour", "rate", "leads", "firms", "floors", "exits", "last_visit"),
        "cluster": ("rate", "leads", "firms", "buildings", "team_hours", "expected_finds", "finds_per_hour"),
        "stop": ("time", "travel", "track", "floors", "exits", "firms_to_inspect", "together", "why"),
        "unserved": ("track", "value", "why", "action"),
        "base": ("teams",),
    }
    return {kind: [texts(f"map.field.{name}") for name in names] for kind, names in kinds.items()}


def _view(edition: Edition, teams: Iterable[TeamFacts]) -> list[list[float]]:
    """South-west and north-east corner of what the plan touches; of all buildings if it touches nothing."""
    points = [(s.building.lat, s.building.lon) for t in teams for s in t.stops]
    points = points or [(b.lat, b.lon) for b in edition.buildings.values()] or [(0.0, 0.0)]
    lats, lons = zip(*points, strict=True)
    margin = 0.003
    return [[min(lats) - margin, min(lons) - margin], [max(lats) + margin, max(lons) + margin]]


def _buildings(edition: Edition, texts: Texts) -> list[dict[str, object]]:
    shapes = dict(zip(edition.footprints["building_id"], edition.footprints.geometry, strict=True))
    table = edition.ranking
    breaks = value_breaks([float(v) for v in table["value_per_hour"]])
    rank_of_cluster = {c.cluster_id: c.rank for c in edition.clusters}
    result: list[dict[str, object]] = []
    for row in table.to_dict("records"):
        b = edition.buildings[row["building_id"]]
        cluster = rank_of_cluster.get(row["cluster_id"])
        result.append(
            {
                "title": building_name(b, b.building_id),
                "sub": b.address,
                "at": [round(b.lat, 6), round(b.lon, 6)],
                "rings": encode_lines(shapes[b.building_id]) if b.building_id in shapes else [],
                "colour": value_colour(float(row["value_per_hour"]), breaks),
                "values": [
                    texts("map.rank_of", rank=int(row["rank"]), n=len(table)),
                    texts("map.cluster_no", rank=cluster) if cluster is not None else None,
                    texts("map.finds_per_hour", value=fixed(row["value_per_hour"], 3)),
                    _rate(texts, row["rate"], row["rate_low"], row["rate_high"]),
                    texts("map.leads_30d", n=int(row["n_leads"]), n_30d=int(row["n_leads_30d"])),
                    texts.number(b.n_firms),
                    texts.number(b.n_floors),
                    texts.number(b.n_exits),
                    row["last_visit_on"] if isinstance(row["last_visit_on"], str) else None,
                ],
            }
        )
    return result


def _rate(texts: Texts, rate: float, low: float, high: float) -> str:
    return texts("map.rate", rate=fixed(rate, 2), low=fixed(low, 2), high=fixed(high, 2))


def _cluster(edition: Edition, cluster: Cluster, texts: Texts) -> dict[str, object]:
    members = [edition.buildings[b] for b in cluster.building_ids]
    best = members[0]
    hull = _around([(b.lon, b.lat) for b in members])
    return {
        "rank": cluster.rank,
        "title": texts("map.cluster_title", rank=cluster.rank),
        "sub": texts("map.cluster_best", name=building_name(best, best.building_id)),
        "label_at": _top(hull),
        "hull": encode_lines(hull)[0],
        "values": [
            _rate(texts, cluster.lead_rate, cluster.lead_rate_low, cluster.lead_rate_high),
            texts.number(cluster.n_leads),
            texts.number(cluster.n_firms),
            texts.number(len(cluster.building_ids)),
            texts("map.hours", n=fixed(cluster.team_hours, 1)),
            fixed(cluster.expected_finds, 2),
            texts("map.finds_per_hour", value=fixed(cluster.finds_per_hour, 3)),
        ],
    }


def _around(points: list[tuple[float, float]]) -> Polygon:
    """The hull of points (lon, lat) with a margin; a circle about a single one."""
    scale = np.array([math.cos(math.radians(points[0][1])) * _METRES_PER_DEGREE, _METRES_PER_DEGREE])
    hull = MultiPoint(np.array(points) * scale).convex_hull.buffer(_HULL_MARGIN_M, quad_segs=6)
    return Polygon(np.array(hull.boundary.coords) / scale)


def _top(hull: Polygon) -> list[float]:
    """The northernmost point as lat, lon: there the cluster's number stands clear of the stops inside."""
    lon, lat = max(hull.exterior.coords, key=lambda p: (p[1], p[0]))
    return [round(lat, 6), round(lon, 6)]


def _links(edition: Edition, texts: Texts) -> list[dict[str, object]]:
    groups: dict[str, dict[str, list[float]]] = {}
    for visit in edition.visits.values():
        if visit.link_group is not None:
            b = edition.buildings[visit.building_id]
            groups.setdefault(visit.link_group, {})[b.building_id] = [round(b.lat, 6), round(b.lon, 6)]
    served = {visit.link_group for visit in served_visits(edition)}
    minutes = round(edition.scenario.plan.link_tolerance_s / 60)
    return [
        {
            "title": texts("map.link_title", n=len(points)),
            "sub": texts("map.link_served" if group in served else "map.link_unserved", minutes=minutes),
            "points": list(points.values()),
        }
        for group, points in sorted(groups.items())
    ]


def _unserved(edition: Edition, texts: Texts) -> list[dict[str, object]]:
    result: list[dict[str, object]] = []
    for u in edition.plan.unserved:
        b, visit = edition.buildings[u.building_id], edition.visits[u.visit_id]
        sentences = [reason_texts(texts, reason, visit) for reason in u.reasons]
        result.append(
            {
                "title": building_name(b, b.building_id),
                "sub": b.address,
                "at": [round(b.lat, 6), round(b.lon, 6)],
                "values": [
                    label(texts, f"track.{visit.track}", visit.track),
                    fixed(visit.value, 3),
                    " ".join(what for what, _ in sentences) or None,
                    " ".join(dict.fromkeys(action for _, action in sentences if action)) or None,
                ],
            }
        )
    return result
