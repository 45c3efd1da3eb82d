"""
The chance that a den is in a building: told of by one of its leads, or by none.

A lead is no sample of a rate but the sighting of one den, true with the share that its type proves true. Sightings
combine as chances that each fail (noisy-or). Dens that no lead has told of follow the posterior rate of the building,
as many in all as those that leads tell of. The two are independent, so their hazards -ln(1 - p) add up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweep.rank.density import Posterior

Floats = NDArray[np.float64]

# A lead that is certain would leave nothing for a second one to add.
WEIGHT_MAX = 1.0 - 1e-9


@dataclass(frozen=True, slots=True)
class Hazards:
    """Parts of -ln P(no den), shape (n,), >= 0."""

    told: Floats
    """Of the building's own leads."""
    untold: Floats
    """Of dens that no lead has told of: posterior mean x exposure."""

    @property
    def p_den(self) -> Floats:
        """P(a den is there), in [0, 1)."""
        return np.asarray(-np.expm1(-(self.told + self.untold)))


def lead_hazard(weights: Floats) -> Floats:
    """-ln(1 - weight) of each event, its weight being the chance that its den is there."""
    return np.asarray(-np.log1p(-np.minimum(weights, WEIGHT_MAX)))


def add_hazards(events: pd.DataFrame, posterior: Posterior, exposure: Floats) -> Hazards:
    """
    The hazards of each building.

    Parameters
    ----------
    events
        `row`, the building, and `weight`, in [0, 1].
    posterior
        Of the rate of leads that prove true.
    exposure
        Firm-days, shape (n,).
    """
    own = lead_hazard(events["weight"].to_numpy(np.float64))
    told = np.bincount(events["row"], weights=own, minlength=len(exposure)).astype(np.float64)
    return Hazards(told, posterior.mean * exposure)
