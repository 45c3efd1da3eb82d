"""
Weights of several predictors of the next true lead, fitted to the past leads of the district.

Each predictor (reading) gives every building a probability of the next lead: the lead model's P(den), posterior rates
with short to long half-lives, leads nearby, and size alone. A mixture of them is fitted to past windows. It replaces
the lead model's order only if it predicts later windows better than the lead model does, by a margin.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geodata.array_types import Bools, Float64s, Int64s
from sweep.rank.rate.lead_model import read_leads
from sweep.rank.rate.lead_weights import decayed_weight
from sweep.rank.rate.poisson_rate_mixture import likeliest_shares
from sweep.rank.rate.radius_sums import sums_within
from sweep.rank.rate.rate_posterior import fit_prior, posterior_rates, shrunk_rates


@dataclass(frozen=True)
class Params:
    """Parameters of the mixture of predictors, and of the test that it predicts leads better than the lead model."""

    half_lives_days: tuple[float, ...] = (2.0, 7.0, 30.0, 90.0, 365.0, 1_460.0)
    nearby: tuple[int, ...] = (1, 4)
    """Indices of half-lives, a week and a year, whose rates are also taken from leads within half the radius."""
    n_windows: int = 12
    """Past windows of the fit, all of equal length."""
    windows_before: int = 4
    """Windows of that length between the oldest lead and the first window of the fit."""
    events_min: int = 50
    """Minimum number of leads in the windows."""
    events_many: int = 100_000
    """With more leads, every third window and a sample of its leads are sufficient and save seconds."""
    sample: int = 4_000
    """Largest number of leads of a window that are read."""
    gain_min: float = 0.005
    """The gain, in log-likelihood for each lead, must exceed this and `errors_min` standard errors."""
    errors_min: float = 1.645
    """One-sided 5 % test."""


PARAMS = Params()


@dataclass(frozen=True, slots=True)
class DatedLeads:
    """Scoring events (matched leads within the horizon, one for each event and building); arrays of shape (k,)."""

    rows: Int64s
    """Row of the building of each event."""
    hit_probability: Float64s
    """P(the event is from a den): hit share of its type; in a forecast of today times P(no visit has answered it)."""
    half_life: Float64s
    """Half-life of the event's type, days."""
    age_days: Float64s
    """Age of the event's newest lead, days."""

    def part(self, chosen: Bools, ago: float) -> DatedLeads:
        """Return the events where `chosen` is true, as they were `ago` days earlier: each age is less by `ago`."""
        age = self.age_days[chosen] - ago
        return DatedLeads(self.rows[chosen], self.hit_probability[chosen], self.half_life[chosen], age)


@dataclass(frozen=True, slots=True)
class Places:
    """Buildings at which the next lead may be, for `lead_forecasts`."""

    points_m: Float64s
    """Coordinates of the buildings, metres, shape (n, 2)."""
    size: Float64s
    """Firms or units of each building, shape (n,)."""
    radius_m: float
    """Radius of the neighbourhood, metres."""


def mixture_p_den(
    leads: DatedLeads, unanswered: Float64s, places: Places, p_den: Float64s, unknown_days: float
) -> Float64s | None:
    """
    Return P(den), shape (n,), by the mixture of `lead_forecasts` fitted to past leads, scaled to the sum of `p_den`.

    None if `fit_shares` fits no mixture; the caller then keeps the lead model's P(den).

    Parameters
    ----------
    leads
        All scoring events, not reduced by visits.
    unanswered
        Probability that no visit has answered the event (`unanswered_share`), in [0, 1], shape (k,).
    p_den
        P(den) by the lead model (`rule_scores`), shape (n,).
    unknown_days
        Last days of which no lead is known yet, >= 0.
    """
    everything = np.ones(len(unanswered), np.bool_)
    shares = fit_shares(leads.part(everything, unknown_days), places)
    if shares is None:
        return None
    today = lead_forecasts(replace(leads, hit_probability=leads.hit_probability * unanswered), places, p_den)
    return np.asarray(today[:, :-1] @ shares * p_den.sum())


def fit_shares(leads: DatedLeads, places: Places) -> Float64s | None:
    """
    Return the mixture shares of all columns of `lead_forecasts` except the last (size), scaled to sum 1; None: no fit.

    None (the lead model remains) if there are too few leads, or the mixture does not predict later windows clearly
    better than the best mixture of lead model and size. Size is fitted for the false leads, which fall anywhere, and
    dropped from the result.
    """
    length = float(leads.age_days.max(initial=0.0)) / (PARAMS.n_windows + PARAMS.windows_before)
    windows, weights = [], []
    for k in range(PARAMS.n_windows, 0, -1 if len(leads.rows) <= PARAMS.events_many else -3):
        is_past = leads.age_days > k * length
        in_window = np.flatnonzero(~is_past & (leads.age_days > (k - 1) * length))
        in_window = in_window[:: max(1, len(in_window) // PARAMS.sample)]
        if is_past.any() and len(in_window):
            given = lead_forecasts(leads.part(is_past, k * length), places, None)
            windows.append(given[leads.rows[in_window]])
            weights.append(leads.hit_probability[in_window])
    if sum(map(len, weights)) < PARAMS.events_min or len(windows) < 2:
        return None
    half, rule_columns = len(windows) // 2, [0, -1]
    early, late = np.vstack(windows[:half]), np.vstack(windows[half:])
    early_weight, late_weight = np.concatenate(weights[:half]), np.concatenate(weights[half:])
    mixed, by_rule = (
        late @ likeliest_shares(early, early_weight),
        late[:, rule_columns] @ likeliest_shares(early[:, rule_columns], early_weight),
    )
    gains = np.log(mixed) - np.log(by_rule)
    gain = float(np.average(gains, weights=late_weight))
    error = float(np.sqrt((late_weight**2 * (gains - gain) ** 2).sum()) / late_weight.sum())
    if gain <= max(PARAMS.gain_min, PARAMS.errors_min * error):
        return None
    shares = likeliest_shares(np.vstack(windows), np.concatenate(weights))[:-1]
    return np.asarray(shares / shares.sum())


def lead_forecasts(leads: DatedLeads, places: Places, p_den: Float64s | None) -> Float64s:
    """
    Return ten forecasts of the next lead's building: each column is a distribution over the n buildings, shape (n, 10).

    Columns: the lead model, posterior rates by six half-lives, leads within half the radius by two half-lives, and size
    (firms or units).

    Parameters
    ----------
    p_den
        The lead model's P(den), shape (n,); None: computed from the leads.
    """
    n, size = len(places.size), places.size
    if p_den is None:
        fresh = decayed_weight(leads.age_days, leads.half_life)
        p_den = read_leads(leads.rows, leads.hit_probability * fresh, fresh, size, places.points_m, places.radius_m)[
            2
        ].p_den
    weights = [
        leads.hit_probability * decayed_weight(leads.age_days, np.full(len(leads.rows), h))
        for h in PARAMS.half_lives_days
    ]
    counts = np.column_stack([np.bincount(leads.rows, weights=w, minlength=n).astype(np.float64) for w in weights])
    at_risk = np.where(size[:, None] > 0, counts, 0.0)
    around = sums_within(places.points_m, places.radius_m, np.column_stack([at_risk, size]))
    columns = [p_den]
    for k, weight in enumerate(weights):
        prior = fit_prior(counts[:, k], size, weight)
        if prior.mean_rate > 0:
            local = shrunk_rates(around[:, k], around[:, -1], prior)
            columns.append(posterior_rates(counts[:, k], size, local, prior).mean * size)
        else:
            columns.append(size)
    near = sums_within(places.points_m, places.radius_m / 2.0, counts[:, PARAMS.nearby])
    return np.column_stack([_shares(column, size) for column in (*columns, *near.T, size)])


def _shares(column: Float64s, size: Float64s) -> Float64s:
    """Return a column scaled to sum to 1; a thousandth is spread over all buildings, so that no share is 0."""
    total, firms = float(column.sum()), float(size.sum())
    even = size / firms if firms > 0 else np.full(len(size), 1.0 / len(size))
    even = 0.5 * even + 0.5 / len(size)
    return np.asarray(0.999 * column / total + 0.001 * even if total > 0 else even, np.float64)
