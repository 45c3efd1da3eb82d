"""Training data of the learnt model: past checks with outcome, and lead features on the morning of each check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from geodata.array_types import Float64s, Int64s
from geodata.clock_times import DAY_S
from sweep.rank.learnt.lead_features import features_of, weights_at
from sweep.rank.rate.answered_leads import SPAN_S, case_keys
from sweep.rank.rate.lead_type_lookup import by_type, first_leads
from sweep.rank.rate.lead_weights import effective_days
from sweep.rank.rate.rate_posterior import fit_prior, local_rates
from sweep.scenario.rank_settings import Rank

LEAD_KINDS = ("leads", "leads", "leads", "size", "rule")
"""Kind of each lead feature: three time windows, size, and the log-odds of a den by the lead model."""
LEAD_SIGNS = (1, 1, 1, 1, 1)
"""
Sign constraints, 1: slope >= 0. More leads must never lower a place's score, nor more firms, which attract leads.

Neighbours' leads enter through `rule` only: a separate feature would raise a place's neighbours but not the place.
"""


@dataclass(frozen=True, slots=True)
class LeadFeatureInput:
    """Input of the lead features: k events (one or more leads each) at n buildings; times are days before `now`."""

    event_row: Int64s
    """Building row of each event, ascending, shape (k,)."""
    event_ago: Float64s
    """Age of each event's first lead in days, shape (k,)."""
    half_life: Float64s
    """Half-life of each event's type, days, shape (k,)."""
    share: Float64s
    """Prior hit share of each event's type, shape (k,)."""
    case_keys: Int64s
    """Sorted keys of case visits by building and time: row x `SPAN_S` + seconds before now."""
    detection_share: float
    """P(a visit in which the team gets in detects an existing den)."""
    population: Float64s
    """Firms or units of each building, shape (n,)."""
    points_m: Float64s
    """Coordinates of the buildings, metres, shape (n, 2)."""
    radius_m: float
    """Radius of the neighbourhood, metres."""
    mean_days: float
    """Mean effective days of a lead over the types."""
    horizon_days: float
    """Maximum age of events, days."""

    def features_at(self, row: Int64s, ago: Float64s) -> Float64s:
        """
        Return the five lead features (`LEAD_KINDS`) of m checks, shape (m, 5).

        `row`: building row of each check; `ago`: days from the check to `now`. The features are those at the check.

        The building's own leads are exact for the day. Rates of neighbours and of all buildings change slowly and are
        computed at a dozen days only, which saves minutes on a long history.
        """
        if len(row) == 0:
            return np.zeros((0, len(LEAD_KINDS)))
        exposure = self.population * self.mean_days
        start = np.searchsorted(self.event_row, np.arange(len(self.population) + 1))
        firsts = np.searchsorted(self.case_keys, np.arange(len(self.population) + 1) * SPAN_S)
        days = np.unique(ago)[::-1]
        # Days on which rates of neighbours and of all buildings are recomputed.
        refreshed = days[np.unique(np.linspace(0, len(days) - 1, 12).round().astype(np.int64))]
        features = np.zeros((len(row), len(LEAD_KINDS)))
        which = np.searchsorted(-refreshed, -ago, side="right") - 1
        for k, day in enumerate(refreshed):
            here = np.flatnonzero(which == k)
            weight, stale = weights_at(
                self.event_row, self.event_ago, self.half_life, self.share, firsts, self.case_keys,
                1.0 - self.detection_share, float(day), self.horizon_days,
            )  # fmt: skip
            n = len(self.population)
            counts = np.bincount(self.event_row, weights=weight, minlength=n).astype(np.float64)
            aged = np.bincount(self.event_row, weights=stale, minlength=n).astype(np.float64)
            prior, of_stale = fit_prior(counts, exposure, weight), fit_prior(aged, exposure, None)
            local = local_rates(counts, exposure, self.points_m, self.radius_m, prior)
            priors = np.array([prior.shape, prior.mean_rate, prior.dispersion])
            others = np.array([of_stale.shape, of_stale.mean_rate])
            features[here] = features_of(
                row[here], ago[here], self.event_ago, self.half_life, self.share, start, firsts, self.case_keys,
                1.0 - self.detection_share, self.horizon_days, local, exposure, self.population, priors, others,
            )  # fmt: skip
        return features


def gather_past(
    buildings: pd.DataFrame,
    leads: pd.DataFrame,
    history: pd.DataFrame,
    points_m: Float64s,
    population: Float64s,
    now: datetime,
    settings: Rank,
) -> LeadFeatureInput:
    """
    Return the input of the lead features at `now`, from the tables of `rank_buildings`.

    Only leads with source `reported` count, and of several leads of one event at a building the first. Their weights
    are the prior hit shares of `settings`: hit shares estimated from the history would leak a check's own outcome.

    `population`: firms or units of each building, shape (n,).
    """
    row_of = pd.Index(buildings["building_id"])
    moment = pd.Timestamp(now)
    row = row_of.get_indexer(pd.Index(leads["building_id"])).astype(np.int64)
    is_known = (leads["lead_source"] == "reported") & (row >= 0) & (leads["received_at"] <= moment)
    leads, row = leads.loc[is_known, ["lead_id", "event_id", "lead_type", "received_at"]], row[is_known]
    first = first_leads(leads, row)
    row, leads = row[first], leads.iloc[first]
    ago = np.asarray((moment - leads["received_at"]).dt.total_seconds() / DAY_S, np.float64)
    types = leads["lead_type"]
    half_life, share = (by_type(types, values) for values in (settings.half_life_days, settings.hit_share))
    # Sorted, so that sums do not depend on the order of the leads.
    order = np.lexsort((share, half_life, ago, row))
    days = [effective_days(h, settings.horizon_days) for h in settings.half_life_days.values()]
    return LeadFeatureInput(
        event_row=row[order],
        event_ago=ago[order],
        half_life=half_life[order],
        share=share[order],
        case_keys=case_keys(history, row_of, moment),
        detection_share=settings.detection_share,
        population=population,
        points_m=points_m,
        radius_m=settings.neighbour_radius_m,
        mean_days=float(np.mean(days)),
        horizon_days=settings.horizon_days,
    )


def list_checks(buildings: pd.DataFrame, history: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """
    Return the checks (`checks_among`) before `now` in order of day, one for each building, day, team and track.

    Columns: `row` in `buildings`, `day` (midnight), `who` (team, else its officers, else the authority), `track`,
    `is_find`, `is_irregular`, `severity` (maximum), and `pi`, the inclusion probability. NaN: not recorded.
    """
    visits = checks_among(history)
    visits = visits[visits["visited_on"] < pd.Timestamp(now)]
    row = pd.Index(buildings["building_id"]).get_indexer(pd.Index(visits["building_id"]))
    visits = visits.assign(
        row=row,
        who=team_of(visits),
        is_find=visits["outcome"] == "find",
        is_irregular=visits["outcome"] == "irregular",
        day=visits["visited_on"].dt.normalize(),
    )
    by_visit = visits[row >= 0].groupby(["day", "row", "who", "track"], as_index=False)
    checks: pd.DataFrame = by_visit.agg(
        is_find=("is_find", "any"),
        is_irregular=("is_irregular", "any"),
        severity=("severity", "max"),
        pi=("selection_probability", "max"),
    )
    return checks


def team_of(visits: pd.DataFrame) -> pd.Series[str]:
    """Return the team of each visit; if missing, its `officers` as one text; if missing too, the authority."""
    named = visits["team"].where(visits["team"].notna(), visits["officers"])
    return named.where(named.notna(), visits["authority"]).astype(str)


# Stocktaking is no check, and investigations are confidential.
NO_CHECKS = ("stocktake", "investigation")


def checks_among(history: pd.DataFrame) -> pd.DataFrame:
    """Return the visits in which the team got in and inspected, without stocktakes and police investigations."""
    return history[(history["outcome"] != "no_access") & ~history["track"].isin(NO_CHECKS)]
