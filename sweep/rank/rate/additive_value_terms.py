"""Additive terms of a building's value, created on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.array_types import Float64s
from sweep.rank.rate.lead_model import DenEvidence, lead_hazard
from sweep.rank.rate.rate_posterior import Posterior
from sweep.records.ranking import Term


@dataclass(frozen=True, slots=True, eq=False)
class Terms(Mapping[str, tuple[Term, ...]]):
    """Additive terms of each building's value, by building id; created when read, since only few buildings are read."""

    row_of: Mapping[str, int]
    """Row of each building, by building id."""
    of_row: Callable[[int], Iterable[tuple[str, float]]]
    """Function from a building's row to the keys and values of its terms."""

    def __getitem__(self, building_id: str) -> tuple[Term, ...]:
        return tuple(Term(str(key), float(term_values)) for key, term_values in self.of_row(self.row_of[building_id]))

    def __iter__(self) -> Iterator[str]:
        return iter(self.row_of)

    def __len__(self) -> int:
        return len(self.row_of)


def value_terms(
    building_ids: pd.Series[str], events: pd.DataFrame, chances: DenEvidence, posterior: Posterior, value: Float64s
) -> Terms:
    """
    Return the terms that add up to each building's `value`, shape (n,): `leads.<type>` by lead type, `neighbourhood`.

    The value is split in proportion to the hazards -ln(1 - P) of independent dens (`chances`). A lead type gets the
    hazard of its leads and their contribution to the building's own rate (`posterior`); the neighbourhood gets the
    rest. `events`: columns `row` (of the building), `lead_type` and `weight`, as in `Evidence.events`.
    """
    total = chances.reported + chances.unreported
    scale = np.divide(value, total, out=np.zeros_like(value), where=total > 0)
    weight, row = events["weight"].to_numpy(np.float64), events["row"].to_numpy(np.int64)
    part = (lead_hazard(weight) + weight * posterior.own_share[row]) * scale[row]
    code, kinds = pd.factorize(events["lead_type"], sort=True)
    n, n_kinds = len(value), max(len(kinds), 1)
    cell, place = np.unique(row * n_kinds + code, return_inverse=True)
    term_values = np.bincount(place, weights=part, minlength=len(cell)).astype(np.float64)
    own_row = cell // n_kinds
    keys = np.array([f"leads.{kind}" for kind in kinds], dtype=object)
    start = np.searchsorted(own_row, np.arange(n + 1))
    key = keys[cell % n_kinds] if len(cell) else keys
    rest = value - np.bincount(own_row, weights=term_values, minlength=n)

    def of_row(row: int) -> Iterable[tuple[str, float]]:
        own = slice(start[row], start[row + 1])
        return (*zip(key[own], term_values[own], strict=True), ("neighbourhood", rest[row]))

    return Terms({str(building_id): k for k, building_id in enumerate(building_ids)}, of_row)
