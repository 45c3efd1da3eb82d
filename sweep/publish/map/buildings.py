"""The map's buildings as columns: five thousand of them as records would be twice the file."""

from __future__ import annotations

from sweep.publish.edition import Edition
from sweep.publish.facts.wording import building_name
from sweep.publish.map.polyline import encode_lines
from sweep.publish.page.palette import VALUE_SCALE, value_breaks, value_place

_MICRO = 1_000_000


def building_order(edition: Edition) -> list[str]:
    """Ids of the ranked buildings, best first, and after them the others that the plan may name."""
    ranked = [str(b) for b in edition.ranking["building_id"]]
    return [*ranked, *sorted(set(edition.buildings) - set(ranked))]


def building_columns(edition: Edition, order: list[str]) -> dict[str, object]:
    """
    One list a column, in the order given; columns of the ranking are as long as it.

    Parameters
    ----------
    edition
        Its ranking, buildings and footprints.
    order
        The order that `building_order` gives.
    """
    shapes = dict(zip(edition.footprints["building_id"], edition.footprints.geometry, strict=True))
    rank_of_cluster = {c.cluster_id: c.rank for c in edition.clusters}
    table, places = edition.ranking, [edition.buildings[b] for b in order]
    values = [float(v) for v in table["value_per_hour"]]
    breaks = value_breaks(values)
    return {
        "n_ranked": len(table),
        "scale": VALUE_SCALE,
        "id": order,
        "name": [building_name(b, b.building_id) for b in places],
        "address": [b.address for b in places],
        "at": _steps([(b.lon, b.lat) for b in places]),
        "rings": [encode_lines(shapes[b]) if b in shapes else 0 for b in order],
        "firms": [b.n_firms for b in places],
        "floors": [b.n_floors for b in places],
        "exits": [b.n_exits for b in places],
        "rank": [int(r) for r in table["rank"]],
        "cluster": [rank_of_cluster.get(c, 0) for c in table["cluster_id"]],
        "class": [value_place(v, breaks) for v in values],
        "value": [round(v, 3) for v in values],
        **{name: [round(float(v), 2) for v in table[name]] for name in ("rate", "rate_low", "rate_high")},
        **{name: [int(v) for v in table[name]] for name in ("n_leads", "n_leads_30d")},
        "last_visit": [day if isinstance(day, str) else 0 for day in table["last_visit_on"]],
    }


def _steps(points: list[tuple[float, float]]) -> list[int]:
    """Latitude and longitude of each point in millionths, after the first as steps; two points may be one place."""
    result: list[int] = []
    last = (0, 0)
    for lon, lat in points:
        here = (round(lat * _MICRO), round(lon * _MICRO))
        result += (here[0] - last[0], here[1] - last[1])
        last = here
    return result
