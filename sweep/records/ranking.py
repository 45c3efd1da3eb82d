"""Records of a ranking: terms of a score, clusters, and the data behind them."""

from dataclasses import dataclass

# Rates are shown per 1,000 firms and 30 days.
RATE_UNIT = 30_000.0
# Fewest finds on which a figure is shown.
FEWEST_FINDS = 10


@dataclass(frozen=True, slots=True)
class Term:
    """One additive term of a score, as shown to readers."""

    key: str
    value: float
    """Contribution to the score, in its unit."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Nearby buildings that one or two teams can work through."""

    cluster_id: str
    rank: int
    building_ids: tuple[str, ...]
    """Buildings of the cluster, in order of value per team-hour."""
    team_hours: float
    n_leads: int
    n_firms: int
    lead_rate: float
    """Posterior mean of leads per 1,000 firms and 30 days."""
    lead_rate_low: float
    """Lower limit of its 90 % interval."""
    lead_rate_high: float
    """Upper limit of its 90 % interval."""
    expected_finds: float
    finds_per_hour: float
    diameter_m: float
    """Largest distance between two of its buildings."""


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Choice between rule and learnt model, with the performance of both on out-of-time checks."""

    scored_by: str
    """`rule` or `logistic`."""
    reason: str
    """
    `few` checks or finds, a model `untested` on later ones, finds `against` leads, `behind` the rule, no better than
    `chance`, or `ahead` of both.
    """
    n_checks: int
    """Past checks with access."""
    n_finds: int
    """Past checks that found something."""
    n_judged: int = 0
    """Checks among them with an out-of-time prediction."""
    n_judged_finds: int = 0
    n_judged_predicted: float = 0.0
    """Finds that the model predicted for them."""
    model_area: float | None = None
    """AUC of the model among checks of one team and time; 0.5 is chance. None: not judged."""
    rule_area: float | None = None
    margin: float | None = None
    """Critical value of an AUC difference under chance, one-sided at 5 %."""
    explained_by: tuple[Term, ...] = ()
    """Share of each kind of feature in the ranking order, summing to 1, largest first."""


@dataclass(frozen=True, slots=True)
class PredictionRecord:
    """Predicted and actual finds of past checks."""

    n_checks: int
    """Past checks with access, on the case track if there are any."""
    n_finds: int
    """Checks among them that found something, at least ten."""
    predicted: float
    """Finds predicted for those checks on their mornings, at least one."""
    low: float
    """Lower limit of the 90 % interval of finds over predicted finds."""
    high: float

    @property
    def ratio(self) -> float:
        """Finds over predicted finds."""
        return self.n_finds / self.predicted


@dataclass(frozen=True, slots=True)
class RankingFacts:
    """Data behind a ranking."""

    scored_by: str
    """`rule`, or `logistic` once the model learnt from past checks is chosen."""
    n_checks: int
    """Past checks with access."""
    n_finds: int
    """Past checks that found something."""
    data_on: str | None
    """ISO date of the newest lead or visit read."""
    captured_share: float
    """Value in the clusters over the value that their hours could reach anywhere, in [0, 1]."""
    verdict: ModelChoice | None = None
    """Choice between rule and model, with its reason."""
    doubt: float = 0.0
    """Common (systematic) uncertainty: coefficient of variation of the expected finds."""
    record: PredictionRecord | None = None
    """None: fewer than ten finds, or nothing was predicted."""
