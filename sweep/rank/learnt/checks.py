"""Past checks as a model learns from them: what was known of the building that morning, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from scipy.special import logit

from geodata.arrays import Bools, Float64s, Int64s
from sweep.rank.rate.answered import SPAN_S, case_keys
from sweep.rank.rate.chance import gather_chances, lead_proneness
from sweep.rank.rate.density import fit_prior, local_rates
from sweep.rank.rate.exposure import SECONDS_PER_DAY, decayed_weight, effective_days
from sweep.scenario.rank import Rank

WINDOWS_DAYS = (7.0, 30.0, 90.0)
FEATURES = ("leads", "leads", "leads", "size", "neighbourhood", "rate", "last_check", "rule")
"""Kind of each column of the features; the first three are the windows, the last the log-odds of the rule."""
# Log-odds of a building of which nothing speaks are not minus infinity.
CHANCE_MIN = 1e-6
# A building that was never checked is like one last checked so long ago.
LONGEST_DAYS = 365.0


@dataclass(frozen=True, slots=True)
class Checks:
    """One row a building, day, team and track that got in; no access is no negative and is left out."""

    features: Float64s
    """Features of the building on the morning of each check, shape (m, 8)."""
    is_find: Bools
    """Whether each check found something, shape (m,)."""
    group: Int64s
    """Code of who looked and how, shape (m,): track and team, or the authority where the history names no team."""
    is_case: Bools
    """Whether each group is of the case track, which is what a ranking sends, shape (g,)."""
    weights: Float64s
    """1 / selection probability of each check, shape (m,); 1 where none is recorded, as on the case track."""


@dataclass(frozen=True, slots=True)
class Past:
    """Everything that features are made from: k events, v visits, n buildings; days are counted back from `now`."""

    event_row: Int64s
    """Row of the building of each event, shape (k,)."""
    event_ago: Float64s
    """Days before now of each event's first lead, shape (k,)."""
    half_life: Float64s
    """Half-life of each event's type, in days, shape (k,)."""
    share: Float64s
    """Prior hit share of each event's type, shape (k,)."""
    visit_row: Int64s
    """Row of the building of each visit, shape (v,)."""
    visit_ago: Float64s
    """Days before now of each visit, shape (v,)."""
    case_keys: Int64s
    """One number a building and day of case visits, sorted: row x `SPAN_S` + seconds before now."""
    detection_share: float
    """P(a visit that gets in finds the den that is there)."""
    population: Float64s
    """Firms or units of each building, shape (n,)."""
    points_m: Float64s
    """Places in metres, shape (n, 2)."""
    radius_m: float
    """Radius of the neighbourhood."""
    mean_days: float
    """Mean effective days of a lead over the types."""
    horizon_days: float
    """Older events do not count."""

    def features(self, ago: float) -> Float64s:
        """The features of every building as of so many days before now, shape (n, 8)."""
        n = len(self.population)
        age = self.event_ago - ago
        known = (age >= 0) & (age <= self.horizon_days)
        row, age, half_life = self.event_row[known], age[known], self.half_life[known]
        windows = [
            np.bincount(row, weights=decayed_weight(age, np.full(len(age), h)), minlength=n) for h in WINDOWS_DAYS
        ]
        left = self._unanswered(row, self.event_ago[known], ago)
        freshness = decayed_weight(age, half_life)
        weight = self.share[known] * freshness * left
        counts = np.bincount(row, weights=weight, minlength=n).astype(np.float64)
        exposure = self.population * self.mean_days
        local, mean, rate_of_all = self._rates(counts, weight, exposure)
        proneness = lead_proneness(row, freshness, exposure)
        chances = gather_chances(
            row, weight, unreported=mean * exposure, prior_odds=local * exposure, proneness=proneness
        )
        rule = logit(np.maximum(chances.p_den, CHANCE_MIN))
        # Of the very moment none: a visit on a date alone stands at midnight, and would see itself.
        before = self.visit_ago > ago
        since = np.full(n, LONGEST_DAYS)
        np.minimum.at(since, self.visit_row[before], self.visit_ago[before] - ago)
        leads, size = [np.log1p(w) for w in windows], np.log(np.maximum(self.population, 1.0))
        # Both logs are 0 where there is no lead yet.
        over = [np.log(r / rate_of_all) if rate_of_all > 0 else np.zeros(n) for r in (local, mean)]
        return np.column_stack([*leads, size, *over, since, rule])

    def _unanswered(self, row: Int64s, event_ago: Float64s, ago: float) -> Float64s:
        """Share of each event that case visits until so many days ago have left, as in `sweep.rank.rate.answered`."""
        up_to = [
            np.searchsorted(self.case_keys, row * SPAN_S + np.floor(days * SECONDS_PER_DAY).astype(np.int64), "right")
            for days in (event_ago, np.full(len(row), ago))
        ]
        return np.asarray((1.0 - self.detection_share) ** (up_to[0] - up_to[1]), np.float64)

    def _rates(self, counts: Float64s, weight: Float64s, exposure: Float64s) -> tuple[Float64s, Float64s, float]:
        """The neighbours' rate, the posterior mean, and the rate of all; 0 where there is no lead yet."""
        prior = fit_prior(counts, exposure, weight)
        if prior.mean_rate <= 0:
            return np.zeros(len(counts)), np.zeros(len(counts)), 0.0
        local = local_rates(counts, exposure, self.points_m, self.radius_m, prior)
        mean = (prior.shape + counts / prior.dispersion) / (prior.shape / local + exposure / prior.dispersion)
        return local, mean, prior.mean_rate


def gather_past(
    buildings: pd.DataFrame,
    leads: pd.DataFrame,
    history: pd.DataFrame,
    points_m: Float64s,
    population: Float64s,
    now: datetime,
    settings: Rank,
) -> Past:
    """
    What features are made from.

    Reported leads only, each event at its first lead, weighed by the settings' prior hit shares: those moved by the
    history would give away to a check its own outcome.
    """
    row_of = pd.Index(buildings["building_id"])
    moment = pd.Timestamp(now)
    known = leads[
        (leads["lead_source"] == "reported") & leads["building_id"].isin(row_of) & (leads["received_at"] <= moment)
    ]
    event = known["event_id"].where(known["event_id"].notna(), known["lead_id"])
    first = known.assign(event_id=event).sort_values(["received_at", "lead_id"], kind="stable")
    first = first.drop_duplicates(["event_id", "building_id"])
    half_life = np.asarray(first["lead_type"].map(dict(settings.half_life_days)), np.float64)
    days = [effective_days(h, settings.horizon_days) for h in settings.half_life_days.values()]
    visits = _visits(history, moment)
    visit_row = row_of.get_indexer(pd.Index(visits["building_id"])).astype(np.int64)
    return Past(
        event_row=row_of.get_indexer(pd.Index(first["building_id"])).astype(np.int64),
        event_ago=_ago(first["received_at"], moment),
        half_life=half_life,
        share=np.asarray(first["lead_type"].map(dict(settings.hit_share)), np.float64),
        visit_row=visit_row[visit_row >= 0],
        visit_ago=_ago(visits["visited_on"], moment)[visit_row >= 0],
        case_keys=case_keys(history, row_of, moment),
        detection_share=settings.detection_share,
        population=population,
        points_m=points_m,
        radius_m=settings.neighbour_radius_m,
        mean_days=float(np.mean(days)),
        horizon_days=settings.horizon_days,
    )


def list_checks(buildings: pd.DataFrame, history: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """The checks: `row` of the building, `day`, `who`, `track`, `is_find`, and `pi`, null if none is recorded."""
    visits = _visits(history, pd.Timestamp(now))
    row = pd.Index(buildings["building_id"]).get_indexer(pd.Index(visits["building_id"]))
    visits = visits.assign(
        row=row, who=who_looked(visits), is_find=visits["outcome"] == "find", day=visits["visited_on"].dt.normalize()
    )
    by_visit = visits[row >= 0].groupby(["day", "row", "who", "track"], as_index=False)
    checks: pd.DataFrame = by_visit.agg(is_find=("is_find", "any"), pi=("selection_probability", "max"))
    return checks


def past_checks(past: Past, checks: pd.DataFrame, now: datetime) -> Checks:
    """The checks of `list_checks` with the features of the morning of each."""
    ago = _ago(checks["day"], pd.Timestamp(now))
    row = checks["row"].to_numpy(np.int64)
    features = np.zeros((len(checks), len(FEATURES)))
    for one in np.unique(ago):
        here = ago == one
        features[here] = past.features(float(one))[row[here]]
    pi = checks["pi"].to_numpy(np.float64)
    weights = np.divide(1.0, pi, out=np.ones(len(pi)), where=pi > 0)
    group, names = pd.factorize(checks["track"] + " " + checks["who"], sort=True)
    is_case = np.array([str(name).startswith("case ") for name in names], np.bool_)
    return Checks(
        features=features,
        is_find=checks["is_find"].to_numpy(np.bool_),
        group=group.astype(np.int64),
        is_case=is_case,
        weights=weights,
    )


def who_looked(visits: pd.DataFrame) -> pd.Series[str]:
    """The team of each visit, or its authority where the history names no team."""
    return visits["team"].where(visits["team"].notna(), visits["authority"]).astype(str)


def _visits(history: pd.DataFrame, moment: pd.Timestamp) -> pd.DataFrame:
    """Visits that got in and looked: taking stock is no check, and an investigation is not for these eyes."""
    return history[
        (history["outcome"] != "no_access")
        & ~history["track"].isin(["stocktake", "investigation"])
        & (history["visited_on"] < moment)
    ]


def _ago(times: pd.Series[pd.Timestamp], moment: pd.Timestamp) -> Float64s:
    return np.asarray((moment - times).dt.total_seconds() / SECONDS_PER_DAY, np.float64)
