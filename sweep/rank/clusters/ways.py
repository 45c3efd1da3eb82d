"""Ways to form clusters of one ranking side by side: capped stars, and density clusters cut to the same hours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.spatial.distance import pdist

from geodata.arrays import Float64s
from sweep.rank.clusters.clusters import value_bound
from sweep.rank.clusters.density_clusters import capped_parts, dense_parts
from sweep.rank.score import Ranking
from sweep.records.ranking import Cluster, ClusterWay
from sweep.scenario.rank import Rank

# A building is dense if within its reach the decayed leads are so many times those of a building on average.
DENSE_TIMES = 3.0


def compare_ways(ranking: Ranking, clusters: Sequence[Cluster], settings: Rank) -> tuple[ClusterWay, ...]:
    """
    The clusters as they are formed, and those that density would form of the same ranking with the same hours.

    Parameters
    ----------
    ranking
        The buildings.
    clusters
        Clusters of `sweep.rank.clusters.clusters.form_clusters`, with the same settings.
    settings
        The scenario's [rank].
    """
    table = ranking.table
    value, hours = table["value"].to_numpy(np.float64), table["team_hours"].to_numpy(np.float64)
    points_m = table[["x_m", "y_m"]].to_numpy(np.float64)
    weight = table["decayed_leads"].to_numpy(np.float64)
    bound = value_bound(value, hours, settings.cluster_team_hours * settings.n_clusters)
    row_of = {building_id: row for row, building_id in enumerate(table["building_id"])}
    stars = [[row_of[b] for b in c.building_ids] for c in clusters]
    return tuple(
        _way(key, found, value, points_m, bound)
        for key, found in (("stars", stars), ("density", _dense(weight, value, hours, points_m, settings)))
    )


def _dense(weight: Float64s, value: Float64s, hours: Float64s, points_m: Float64s, settings: Rank) -> list[list[int]]:
    if not weight.any():
        return []
    parts = dense_parts(weight, points_m, settings.cluster_radius_m, DENSE_TIMES * float(weight.mean()))
    return capped_parts(parts, value, hours, settings.cluster_team_hours, settings.n_clusters)


def _way(key: str, found: Sequence[Sequence[int]], value: Float64s, points_m: Float64s, bound: float) -> ClusterWay:
    held = sum(float(value[list(rows)].sum()) for rows in found)
    return ClusterWay(
        key=key,
        n_clusters=len(found),
        n_buildings=sum(map(len, found)),
        expected_finds=held,
        captured_share=held / bound if bound > 0 else 1.0,
        widest_m=max((float(pdist(points_m[list(rows)]).max()) for rows in found if len(rows) > 1), default=0.0),
    )
