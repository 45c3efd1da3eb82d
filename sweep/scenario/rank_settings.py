"""Sections [rank] and [backtest]: scoring of buildings, and validation of the ranking on the past."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from sweep.scenario.base_section import Days, HitShare, Section, Share, with_defaults

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
    """[rank]: how buildings are scored and put in order."""

    half_life_days: Annotated[Mapping[str, Days], with_defaults(HALF_LIFE_DAYS)] = HALF_LIFE_DAYS
    """Days in which a lead's weight halves, by lead type; a type that is not named keeps its default (C23)."""
    hit_share: Annotated[Mapping[str, HitShare], with_defaults(HIT_SHARE)] = HIT_SHARE
    """Prior share of the leads of a type that prove true; the outcomes in the history correct it."""
    no_access_share: Share = 0.15
    """Share of visits at which the team does not get in; it lowers the value of each visit. Once past checks made
    20 finds in a year, the share of last year's visits counts instead."""

    # Constants of the method, which no key of the file sets; benchmarks and tests vary them in a subclass.
    horizon_days: ClassVar[float] = 365.0
    """Age in days up to which a lead counts."""
    neighbour_radius_m: ClassVar[float] = 700.0
    """Radius in metres within which the leads of other buildings raise a building's rate."""
    detection_share: ClassVar[float] = 0.8
    """Probability that a visit in which the team gets in finds a den, if there is one."""
    cluster_radius_m: ClassVar[float] = 300.0
    """Largest distance in metres from the centre of a cluster of buildings to its members: a walk of five minutes."""
    cluster_team_hours: ClassVar[float] = 12.0
    """Most team-hours of visits in one cluster: three teams for a shift of four hours."""
    n_clusters: ClassVar[int] = 30
    """Most clusters in `clusters.csv` and on the map."""
    scan_radius_m: ClassVar[float] = 500.0
    """Radius in metres of the largest circle tested for a hot spot, half of the longest strip."""
    scan_simulations: ClassVar[int] = 999
    """Simulations that test a hot spot's significance; 0 omits the test."""
    alert_days: ClassVar[float] = 14.0
    """Length of the latest period in days; a circle or strip with more leads in it than predicted is an alert."""
    first_k: ClassVar[int] = 20
    """Number of places at the head of the list; each building gets its probability to be among them."""
    bootstrap_draws: ClassVar[int] = 200
    """Bootstrap samples of the leads, from which the probability to be among the first `first_k` is estimated."""


class Backtest(Section):
    """[backtest]: how `sweep backtest` judges the ranking out of time."""

    first_day: Days = 180.0
    """Days of leads that are known before the first list is frozen."""
    horizon_days: Days = 14.0
    """Days of later leads by which each list is judged, and days from one list to the next."""

    lag_days: ClassVar[float] = 1.0
    """Days from the freezing of a list to the first day whose events count."""
    hours: ClassVar[float] = 40.0
    """Team-hours of visits on which the measures of finds per effort are based."""
