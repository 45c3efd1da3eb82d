"""Value of a visit to each building on each day: known leads decay, new ones arrive."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from geodata.array_types import Float64s
from geodata.schema import TIMEZONE
from sweep.campaign.window.load_campaign import LoadedCampaign
from sweep.jobs.stages.prepared_ranking import Ranker, make_ranker
from sweep.jobs.stages.rank_day import team_size
from sweep.rank.rank_buildings import Ranking
from sweep.records.people import Person
from sweep.records.ranking import YEAR_WEEKS
from sweep.select.make_visits import TeamSize

_YEAR_DAYS = 365
# Pseudo-count of leads that shrinks a building's rate to the rate of all.
_PULL = 2.0


def ranker_of(loaded: LoadedCampaign, size: TeamSize | None = None) -> Ranker:
    """Return a `Ranker` of the campaign's buildings; `size`: number and size of teams, None: from the roster."""
    size = size or team_size(loaded.scenario, loaded.persons)
    return make_ranker(loaded.scenario, loaded.inputs, loaded.buildings, size)


def size_on(loaded: LoadedCampaign, day: date, people: Mapping[str, Person]) -> TeamSize:
    """Return the expected teams of a day: their number, and the people on duty (`people`, by id) divided by it."""
    asked = loaded.campaign.n_teams_on(day)
    return team_size(loaded.scenario if asked is None else loaded.scenario.with_teams(asked), people)


def rankings(loaded: LoadedCampaign, ranker: Ranker, days: tuple[date, ...]) -> dict[date, Ranking]:
    """Return the ranking of buildings for each day, from today's data and the leads expected until that day (C23)."""
    rates = lead_rates(loaded)
    by_day: dict[date, Ranking] = {}
    for day in days:
        ranked = ranker.rank(*(pd.Timestamp(on, tz=TIMEZONE).to_pydatetime() for on in (day, loaded.today)))
        table, reach = ranked.table, ranked.reach
        without = reach - table["value"].to_numpy(np.float64)
        by_then, by_end = (
            np.exp(-hazard_of_new(ranked, rates, table["building_id"], (on - loaded.today).days, loaded))
            for on in (day, days[-1])
        )
        value = reach - without * by_then
        hours = table["team_hours"].to_numpy(np.float64)
        table = table.assign(
            value=value, value_per_hour=np.round(value / hours, 12), later=without * (by_then - by_end)
        )
        table = table.sort_values(["value_per_hour", "building_id"], ascending=[False, True], ignore_index=True)
        by_day[day] = replace(ranked, table=table)
    return by_day


def later_shares(ranking: Ranking) -> dict[str, float]:
    """
    Return by building id the value of leads expected later in the window, as a share of the building's value.

    The urgency of a visit includes it, so that a visit gains nothing by delay.
    """
    value, later = (ranking.table[name].to_numpy(np.float64) for name in ("value", "later"))
    share = np.divide(later, value, out=np.zeros_like(value), where=value > 0.0)
    return dict(zip(ranking.table["building_id"], share.tolist(), strict=True))


def lead_rates(loaded: LoadedCampaign) -> Mapping[str, float]:
    """Return leads per day by building id, of the last 365 days, shrunk towards the mean for its number of firms."""
    now = loaded.now
    leads = loaded.inputs.leads[loaded.inputs.leads["received_at"] <= now]
    recent = leads[leads["building_id"].notna() & (leads["received_at"] > now - pd.Timedelta(days=_YEAR_DAYS))]
    counts = recent.groupby("building_id").size()
    size = {b: max(1, x.n_firms) for b, x in loaded.buildings.items()}
    mean, n_days = len(recent) / max(1, sum(size.values())), days_covered(leads, now)
    return {
        b: (float(counts.get(b, 0)) + _PULL) / (n_days * (1.0 + _PULL / max(mean * n, 1e-9))) for b, n in size.items()
    }


def days_covered(leads: pd.DataFrame, now: pd.Timestamp) -> float:
    """Return how many days before `now` the leads table covers: weeks begun since its first lead, at most a year."""
    n_weeks = YEAR_WEEKS if leads.empty else (now - leads["received_at"].min()).days // 7 + 1
    return _YEAR_DAYS * min(YEAR_WEEKS, n_weeks) / YEAR_WEEKS


def hazard_of_new(
    ranked: Ranking, rates: Mapping[str, float], ids: pd.Series[str], n_days: int, loaded: LoadedCampaign
) -> Float64s:
    """
    Return -ln of the probability that no lead of the next `n_days` comes from a den that is open at their end.

    One value for each of the buildings `ids`, shape (n,). With it, the ranking for a later day counts leads expected
    until then. `rates`: leads per day by building id.
    """
    if n_days <= 0:
        return np.zeros(len(ids))
    mix = loaded.inputs.leads["lead_type"].value_counts(normalize=True)
    hazard_per_lead_rate = 0.0
    for kind, share in mix.items():
        life = ranked.half_life_days[str(kind)] / math.log(2.0)
        hazard_per_lead_rate += float(share) * ranked.hit_share[str(kind)] * life * (1.0 - math.exp(-n_days / life))
    return np.array([rates[str(b)] for b in ids]) * hazard_per_lead_rate
