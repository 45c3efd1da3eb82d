"""clusters.csv: the clusters in rank order."""

from __future__ import annotations

from collections.abc import Sequence

from sweep.disk.csv_text import csv_text
from sweep.records.ranking import Cluster


def clusters_csv(clusters: Sequence[Cluster]) -> str:
    """Every cluster in rank order."""
    columns = (
        "rank",
        "cluster_id",
        "n_buildings",
        "n_firms",
        "n_leads",
        "lead_rate",
        "lead_rate_low",
        "lead_rate_high",
        "team_hours",
        "expected_finds",
        "finds_per_hour",
        "diameter_m",
        "building_ids",
    )
    rows = (
        (
            c.rank,
            c.cluster_id,
            len(c.building_ids),
            c.n_firms,
            c.n_leads,
            float(c.lead_rate),
            float(c.lead_rate_low),
            float(c.lead_rate_high),
            float(c.team_hours),
            float(c.expected_finds),
            float(c.finds_per_hour),
            float(c.diameter_m),
            " ".join(c.building_ids),
        )
        for c in clusters
    )
    return csv_text(columns, rows)
