"""Data of the map's layers as plain lists, numbers and texts, which the page's script draws."""

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

from shapely.geometry import Polygon

from geodata.datum.bd09mc import metre_pieces
from geodata.message_catalogue import Texts
from sweep.publish.charts.streets_and_arrows import outline_about
from sweep.publish.edition import Edition
from sweep.publish.facts.names_and_reasons import building_name, label, reason_texts, reason_title
from sweep.publish.facts.team_facts import served_visits, team_facts
from sweep.publish.map.inline_leaflet import tile_ground
from sweep.publish.map.map_polylines import (
    border_lines,
    encode_lines,
    in_millionths,
    names_by_address,
    street_lines,
    street_names,
    water_shapes,
)
from sweep.publish.map.map_texts import TextTable, script_texts
from sweep.publish.map.team_layer_data import base_marks, team_layer
from sweep.publish.page.escape import fixed_decimals
from sweep.publish.page.team_colours import REASON_COLOURS, VALUE_SCALE, value_breaks, value_place
from sweep.records.plan import Unserved
from sweep.records.ranking import Cluster

_FIELDS = {
    "building": ("rank", "cluster", "value_per_hour", "rate", "leads", "firms", "floors", "exits", "last_visit"),
    "cluster": ("rate", "leads", "firms", "buildings", "team_hours", "expected_finds", "finds_per_hour"),
    "stop": ("time", "travel", "track", "floors", "exits", "firms_to_inspect", "together", "why"),
    "unserved": ("track", "value", "why", "action"),
    "base": ("teams",),
}


def shared_content(edition: Edition, texts: Texts) -> dict[str, object]:
    """Return the data that all map layers share, by key of the script: extent (`view`), texts, facts of buildings."""
    return {
        "view": plan_bounds(edition),
        "texts": script_texts(texts),
        "labels": {kind: [texts(f"map.field.{name}") for name in names] for kind, names in _FIELDS.items()},
        "buildings": _place_columns(edition),
        "baidu": metre_pieces() if tile_ground(edition).datum == "bd09" else None,
    }


def ground_content(edition: Edition) -> dict[str, object]:
    """Return the lines of streets, water and borders, encoded for the map's script, and the street names, by key."""
    streets = edition.streets
    return {
        "water": water_shapes(edition.water, _extent_of_buildings(edition)),
        "borders": border_lines(edition.borders),
        "streets": street_lines(streets),
        "street_names": names_by_address(edition.buildings.values()) if streets.empty else street_names(streets),
    }


def cluster_content(edition: Edition, texts: Texts) -> list[dict[str, object]]:
    """Return each cluster for the map's script, in rank order: rank, hull (`encode_lines`), label place and texts."""
    return [_cluster(edition, cluster, texts) for cluster in edition.clusters]


def route_content(edition: Edition, texts: Texts) -> dict[str, object]:
    """
    Return the data of the routes for the map's script.

    `teams`, with their stops; `bases`; `links`: groups of linked visits; `words`: texts to which stops refer by index.
    """
    teams, words, place = team_facts(edition), TextTable(), _index_by_building_id(edition)
    return {
        "teams": [team_layer(edition, team, place, words, texts) for team in teams if team.route],
        "bases": base_marks(teams, texts),
        "links": _links(edition, place, texts),
        "words": words.all(),
    }


def unserved_content(edition: Edition, texts: Texts) -> dict[str, object]:
    """
    Return the data of the unserved visits for the map's script.

    `visits`: a row for each visit; `words`: texts to which the rows refer by index; `reasons`: codes of first reasons,
    most frequent first; `colours`: colour of each of `reasons`, in the same order.
    """
    words = TextTable()
    return {
        "visits": _unserved(edition, _index_by_building_id(edition), words, texts),
        "reasons": [code for code, _, _ in unserved_reasons(edition, texts)],
        "colours": REASON_COLOURS,
        "words": words.all(),
    }


def value_legend(edition: Edition) -> list[tuple[str, str]]:
    """Return the (colour, range as text) of each class of value per team-hour, lowest first."""
    values = [float(v) for v in edition.ranking["value_per_hour"]]
    if not values:
        return []
    breaks = value_breaks(values)
    bounds = [min(values), *breaks, max(values)]
    ranges = [f"{fixed_decimals(a, 3)} – {fixed_decimals(b, 3)}" for a, b in pairwise(bounds)]
    return list(zip(VALUE_SCALE[-len(ranges) :], ranges, strict=True))


def unserved_reasons(edition: Edition, texts: Texts) -> list[tuple[str, str, int]]:
    """Return (code, title, n) for each reason that is the first one of n unserved visits, most frequent first."""
    counts = Counter(_first_reason(u) for u in edition.plan.unserved)
    return [(code, reason_title(code, texts), n) for code, n in sorted(counts.items(), key=lambda c: (-c[1], c[0]))]


def _first_reason(unserved: Unserved) -> str:
    return unserved.reasons[0].code if unserved.reasons else ""


def plan_bounds(edition: Edition) -> list[list[float]]:
    """Return [lat, lon] of the south-west and north-east corner around the stops (without stops, all buildings)."""
    points = [(s.building.lat, s.building.lon) for t in team_facts(edition) for s in t.stops]
    points = points or [(b.lat, b.lon) for b in edition.buildings.values()] or [(0.0, 0.0)]
    lats, lons = zip(*points, strict=True)
    margin = 0.003
    return [[min(lats) - margin, min(lons) - margin], [max(lats) + margin, max(lons) + margin]]


def _extent_of_buildings(edition: Edition) -> tuple[float, float, float, float]:
    places = [(b.lon, b.lat) for b in edition.buildings.values()] or [(0.0, 0.0)]
    lons, lats = zip(*places, strict=True)
    return min(lons), min(lats), max(lons), max(lats)


def _cluster(edition: Edition, cluster: Cluster, texts: Texts) -> dict[str, object]:
    members = [edition.buildings[b] for b in cluster.building_ids]
    best = members[0]
    hull = outline_about([(b.lon, b.lat) for b in members])
    rate = (cluster.lead_rate, cluster.lead_rate_low, cluster.lead_rate_high)
    return {
        "rank": cluster.rank,
        "title": texts("map.cluster_title", rank=cluster.rank),
        "sub": texts("map.cluster_best", name=building_name(best, best.building_id)),
        "label_at": _northernmost_point(hull),
        "hull": encode_lines(hull)[0],
        "values": [
            texts("map.rate", **{k: fixed_decimals(v, 2) for k, v in zip(("rate", "low", "high"), rate, strict=True)}),
            texts.number(cluster.n_leads),
            texts.number(cluster.n_firms),
            texts.number(len(cluster.building_ids)),
            texts("map.hours", n=fixed_decimals(cluster.team_hours, 1)),
            fixed_decimals(cluster.expected_finds, 2),
            texts("map.finds_per_hour", value=fixed_decimals(cluster.finds_per_hour, 3)),
        ],
    }


def _northernmost_point(hull: Polygon) -> list[float]:
    """Return [lat, lon] of a hull's northernmost point, where the cluster's number covers no stop inside."""
    lon, lat = max(hull.exterior.coords, key=lambda p: (p[1], p[0]))
    return [round(lat, 6), round(lon, 6)]


def _links(edition: Edition, place: Mapping[str, int], texts: Texts) -> list[dict[str, object]]:
    groups: dict[str, dict[int, None]] = {}
    for visit in edition.visits.values():
        if visit.link_group is not None:
            groups.setdefault(visit.link_group, {})[place[visit.building_id]] = None
    served = {visit.link_group for visit in served_visits(edition)}
    minutes = round(edition.scenario.plan.link_tolerance_s / 60)
    return [
        {
            "title": texts("map.link_title", n=len(places)),
            "sub": texts("map.link_served" if group in served else "map.link_unserved", minutes=minutes),
            "places": list(places),
        }
        for group, places in sorted(groups.items())
    ]


def _unserved(edition: Edition, place: Mapping[str, int], words: TextTable, texts: Texts) -> list[list[object]]:
    """
    Return a row `[building, code of first reason, track, value, obstacles, fixes]` for each unserved visit.

    The building is given as its index in `place`. Code, track, obstacles and fixes are given as indices in `words`, to
    which these texts are added.
    """
    result: list[list[object]] = []
    for u in edition.plan.unserved:
        visit = edition.visits[u.visit_id]
        sentences = [reason_texts(texts, reason, visit, edition.division_names) for reason in u.reasons]
        what = " ".join(what for what, _ in sentences)
        action = " ".join(dict.fromkeys(action for _, action in sentences if action))
        track = label(texts, f"track.{visit.track}", visit.track)
        code, value = words.place(_first_reason(u)), round(visit.value, 3)
        result.append([place[u.building_id], code, words.place(track), value, words.place(what), words.place(action)])
    return result


def _building_order(edition: Edition) -> list[str]:
    ranked = [str(b) for b in edition.ranking["building_id"]]
    return [*ranked, *sorted(set(edition.buildings) - set(ranked))]


def _index_by_building_id(edition: Edition) -> dict[str, int]:
    return {building_id: k for k, building_id in enumerate(_building_order(edition))}


def _place_columns(edition: Edition) -> dict[str, object]:
    """Return lists of facts in the order of `_building_order`; `n_leads` has only the first `n_ranked` buildings."""
    order = _building_order(edition)
    places = [edition.buildings[b] for b in order]
    return {
        "n_ranked": len(edition.ranking),
        "id": order,
        "name": [building_name(b, b.building_id) for b in places],
        "address": [b.address for b in places],
        "at": _position_steps([(b.lon, b.lat) for b in places]),
        "firms": [b.n_firms for b in places],
        "floors": [b.n_floors for b in places],
        "exits": [b.n_exits for b in places],
        "n_leads": [int(n) for n in edition.ranking["n_leads"]],
    }


def building_content(edition: Edition) -> dict[str, object]:
    """Return buildings for the map's script: footprints of all (`rings`), and facts of ranked ones, one list each."""
    shapes = dict(zip(edition.footprints["building_id"], edition.footprints.geometry, strict=True))
    rank_of_cluster = {c.cluster_id: c.rank for c in edition.clusters}
    table = edition.ranking
    values = [float(v) for v in table["value_per_hour"]]
    breaks = value_breaks(values)
    return {
        "scale": VALUE_SCALE,
        "rings": [encode_lines(shapes[b]) if b in shapes else 0 for b in _building_order(edition)],
        "rank": [int(r) for r in table["rank"]],
        "cluster": [rank_of_cluster.get(c, 0) for c in table["cluster_id"]],
        "class": [value_place(v, breaks) for v in values],
        "value": [round(v, 3) for v in values],
        **{name: [round(float(v), 2) for v in table[name]] for name in ("rate", "rate_low", "rate_high")},
        "n_leads_30d": [int(v) for v in table["n_leads_30d"]],
        "last_visit": [day if isinstance(day, str) else 0 for day in table["last_visit_on"]],
    }


def _position_steps(points: list[tuple[float, float]]) -> list[int]:
    """Return [lat, lon, lat, ...] of points in 1e-6 degrees, each point as the difference from the one before."""
    result: list[int] = []
    last = (0, 0)
    for point in points:
        here = in_millionths(point)
        result += (here[0] - last[0], here[1] - last[1])
        last = here
    return result
