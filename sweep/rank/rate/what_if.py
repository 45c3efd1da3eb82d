"""What would change a building's rank: one more lead, or a visit that finds nothing; all others as they are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.arrays import Float64s, Int64s
from sweep.rank.rate.chance import Chances, gather_chances
from sweep.rank.rate.density import Posterior
from sweep.rank.rate.evidence import Awaiting


def with_one_more(awaiting: Awaiting, weight: float) -> Float64s:
    """P(den) of each building if one more lead of a weight came in today, shape (n,)."""
    return awaiting.chances.with_one_more(weight, awaiting.own_share).p_den


def once_cleared(events: pd.DataFrame, chances: Chances, posterior: Posterior, detection_share: float) -> Float64s:
    """P(den) of each building after a visit that gets in and finds nothing, shape (n,): all its leads are answered."""
    row, weight = events["row"].to_numpy(np.int64), events["weight"].to_numpy(np.float64)
    n, left = len(chances.reported), 1.0 - detection_share
    gone = posterior.own_share * np.bincount(row, weights=weight, minlength=n) * detection_share
    changed = gather_chances(
        row,
        weight * left,
        unreported=np.maximum(chances.unreported - gone, 0.0),
        prior_odds=chances.prior_odds,
        proneness=chances.proneness,
    )
    return changed.p_den


def rank_at(score: Float64s, changed: Float64s) -> Int64s:
    """
    The rank each would have at its changed score if no other's changed, shape (n,): 1 is best, ties share the best.

    Parameters
    ----------
    score, changed
        Shape (n,); both rounded alike, so that ties are ties.
    """
    above = len(score) - np.searchsorted(np.sort(score), changed, side="right")
    return np.asarray(1 + above - (score > changed), np.int64)
