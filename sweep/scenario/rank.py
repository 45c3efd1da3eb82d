"""[rank] and [backtest]: how buildings are scored, and how the ranking is judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from sweep.scenario.section import Count, Days, HitShare, Hours, Metres, Section, Share, over

HALF_LIFE_DAYS: Mapping[str, float] = {
    "goip": 2.0,
    "sim_bank": 2.0,
    "call_room": 30.0,
    "fake_loan": 30.0,
    "fake_customer_service": 30.0,
    "brushing": 30.0,
    "pig_butchering": 30.0,
    "cards": 15.0,
    "tip": 30.0,
}
HIT_SHARE: Mapping[str, float] = {
    "goip": 0.35,
    "sim_bank": 0.35,
    "call_room": 0.35,
    "fake_loan": 0.20,
    "fake_customer_service": 0.20,
    "brushing": 0.20,
    "pig_butchering": 0.20,
    "cards": 0.15,
    "tip": 0.10,
}


class Rank(Section):
    """[rank]: see sweep/rank."""

    half_life_days: Annotated[Mapping[str, Days], over(HALF_LIFE_DAYS)] = HALF_LIFE_DAYS
    """Days in which a lead's weight halves, by lead type; one that is not named keeps its default (C23)."""
    fit_half_life: bool = False
    """Whether each type with enough leads gets the half-life that foretells them best."""
    fit_nearby: bool = True
    """
    Whether what happens nearby is read as past fortnights foretell their own leads best, where that is surely better.

    Else all leads within `neighbour_radius_m` count, each fading by its type.
    """
    hit_share: Annotated[Mapping[str, HitShare], over(HIT_SHARE)] = HIT_SHARE
    """Prior share of leads of a type that prove true; moved by the history's outcomes."""
    recalibrate: bool = False
    """
    Whether the rule's chances are set right by what past checks found, once there are ten finds.

    The report shows either way what was predicted of past checks beside what they found. Only where those checks are
    like those to come is it right to follow them.
    """
    horizon_days: Days = 365.0
    neighbour_radius_m: Metres = 700.0
    no_access_share: Share = 0.15
    detection_share: Share = 0.8
    cluster_radius_m: Metres = 300.0
    cluster_team_hours: Hours = 12.0
    n_clusters: int = Field(30, ge=1, le=100_000)
    scan_radius_m: float = Field(500.0, gt=0, le=2_000)
    """Radius of the largest circle tested for a cluster, half the longest strip; a label, no part of the order."""
    scan_simulations: int = Field(999, ge=0, le=99_999)
    """0: no test."""
    alert_days: Days = 14.0
    """A circle or strip with more leads in so many last days than its past foretells is an alert; a label too."""
    first_k: Count = 20
    """Each building is given its chance to be among the first so many."""
    bootstrap_draws: int = Field(200, ge=1, le=10_000)


class Backtest(Section):
    """[backtest]: how `sweep backtest` judges the ranking out of time."""

    first_day: Days = 180.0
    """Days of leads before the first list is frozen."""
    horizon_days: Days = 14.0
    """A list is held against what comes in so many days; the next one is frozen as many days later."""
    lag_days: float = Field(1.0, ge=0, le=36_500)
    """Between the freeze and the first day that counts."""
    hours: Hours = 40.0
    """Budget of the measures per effort, team-hours."""
