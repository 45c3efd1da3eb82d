"""Baseline rankings for comparison; each is a function from a day's known data to scores of all places."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from geodata.array_types import Float64s, Int64s
from sweep.rank.rate.lead_weights import decayed_weight


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Data known on one day: places, and the events at them (such as leads) before the day."""

    day: float
    """The day, in days since the first event."""
    rows: Int64s
    """Row number of the place of each event, shape (k,)."""
    age_days: Float64s
    """Age of each event in days, shape (k,), > 0."""
    points_m: Float64s
    """Coordinates of the places, metres, shape (n, 2)."""
    population: Float64s
    """Number of firms at each place, or 1 for each grid cell, shape (n,)."""
    seed: int
    """Seed of the random ranking."""

    @property
    def counts(self) -> Float64s:
        """Return the number of events at each place, shape (n,)."""
        return np.bincount(self.rows, minlength=len(self.population)).astype(np.float64)


# Score of every place; higher means earlier in the list.
Score = Callable[[Snapshot], Float64s]


@dataclass(frozen=True, slots=True)
class Method:
    """Ranking method: a function from `Snapshot` to scores, with a name."""

    key: str
    """Name of the method; its text is in the catalogue under `backtest.method.<key>`."""
    score: Score
    """Function that scores every place; a higher score comes earlier in the list."""
    probability: Score | None = None
    """Function that gives P(find) of a visit at every place, to compare with outcomes; None: not available."""


def with_cache(method: Method) -> Method:
    """Return the method with its scores cached by day, for measures that need them again."""
    kept: dict[float, Float64s] = {}

    def score(known: Snapshot) -> Float64s:
        if known.day not in kept:
            kept[known.day] = method.score(known)
        return kept[known.day]

    return replace(method, score=score)


def raw_count(known: Snapshot) -> Float64s:
    """Score each place by its number of known events, shape (n,)."""
    return known.counts


def raw_rate(known: Snapshot) -> Float64s:
    """Score each place by events / population; places without population come last."""
    return np.divide(known.counts, known.population, out=np.zeros_like(known.population), where=known.population > 0)


def decayed_per_hour(effort_h: Float64s, half_life_days: float) -> Score:
    """Return a function that scores a place by its decayed number of events / hours of a visit (`effort_h`, (n,))."""

    def score(known: Snapshot) -> Float64s:
        weight = decayed_weight(known.age_days, np.full(len(known.rows), half_life_days))
        return np.bincount(known.rows, weights=weight, minlength=len(known.population)) / effort_h

    return score


def random_order(known: Snapshot) -> Float64s:
    """Return random scores, as a ranking without information, seeded by the seed and the day of `known`."""
    return np.random.default_rng([known.seed, int(known.day)]).random(len(known.population))
