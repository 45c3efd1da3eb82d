"""
Rates that take in what happens nearby as the past itself asks: beside the rule's, readings from closer by.

The rule reads a building's rate from its own leads and from all within a radius, each fading by its type. Where one
event is soon followed by another close by (near-repeat), the leads of the last week within half the radius say more;
where quarters stay what they are, those of a year; where nothing is known, chance. The shares of these readings are
those under which past fortnights foretell their own events best, pulled to the rule. They are used only if later
fortnights, which they were not fitted on, are surely foretold better. A building's own leads are in the rule's reading
alone, so that with the shares as they are another one never lowers it.

References
----------
Mohler, Short, Brantingham, Schoenberg & Tita 2011, Self-exciting point process modeling of crime.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geodata.arrays import Float64s, Int64s
from sweep.rank.rate.density import fit_prior, local_rates, posterior_rates, shrunk_rates
from sweep.rank.rate.exposure import decayed_weight
from sweep.rank.rate.half_life import EVENTS_MIN, FORTNIGHT_DAYS, N_WINDOWS
from sweep.rank.rate.mixture import gain_and_margin, likeliest_shares
from sweep.rank.rate.radius_sums import sums_within
from sweep.records.ranking import Nearby

MEMORIES_DAYS = (7.0, 60.0, 365.0)
# Events are thinned to so many, and fortnights are looked at, four at least, until so many events are foretold.
EVENTS_MOST, FORETOLD_ENOUGH, WINDOWS_LEAST = 50_000, 2_000, 4
# One-sided, five in a hundred.
SURE = 1.645


@dataclass(frozen=True, slots=True)
class Sightings:
    """Events at n buildings; arrays of shape (k,)."""

    rows: Int64s
    """Building of each."""
    age_days: Float64s
    half_life: Float64s
    """Half-life of its type, in days."""
    share: Float64s
    """How much it counts when it is new: its type's hit share, less what visits have answered."""

    def where(self, chosen: np.ndarray, ago: float = 0.0) -> Sightings:
        """Some of them, as of so many days ago."""
        return Sightings(
            self.rows[chosen], self.age_days[chosen] - ago, self.half_life[chosen], self.share[chosen]
        )  # fmt: skip

    def counts(self, n: int, half_life: Float64s) -> tuple[Float64s, Float64s]:
        """What the events of each building weigh, shape (n,), if they fade so; and what each of them weighs."""
        weights = self.share * decayed_weight(self.age_days, half_life)
        return np.bincount(self.rows, weights=weights, minlength=n).astype(np.float64), weights


@dataclass(frozen=True, slots=True)
class Plane:
    """Where the buildings are and what is at risk in them."""

    points_m: Float64s
    """Shape (n, 2)."""
    exposure: Float64s
    """Firm-days, shape (n,)."""
    radius_m: float
    """Radius of the rule's neighbourhood; what is close by lies within half of it."""


def fit_nearby(events: Sightings, plane: Plane) -> Nearby:
    """The shares of the readings, and whether they are to be used."""
    events = events.where(np.arange(0, len(events.rows), -(-len(events.rows) // EVENTS_MOST) or 1))
    windows: list[_Window] = []
    for k in range(1, N_WINDOWS + 1):
        window = _window(events, plane, k * FORTNIGHT_DAYS)
        if window is not None:
            windows.insert(0, window)
        if len(windows) >= WINDOWS_LEAST and sum(len(w.weights) for w in windows) >= FORETOLD_ENOUGH:
            break
    names = ("rule", *(f"near_{days:g}" for days in MEMORIES_DAYS), "any")
    n_events = sum(len(w.weights) for w in windows)
    if n_events < EVENTS_MIN or len(windows) < 2:
        return Nearby(names, (1.0, *[0.0] * (len(names) - 1)), n_events)
    half = len(windows) // 2
    early = _shares(windows[:half])
    later = np.vstack([window.chances for window in windows[half:]])
    weights = np.concatenate([window.weights for window in windows[half:]])
    gains = np.log(later @ early) - np.log(later[:, 0])
    gain, margin = gain_and_margin(gains, weights, SURE)
    shares = tuple(float(share) for share in _shares(windows))
    return Nearby(names, shares, n_events, n_judged=len(gains), gain=gain, margin=margin)


def nearby_rates(events: Sightings, plane: Plane, total: float) -> Float64s:
    """Rates of each building by all readings but the rule's, that come to one total over the firms, shape (n, 4)."""
    n, exposure = len(plane.exposure), plane.exposure
    faded = [events.counts(n, np.full(len(events.rows), days)) for days in MEMORIES_DAYS]
    known = np.where(exposure > 0, 1.0, 0.0)
    columns = np.column_stack([*(some * known for some, _ in faded), exposure])
    near = sums_within(plane.points_m, plane.radius_m / 2.0, columns)
    rates = []
    for k, (some, each) in enumerate(faded):
        prior = fit_prior(some, exposure, each)
        # What has faded to nothing says as much as nothing.
        rates.append(shrunk_rates(near[:, k], near[:, -1], prior) if prior.mean_rate > 0 else np.ones(n))
    return np.column_stack([rate * (total / float(rate @ exposure)) for rate in (*rates, np.ones(n))])


@dataclass(frozen=True, slots=True)
class _Window:
    """The events of a past fortnight: what each reading gave for each of them, and how much each counts."""

    chances: Float64s
    """Shape (m, 5), the rule's first."""
    weights: Float64s


def _window(events: Sightings, plane: Plane, ago: float) -> _Window | None:
    """The fortnight that began so many days ago; None if nothing was known then, or nothing came."""
    past = events.where(events.age_days > ago, ago)
    came = events.where((events.age_days <= ago) & (events.age_days > ago - FORTNIGHT_DAYS))
    # What visits have answered in full counts for nothing, and a mean over nothing but such is none.
    came = came.where((plane.exposure[came.rows] > 0) & (came.share > 0))
    counts, weights = past.counts(len(plane.exposure), past.half_life)
    prior = fit_prior(counts, plane.exposure, weights)
    if prior.mean_rate <= 0 or len(came.rows) == 0:
        return None
    local = local_rates(counts, plane.exposure, plane.points_m, plane.radius_m, prior)
    rule = posterior_rates(counts, plane.exposure, local, prior).mean
    rates = np.column_stack([rule, nearby_rates(past, plane, float(rule @ plane.exposure))])
    return _Window(rates[came.rows], came.share)


def _shares(windows: Sequence[_Window]) -> Float64s:
    chances = np.vstack([window.chances for window in windows])
    return likeliest_shares(chances, np.concatenate([window.weights for window in windows]))
