"""Facts of a ranking: the terms of a score, clusters, and the data that it rests on."""

from dataclasses import dataclass

# Rates are shown per 1,000 firms and 30 days.
RATE_UNIT = 30_000.0
# A figure on fewer finds is not shown as one.
FEWEST_FINDS = 10


@dataclass(frozen=True, slots=True)
class Term:
    """One additive part of a score, for the reader."""

    key: str
    value: float
    """Part of the score, in the unit of the score."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Buildings near each other that one or two teams can work through."""

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
    """Lower end of its 90 % interval."""
    lead_rate_high: float
    """Upper end of its 90 % interval."""
    expected_finds: float
    finds_per_hour: float
    diameter_m: float
    """Largest distance between two of its buildings."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the rule scores or the model that past checks teach, and how both did on checks they had not seen."""

    scored_by: str
    """`rule` or `logistic`."""
    reason: str
    """
    `few` checks or finds, a model that later ones leave `untested`, finds `against` leads, `behind` the rule, no better
    than `chance`, or `ahead` of both.
    """
    n_checks: int
    """Past checks that got in."""
    n_finds: int
    """Past checks that found something."""
    n_judged: int = 0
    """Checks of them that were foretold from earlier ones."""
    n_judged_finds: int = 0
    n_judged_predicted: float = 0.0
    """Finds of them that the model foretold."""
    model_area: float | None = None
    """AUC of the model among checks of one team and time; 0.5 is chance. None: not judged."""
    rule_area: float | None = None
    margin: float | None = None
    """Largest difference of an area by chance, one-sided, five in a hundred."""
    explained_by: tuple[Term, ...] = ()
    """Share of each kind of feature in the order of places, adding up to 1, the largest first."""


@dataclass(frozen=True, slots=True)
class Record:
    """Predicted and actual finds of past checks."""

    n_checks: int
    """Past checks that got in, of the case track where there are any."""
    n_finds: int
    """Past checks of them that found something, ten at least."""
    predicted: float
    """Finds that the chances of those mornings came to, at least one."""
    low: float
    """Lower end of the 90 % interval of finds over predicted finds."""
    high: float

    @property
    def ratio(self) -> float:
        """Finds over predicted finds."""
        return self.n_finds / self.predicted


@dataclass(frozen=True, slots=True)
class RankingFacts:
    """Data that a ranking rests on."""

    scored_by: str
    """`rule`, or `logistic` once past checks teach it."""
    n_checks: int
    """Past checks that got in."""
    n_finds: int
    """Past checks that found something."""
    data_on: str | None
    """ISO date of the newest lead or visit in the data."""
    captured_share: float
    """Share of the value that the clusters' hours could buy anywhere that lies in the clusters, in [0, 1]."""
    verdict: Verdict | None = None
    """Why the rule scores or the model."""
    doubt: float = 0.0
    """Common (systematic) uncertainty of the chances: standard deviation over the mean of the expected finds."""
    record: Record | None = None
    """None: fewer than ten finds, or nothing was predicted."""
