"""Simulated future of a real district, drawn from last year's leads and its den probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from geodata.array_types import Float64s
from geodata.errors import InputError, Issue
from geodata.schema import TIME_DTYPE, TIMEZONE
from sweep.campaign.campaign_settings import FILE_NAME
from sweep.campaign.window.load_campaign import LoadedCampaign
from sweep.campaign.window.visit_values import lead_rates, ranker_of, rankings
from sweep.made_up.events.future_leads import Future
from sweep.made_up.random_streams import stream
from sweep.rank.learnt.past_checks import checks_among
from sweep.scenario.working_days_and_hours import workday_after
from sweep.select.lead_due_times import due_times
from sweep.select.make_visits import TeamSize


@dataclass(frozen=True, slots=True)
class SimulatedDistrict:
    """Parameters from which `future` simulates dens and leads of a district; n buildings, k types of leads."""

    loaded: LoadedCampaign
    ids: tuple[str, ...]
    """Building ids, n of them."""
    p_den: Float64s
    """P(den on the first day) by the ranking, scaled to past finds; shape (n,)."""
    leads_a_day: Float64s
    """Rate of leads per day and building, shape (n,)."""
    types: tuple[str, ...]
    """Types of leads, k of them."""
    shares: Float64s
    """Share of each type among the leads of the 365 days before, shape (k,)."""
    hit_share: Float64s
    """Share of each type's leads that come from a den, shape (k,)."""
    life_days: Float64s
    """Mean days that a den stays open, by type of its leads: assumed as half-life of that type / ln 2; shape (k,)."""

    def future(self, n_days: int, seed: int) -> Future:
        """
        Simulate dens and leads of `n_days` days from the replay's first day; equal seeds give equal futures.

        Dens have exponential lifetimes and a constant expected number. True leads are distributed over the dens in
        proportion to the days that each is open, false leads over the buildings in proportion to their rates of leads.
        """
        rng = stream(seed, f"future of {self.loaded.scenario.name}")
        dens = self._dens(n_days, rng)
        return Future(dens, self._leads(dens, n_days, rng))

    def _dens(self, n_days: int, rng: np.random.Generator) -> pd.DataFrame:
        true = self.shares * self.hit_share
        mean_life = float(true @ self.life_days / true.sum())
        here = np.flatnonzero(rng.random(len(self.ids)) < self.p_den)
        later = np.repeat(np.arange(len(self.ids)), rng.poisson(self.p_den * n_days / mean_life))
        opened = np.concatenate([np.zeros(len(here)), rng.integers(0, n_days, len(later))])
        rows = np.concatenate([here, later])
        kinds = rng.choice(len(self.types), size=len(rows), p=true / true.sum())
        closes = opened + np.ceil(rng.exponential(mean_life, len(rows)))
        start = pd.Timestamp(self.loaded.today)
        return pd.DataFrame(
            {
                "den_id": [f"F{k:05d}" for k in range(1, len(rows) + 1)],
                "building_id": np.array(self.ids, dtype=object)[rows],
                "lead_type": np.array(self.types, dtype=object)[kinds],
                "opened_on": start + pd.to_timedelta(opened, unit="D"),
                "closes_on": start + pd.to_timedelta(closes, unit="D"),
            }
        )

    def _leads(self, dens: pd.DataFrame, n_days: int, rng: np.random.Generator) -> pd.DataFrame:
        start, every = pd.Timestamp(self.loaded.today), float(self.leads_a_day.sum())
        hit = float(self.shares @ self.hit_share)
        first, last = ((dens[c] - start).dt.days.clip(0, n_days).to_numpy(np.int64) for c in ("opened_on", "closes_on"))
        n_true = rng.poisson(hit * every / max(float(self.p_den.sum()), 1e-9) * (last - first))
        behind = np.repeat(np.arange(len(dens)), n_true)
        n_false = int(rng.poisson((1.0 - hit) * every * n_days))
        places = rng.choice(len(self.ids), size=n_false, p=self.leads_a_day / every)
        kinds = [rng.choice(len(self.types), size=n, p=w / w.sum()) for n, w in (
            (len(behind), self.shares * self.hit_share), (n_false, self.shares * (1.0 - self.hit_share)))]  # fmt: skip
        days = np.concatenate([
            first[behind] + np.floor(rng.random(len(behind)) * (last - first)[behind]),
            rng.integers(0, n_days, n_false),
        ])  # fmt: skip
        # The hour of receipt is distributed as in the synthetic city.
        clock_h = np.clip(rng.normal(14.5, 3.5, len(days)), 0.0, 23.9)
        received = start.tz_localize(TIMEZONE) + pd.to_timedelta(np.floor(days * 86_400 + clock_h * 3_600), unit="s")
        leads = pd.DataFrame(
            {
                "lead_type": np.array(self.types, dtype=object)[np.concatenate(kinds)],
                "received_at": received,
                "building_id": [*dens["building_id"].to_numpy()[behind], *(self.ids[k] for k in places)],
                "den_id": [*dens["den_id"].to_numpy()[behind], *([None] * n_false)],
                "uscc": None,
                "due_at": pd.Series(pd.NaT, range(len(days)), dtype=TIME_DTYPE),
            }
        ).sort_values("received_at", kind="stable", ignore_index=True)
        leads["lead_id"] = [f"X{k:05d}" for k in range(1, len(leads) + 1)]
        leads["due_at"] = self._due_times(leads)
        return leads

    def _due_times(self, leads: pd.DataFrame) -> pd.Series[pd.Timestamp]:
        select, hours = self.loaded.scenario.select, self.loaded.scenario.hours
        days = {on: workday_after(on, select.due_workdays, hours) for on in set(leads["received_at"].dt.date)}
        ends = leads["received_at"].dt.date.map(days)
        return due_times(leads, select.due_hours).fillna(pd.to_datetime(ends).dt.tz_localize(TIMEZONE))


def make_district(loaded: LoadedCampaign, size: TeamSize) -> SimulatedDistrict:
    """
    Return the parameters for simulating a district, estimated from the ranking on `loaded.today` and its past leads.

    Only leads of the 365 days before that day count (S924 if none). `size`: expected number and size of teams.
    """
    day, now = loaded.today, loaded.now
    leads = loaded.inputs.leads
    leads = leads[(leads["received_at"] < now) & (leads["received_at"] > now - pd.Timedelta(days=365))]
    mix = leads.loc[leads["building_id"].notna(), "lead_type"].value_counts(normalize=True).sort_index()
    if mix.empty:
        raise InputError([Issue("S924", f"{FILE_NAME} scenario")])
    ranking = rankings(loaded, ranker_of(loaded, size), (day,))[day]
    p_den = ranking.table.set_index("building_id")["p_find"]
    rates, types = lead_rates(loaded), tuple(map(str, mix.index))
    ids = tuple(sorted(rates))
    return SimulatedDistrict(
        loaded=loaded,
        ids=ids,
        p_den=np.clip(p_den.reindex(list(ids)).to_numpy(np.float64), 0.0, 1.0),
        leads_a_day=np.array([rates[b] for b in ids]),
        types=types,
        shares=np.asarray(mix, np.float64),
        hit_share=np.array([ranking.hit_share[t] for t in types]),
        life_days=np.array([ranking.half_life_days[t] for t in types]) / np.log(2.0),
    )


def irregular_shares(loaded: LoadedCampaign, first: date) -> Mapping[str, float]:
    """Return the share of all inspections before `first` with an irregularity, as the same value for each track."""
    history = loaded.inputs.history
    past = checks_among(history[history["visited_on"] < pd.Timestamp(first, tz=TIMEZONE)])
    share = float((past["outcome"] == "irregular").mean()) if len(past) else 0.0
    return dict.fromkeys(("case", "special", "routine"), share)
