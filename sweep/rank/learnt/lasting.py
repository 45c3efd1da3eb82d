"""What lasts at a place: its kinds, which have effects of their own, and where it lies."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.arrays import Float64s, Int64s

# A place may be of several kinds (its trade, its risk class), each with an effect of its own.
KINDS_EACH = 3
# Only kinds of so many checks have an effect, at most so many of them: time grows with the square of their number.
KIND_CHECKS_MIN, KINDS_MOST = 10, 20

LASTING_KINDS = (*["kind_finds"] * KINDS_MOST, "where", "where")
"""Kind of each of the features: marks of kinds, metres east and metres north."""


def kinds_of(buildings: pd.DataFrame) -> Int64s:
    """Codes of the kinds of each building, unlike ones in every column, -1 for none, shape (n, 3)."""
    codes = np.full((len(buildings), KINDS_EACH), -1, np.int64)
    if "kind" not in buildings:
        return codes
    words = [[w.strip() for w in str(k).split(";")] if pd.notna(k) else [] for k in buildings["kind"]]
    n_before = 0
    for k in range(KINDS_EACH):
        code, names = pd.factorize(np.array([w[k] if len(w) > k and w[k] else None for w in words], object), sort=True)
        codes[:, k] = np.where(code < 0, -1, code + n_before)
        n_before += len(names)
    return codes


def lasting_features(kinds: Int64s, points_m: Float64s, looked: Int64s) -> Float64s:
    """
    The features of every building, shape (n, 22).

    Kinds are marked from the one of most checks on. Places beyond those that were checked count as the outermost of
    these: what the past says of a direction ends there.

    Parameters
    ----------
    kinds
        As `kinds_of` gives them, shape (n, 3).
    points_m
        Places in metres, shape (n, 2).
    looked
        Row of the building of each past check, shape (m,).
    """
    features = np.zeros((len(kinds), len(LASTING_KINDS)))
    if len(looked) == 0:
        return features
    known = kinds[looked]
    n_checks = np.bincount(known[known >= 0])
    most = np.argsort(-n_checks, kind="stable")[:KINDS_MOST]
    for k, code in enumerate(most[n_checks[most] >= KIND_CHECKS_MIN]):
        features[:, k] = (kinds == code).any(axis=1)
    seen = points_m[looked]
    features[:, KINDS_MOST:] = np.clip(points_m, seen.min(axis=0), seen.max(axis=0))
    return features
