"""Records of a ranking: score terms, clusters, the choice of the scoring model, and its past performance."""

from dataclasses import dataclass

# Rates are shown per 1,000 firms and 30 days.
RATE_UNIT = 30_000.0
# Fewest finds on which a figure is shown.
FEWEST_FINDS = 10
# Fewest finds that calibrate the level of expected finds: their standard error of 22 % is below the factor 1.25 that a
# level may be off. Ten finds have 32 %.
LEVEL_FINDS = 20
YEAR_WEEKS = 52


@dataclass(frozen=True, slots=True)
class Term:
    """One of the additive terms whose sum is a building's score."""

    key: str
    """Name of the term, such as a lead type or a kind of feature."""
    value: float
    """Contribution to the score, in the unit of the score; in `ModelChoice.explained_by` a share."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Group of nearby buildings that one or two teams can work through."""

    cluster_id: str
    rank: int
    """1 for the cluster with the highest `finds_per_hour`."""
    building_ids: tuple[str, ...]
    """Buildings of the cluster, highest value per team-hour first."""
    team_hours: float
    """Team-hours of one visit to each building."""
    n_leads: int
    """Number of scoring events in its buildings: several leads of one event count once for each building."""
    n_firms: int
    lead_rate: float
    """Posterior mean of leads per 1,000 firms and 30 days."""
    lead_rate_low: float
    """Lower limit of the 90 % interval of the lead rate."""
    lead_rate_high: float
    """Upper limit of the 90 % interval of the lead rate."""
    expected_finds: float
    finds_per_hour: float
    """Expected finds per team-hour."""
    diameter_m: float
    """Largest distance between two buildings of the cluster, metres."""


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Choice between lead model (untrained, from leads) and learnt model, with both results on out-of-time checks."""

    scored_by: str
    """Choice: `rule` or `logistic`."""
    reason: str
    """
    Reason for the choice. For the lead model: `few` checks or finds, model `untested` on later checks, finds
    `against` the leads, model `behind` the rule, model no better than `chance`. For the model: `ahead` of rule and
    chance.
    """
    n_checks: int
    """Number of past checks with access."""
    n_finds: int
    """Number of those checks that found something."""
    n_judged: int = 0
    """Number of past checks with an out-of-time prediction of the model."""
    n_judged_finds: int = 0
    """Number of the judged checks that found something."""
    n_judged_predicted: float = 0.0
    """Sum of the finds that the model predicted for those checks."""
    model_area: float | None = None
    """AUC of the model among checks of one team and time; 0.5 is chance. None: not judged."""
    rule_area: float | None = None
    """AUC of the lead model on the same checks; None: not judged."""
    margin: float | None = None
    """Critical value of an AUC difference under chance, one-sided at 5 %; None: not judged."""
    explained_by: tuple[Term, ...] = ()
    """Share of each kind of feature in the model's ranking, largest first; the shares sum to 1."""


@dataclass(frozen=True, slots=True)
class FindLevel:
    """Level of the expected finds: actual finds of past visits divided by the finds expected before the visits."""

    n_visits: int
    """Number of visits of the last `n_weeks` weeks for which a probability of a find was forecast."""
    n_finds: int
    """Finds of those visits."""
    expected: float
    """Finds expected of those visits."""
    factor: float
    """Finds divided by `expected`, shrunk towards 1."""
    dispersion: float
    """Variance of the finds per window of 28 days, divided by their mean, >= 1."""
    error: float
    """Relative standard error of `factor`."""
    shift: float
    """Correction of the log-odds of each forecast; with it the forecasts add up to `n_finds`."""
    access: float
    """Share of the visits of the last 364 days in which the team gained access; 1 without visits."""
    n_weeks: int = YEAR_WEEKS
    """Weeks before the ranking whose visits count: a year, or those since the ratio of finds to `expected` changed."""

    @property
    def is_applied(self) -> bool:
        """Whether P(find) is shifted to this level: the level changed within a year, or `n_finds` >= `LEVEL_FINDS`."""
        return has_changed(self.n_weeks) or self.n_finds >= LEVEL_FINDS


def has_changed(n_weeks: int) -> bool:
    """Whether a level changed within the last year, by its `FindLevel.n_weeks`: below 52 if so."""
    return n_weeks < YEAR_WEEKS


@dataclass(frozen=True, slots=True)
class RankingFacts:
    """Facts about a ranking as a whole: its data, its scoring method and its uncertainty."""

    scored_by: str
    """`rule` (the lead model), or `logistic` once the model learnt from past checks is chosen."""
    n_checks: int
    """Number of past checks with access."""
    n_finds: int
    """Number of those checks that found something."""
    data_on: str | None
    """ISO date of the newest lead or visit read."""
    captured_share: float
    """Value of the buildings in clusters divided by the most value that the same team-hours could reach, in [0, 1]."""
    verdict: ModelChoice | None = None
    """Choice between lead model and learnt model, with its reason; None: no choice was made."""
    doubt: float = 0.0
    """Common (systematic) uncertainty: standard deviation / mean of the expected finds, equal for all buildings."""
    level: FindLevel | None = None
    """Past finds over expected finds; corrects the ranking if `level.is_applied`. None: no ranking was made."""
    is_memory_fitted: bool = False
    """Whether predictors fitted to past leads replace the lead model's order (`sweep.rank.rate.predictor_mixture`)."""
