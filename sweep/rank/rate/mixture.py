"""Shares of several readings of a rate under which past events were likeliest, pulled to the first of them."""

from __future__ import annotations

import numpy as np

from geodata.arrays import Float64s

# Events for which the first reading is held true before any is foretold.
PULL = 10.0
MOST_ROUNDS, STEP_MIN = 200, 1e-5


def likeliest_shares(chances: Float64s, weights: Float64s | None = None) -> Float64s:
    """
    Shares of greatest likelihood by expectation and maximisation, adding up to 1, shape (k,).

    Parameters
    ----------
    chances
        What each reading gave for each event, in any unit common to the readings, > 0, shape (m, k).
    weights
        How much each event counts, shape (m,); scaled to a mean of 1. None: all alike.
    """
    m, k = chances.shape
    each_counts = np.ones(m) if weights is None else weights * (m / weights.sum())
    pull = np.zeros(k)
    pull[0] = PULL
    shares = np.full(k, 1.0 / k)
    for _ in range(MOST_ROUNDS):
        each = chances * shares
        new = np.asarray(each_counts @ (each / each.sum(axis=1, keepdims=True)) + pull, np.float64)
        change, shares = np.abs(new / new.sum() - shares).max(), new / new.sum()
        if change < STEP_MIN:
            break
    return shares


def gain_and_margin(gains: Float64s, weights: Float64s, sure: float) -> tuple[float, float]:
    """The weighted mean of gains, shape (m,), and how much it may be by chance: `sure` times its standard error."""
    gain = float(np.average(gains, weights=weights))
    spread = float(np.sqrt((weights**2 * (gains - gain) ** 2).sum()) / weights.sum())
    return gain, sure * spread
