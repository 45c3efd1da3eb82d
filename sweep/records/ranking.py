"""What the ranking says of buildings and clusters."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """One additive part of a score, for the reader."""

    key: str
    value: float
    """In the unit of the score it is part of."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Buildings near each other that one or two teams can work through."""

    cluster_id: str
    rank: int
    building_ids: tuple[str, ...]
    """In order of value per team-hour."""
    team_hours: float
    n_leads: int
    n_firms: int
    lead_rate: float
    """Posterior leads per 1,000 firms and 30 days, with its 90 % interval."""
    lead_rate_low: float
    lead_rate_high: float
    expected_finds: float
    finds_per_hour: float
    diameter_m: float


@dataclass(frozen=True, slots=True)
class ClusterWay:
    """What one way to form clusters comes to."""

    key: str
    """`stars`, which the plan uses, or `density`, to compare with."""
    n_clusters: int
    n_buildings: int
    expected_finds: float
    captured_share: float
    """Of the value that the same hours could buy anywhere, the share that lies in the clusters."""
    widest_m: float
    """Largest distance inside a cluster."""


@dataclass(frozen=True, slots=True)
class RankingFacts:
    """What a ranking rests on."""

    scored_by: str
    """`rule`, or `logistic` once past checks teach it."""
    n_checks: int
    n_finds: int
    """Past checks that got in, and those that found something."""
    data_on: str | None
    """ISO date of the newest lead or visit that was read."""
    captured_share: float
    """Of the value that the clusters' hours could buy anywhere, the share that lies in the clusters."""
    ways: tuple[ClusterWay, ...] = ()
    """How clusters may be formed, side by side."""
