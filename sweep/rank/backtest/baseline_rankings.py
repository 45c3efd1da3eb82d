"""Rankings to set side by side: each a function from what is known on a day to a score of every place."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from geodata.array_types import Float64s, Int64s
from sweep.rank.rate.lead_decay import decayed_weight


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known on one day: places, and the events before it."""

    day: float
    """Days since the first event that counts."""
    rows: Int64s
    """Place of each event, shape (k,)."""
    age_days: Float64s
    """Days from each event to the day, shape (k,), > 0."""
    points_m: Float64s
    """Places in metres, shape (n, 2)."""
    population: Float64s
    """Firms at each place, or 1 a cell, shape (n,)."""
    seed: int

    @property
    def counts(self) -> Float64s:
        """Events at each place."""
        return np.bincount(self.rows, minlength=len(self.population)).astype(np.float64)


# A score for every place; the higher the sooner.
Score = Callable[[Snapshot], Float64s]


@dataclass(frozen=True, slots=True)
class Method:
    """One ranking: to try another, write a function from `Snapshot` to scores."""

    key: str
    """Name of the method; its text is in the catalogue under `backtest.method.<key>`."""
    score: Score
    probability: Score | None = None
    """P(find) of a visit, if the method gives one: it is then held against what visits found."""


def remembered(method: Method) -> Method:
    """The method, its scores of a day made once: they are asked for by every measure."""
    kept: dict[float, Float64s] = {}

    def score(known: Snapshot) -> Float64s:
        if known.day not in kept:
            kept[known.day] = method.score(known)
        return kept[known.day]

    return replace(method, score=score)


def raw_count(known: Snapshot) -> Float64s:
    """Events so far."""
    return known.counts


def raw_rate(known: Snapshot) -> Float64s:
    """Events over population; a place with none comes last."""
    return np.divide(known.counts, known.population, out=np.zeros_like(known.population), where=known.population > 0)


def decayed_per_hour(effort_h: Float64s, half_life_days: float) -> Score:
    """Decayed events per hour of a visit: the simple rule that any ranking must beat."""

    def score(known: Snapshot) -> Float64s:
        weight = decayed_weight(known.age_days, np.full(len(known.rows), half_life_days))
        return np.bincount(known.rows, weights=weight, minlength=len(known.population)) / effort_h

    return score


def random_order(known: Snapshot) -> Float64s:
    """Scores by chance: the ranking that knows nothing."""
    return np.random.default_rng([known.seed, int(known.day)]).random(len(known.population))
