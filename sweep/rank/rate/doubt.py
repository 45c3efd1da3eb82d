"""How far all chances of a den may be off together: what no number of buildings averages out."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from sweep.rank.rate.chance import Chances
from sweep.rank.rate.exposure import HitShare


def common_doubt(events: pd.DataFrame, shares: Mapping[str, HitShare], chances: Chances) -> float:
    """
    Standard deviation over the mean of the dens that the rule expects, >= 0; 0 where no lead scores.

    Two things are not known better than for all buildings at once: the share of leads that prove true, which is a prior
    until enough visits have followed leads, type by type; and which of the two readings of several leads holds.

    Parameters
    ----------
    events
        `lead_type` and `weight` of each event that scores.
    shares
        By lead type.
    chances
        Of all buildings.
    """
    by_type = events.groupby("lead_type")["weight"].sum()
    total = float(by_type.sum())
    if total <= 0:
        return 0.0
    types = math.hypot(*(weight * shares[str(kind)].doubt for kind, weight in by_type.items())) / total
    apart, together = (float(p.sum()) for p in chances.readings)
    return math.hypot(types, (apart - together) / (apart + together))
