"""
A memory fitted to the place: how long events are news, and how far they spread, as the past itself foretold its own.

The next event falls on a place by a mixture of readings of those before it: what happened there, fading within days or
within years; what happened nearby, for one event is soon followed by another close by; the posterior rate of the
ranking; and chance alone. The shares of the mixture are those under which the past windows foretell the events in them
best, pulled to the ranking's own reading.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geodata.array_types import Float64s, Int64s
from sweep.rank.backtest.baseline_rankings import Score, Snapshot
from sweep.rank.rate.lead_type_weights import decayed_weight
from sweep.rank.rate.radius_sums import sums_within
from tests.benchmarks.rank.methods import local_bayes

HALF_LIVES_DAYS = (2.0, 7.0, 30.0, 90.0, 365.0, 1_460.0)
NEAR_HALF_LIVES_DAYS = (7.0, 365.0)
# Past windows that the shares are fitted on, and how many of a window's length must lie before the first.
N_WINDOWS, WINDOWS_BEFORE = 12, 4
# Fewer events than this in all fit nothing.
EVENTS_MIN = 50
# Events for which the first reading is held true before any is foretold; and when the shares are taken for fitted.
PULL, MOST_ROUNDS, STEP_MIN = 10.0, 200, 1e-5


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of the readings, and what they gain."""

    names: tuple[str, ...]
    shares: Float64s
    """Adding up to 1, in the order of the names."""
    gain: float
    """Log-likelihood an event over that of the ranking's own reading, on windows that the shares were not fitted on."""


def fitted_memory(points_m: Float64s, radius_m: float, half_life_days: float) -> Score:
    """
    The mixture, fitted at each origin to what was known then; the rate of the given half-life where it tells no more.

    Parameters
    ----------
    points_m
        Places in metres, shape (n, 2).
    radius_m
        Radius of the neighbourhood, > 0; what is nearby lies within half of it.
    half_life_days
        The half-life without a fit.
    """

    def score(known: Snapshot) -> Float64s:
        fit = fit_shares(known, points_m, radius_m, half_life_days)
        share = readings(known, points_m, radius_m, half_life_days)
        return share[:, 0] if fit is None or fit.gain <= 0.0 else share @ fit.shares

    return score


def fit_shares(known: Snapshot, points_m: Float64s, radius_m: float, half_life_days: float) -> Shares | None:
    """The shares from all past windows, their gain from the later half of them; None where there are too few events."""
    length = known.day / (N_WINDOWS + WINDOWS_BEFORE)
    windows = []
    for k in range(N_WINDOWS, 0, -1):
        past, came = _split(known, k * length, length)
        if len(past.rows) and len(came):
            windows.append(readings(past, points_m, radius_m, half_life_days)[came])
    if sum(map(len, windows)) < EVENTS_MIN or len(windows) < 2:
        return None
    names = ("own", *(f"own_{h:g}" for h in HALF_LIVES_DAYS), *(f"near_{h:g}" for h in NEAR_HALF_LIVES_DAYS), "any")
    half = len(windows) // 2
    early, late = likeliest_shares(np.vstack(windows[:half])), np.vstack(windows[half:])
    gain = float(np.mean(np.log(late @ early) - np.log(late[:, 0])))
    return Shares(names, likeliest_shares(np.vstack(windows)), gain)


def likeliest_shares(chances: Float64s) -> Float64s:
    """
    Shares of greatest likelihood by expectation and maximisation, pulled to the first, adding up to 1, shape (k,).

    Parameters
    ----------
    chances
        What each reading gave for each event, in any unit common to the readings, > 0, shape (m, k).
    """
    k = chances.shape[1]
    pull = np.eye(1, k)[0] * PULL
    shares = np.full(k, 1.0 / k)
    for _ in range(MOST_ROUNDS):
        each = chances * shares
        new = (each / each.sum(axis=1, keepdims=True)).sum(axis=0) + pull
        change, shares = np.abs(new / new.sum() - shares).max(), new / new.sum()
        if change < STEP_MIN:
            break
    return np.asarray(shares)


def readings(known: Snapshot, points_m: Float64s, radius_m: float, half_life_days: float) -> Float64s:
    """P(the next event falls on a place) by each reading, each column adding up to 1, shape (n, 10)."""
    n = len(known.population)
    counts = {
        h: np.bincount(
            known.rows, weights=decayed_weight(known.age_days, np.full(len(known.rows), h)), minlength=n
        ).astype(np.float64)
        for h in NEAR_HALF_LIVES_DAYS
    }
    near = sums_within(points_m, radius_m / 2.0, np.column_stack([counts[h] for h in NEAR_HALF_LIVES_DAYS]))
    rates = [local_bayes(points_m, radius_m, h)(known) * known.population for h in (half_life_days, *HALF_LIVES_DAYS)]
    columns = [*rates, *near.T, known.population]
    return np.column_stack([_share(column, known.population) for column in columns])


def _share(column: Float64s, population: Float64s) -> Float64s:
    """A column scaled to add up to 1, with a trace of chance in it: no event is impossible."""
    total, people = float(column.sum()), float(population.sum())
    even = population / people if people > 0 else np.full(len(column), 1.0 / len(column))
    return np.asarray(0.999 * column / total + 0.001 * even if total > 0 else even, np.float64)


def _split(known: Snapshot, ago: float, length: float) -> tuple[Snapshot, Int64s]:
    """What was known so long ago, and the places of the events of the window that began then."""
    before = known.age_days > ago
    inside = ~before & (known.age_days > ago - length)
    past = replace(known, day=known.day - ago, rows=known.rows[before], age_days=known.age_days[before] - ago)
    return past, known.rows[inside]
