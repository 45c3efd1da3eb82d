"""How often the 90 % intervals of rates hold the true rate, over made-up cities.

    uv run python -m tests.benchmarks.rank.intervals [--first 5001] [--seeds 60]

A building's true rate is what the leads of its year would weigh on average if they came again from the same dens,
firms and well-known towers, over its firm-days: once with the visits of the past answering them, as they do in
`decayed_leads`, and once without. Leads that no building is matched to are lost from both alike: the scale is what
makes the sums over all cities agree with the leads that came. Beside the intervals stand those of a single Gamma.
Prints a Markdown table; standard errors are over cities.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.stats import gamma

from geodata.array_types import Float64s
from geodata.clock_times import DAY_S
from sweep.inputs.load_inputs import load_inputs
from sweep.inputs.make_records import make_buildings as building_records
from sweep.inputs.make_records import make_persons
from sweep.jobs.stages.prepared_ranking import Ranker, frozen_at, make_ranker
from sweep.jobs.stages.rank_day import team_size
from sweep.made_up.city_cache import city_folder
from sweep.made_up.events import leads
from sweep.made_up.events.dens import YEAR_DAYS, make_dens
from sweep.made_up.places.buildings import make_buildings
from sweep.made_up.places.firms import make_firms
from sweep.made_up.places.streets import make_streets
from sweep.made_up.random_streams import pick, stream
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.rank.rate.answered_leads import SPAN_S, case_keys, without_rechecks
from sweep.rank.rate.background_and_den_rate_intervals import rate_intervals
from sweep.rank.rate.evidence import Evidence, gather_evidence
from sweep.scenario.load_scenario import load_scenario
from tests.benchmarks.rank.ranking_truth import SCENARIO

AGES_DAYS = np.arange(YEAR_DAYS) + 0.4
KINDS = ("mixture", "gamma")
GROUPS: dict[str, Callable[[pd.DataFrame], pd.Series[bool]]] = {
    "all buildings": lambda t: t["n_leads"] >= 0,
    "no lead": lambda t: t["n_leads"] == 0,
    "three leads or more": lambda t: t["n_leads"] >= 3,
    "a den is there": lambda t: t["has_den"],
}


def main() -> None:
    """Run all cities and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--first", type=int, default=5001)
    parser.add_argument("--seeds", type=int, default=60)
    given = parser.parse_args()
    table = pd.concat([one_city(seed) for seed in range(given.first, given.first + given.seeds)], ignore_index=True)
    scale = table["count"].sum() / table["answered"].sum()
    print(f"{given.seeds} cities from seed {given.first}, {len(table)} buildings, leads matched: {scale:.2f}\n")
    print("| buildings | n | interval holds | ... leads answered by visits | one Gamma holds | ... answered |")
    print("|---|---|---|---|---|---|")
    for name, chosen in GROUPS.items():
        rows = table[chosen(table)]
        cells = [
            share_text(rows, rows[truth] * scale, kind)
            for kind in ("mixture", "gamma")
            for truth in ("even", "answered")
        ]
        print(f"| {name} | {len(rows)} | {' | '.join(cells)} |")


def share_text(rows: pd.DataFrame, truth: pd.Series[float], kind: str) -> str:
    """Share of the rows whose interval holds the truth, with its standard error; shares that lie below and above."""
    below, above = truth < rows[f"{kind}_low"], truth > rows[f"{kind}_high"]
    held = (~below & ~above).astype(float)
    cities = (held - held.mean()).groupby(rows["seed"]).sum()
    error = float(np.sqrt((cities**2).sum())) / len(rows)
    return f"{held.mean():.3f} ({error:.3f}; {below.mean():.3f} below, {above.mean():.3f} above)"


def one_city(seed: int) -> pd.DataFrame:
    """Each building's intervals and true rates, all as decayed leads."""
    ranker, city = make_city(seed)
    evidence = evidence_of(ranker)
    even, answered = expected_leads(ranker, city, evidence)
    found, exposure, prior = rate_intervals(evidence), evidence.exposure, evidence.prior
    shape = prior.shape + evidence.counts / prior.dispersion
    rate = prior.shape / evidence.posterior.local_rate + exposure / prior.dispersion
    low, high = (gamma.ppf(q, shape, scale=1.0 / rate) for q in (0.05, 0.95))
    ids = ranker.frame["building_id"].sort_values().to_numpy()
    return pd.DataFrame(
        {
            "seed": seed,
            "n_leads": np.bincount(evidence.events["row"], minlength=len(ids)),
            "has_den": np.isin(ids, city.truth.loc[city.truth["last"] <= 0.0, "building_id"]),
            "count": evidence.counts,
            "even": even,
            "answered": answered,
            "mixture_low": found.low * exposure,
            "mixture_high": found.high * exposure,
            "gamma_low": low * exposure,
            "gamma_high": high * exposure,
        }
    )


class City:
    """What the generator knows of the leads of one city."""

    def __init__(self, settings: SyntheticCitySettings) -> None:
        self.plan = settings.leads
        buildings, _ = make_buildings(settings, make_streets(settings))
        buildings = buildings.assign(landlord_id=None, kind=None)
        _, homes = make_firms(settings, buildings)
        dens = make_dens(settings, buildings, homes)
        self.n_firms = buildings.set_index("building_id")["n_firms"]
        # The stream of the leads, up to where it chooses the well-known towers.
        rng = stream(settings.seed, "leads")
        n_reported = settings.n_leads - round(settings.n_leads * self.plan.discovered_share)
        self.n_events = len(leads._event_sizes(n_reported, self.plan.extra_leads_per_event, rng))
        pick(rng, self.plan.types, self.n_events)
        share = self.n_firms.to_numpy() / self.n_firms.sum()
        rng.choice(len(buildings), size=self.n_events, p=share)
        rng.integers(0, YEAR_DAYS, self.n_events)
        self.magnets = buildings["building_id"].to_numpy()[leads._magnets(settings, buildings, dens, rng)]
        truth = pd.read_csv(city_folder(settings) / "truth.csv", parse_dates=["opened_on", "closed_on"])
        day = pd.Timestamp(settings.day)
        ends = truth["closed_on"].fillna(day)
        # Ages, in days, at which each den was open.
        self.truth = truth.assign(
            first=(day - truth["opened_on"]).dt.days.clip(upper=YEAR_DAYS), last=(day - ends).dt.days.clip(lower=0)
        )


def make_city(seed: int) -> tuple[Ranker, City]:
    """The city, ready to be ranked, and what the generator knows of it."""
    scenario = load_scenario(SCENARIO, {"city.seed": str(seed)})
    if scenario.city is None:
        raise ValueError("the benchmark needs a made-up city")
    inputs = load_inputs(scenario)
    size = team_size(scenario, make_persons(inputs))
    city = City(SyntheticCitySettings(**{**scenario.city.model_dump(), "day": scenario.city.day or scenario.day}))
    return make_ranker(scenario, inputs, building_records(inputs), size), city


def evidence_of(ranker: Ranker) -> Evidence:
    """What the rule knows on the scenario's day, buildings in order of id."""
    order = np.argsort(ranker.frame["building_id"].to_numpy(str), kind="stable")
    return gather_evidence(
        ranker.frame.iloc[order].reset_index(drop=True),
        ranker.inputs.leads,
        without_rechecks(ranker.inputs.history),
        points_m=ranker.points_m[order],
        now=frozen_at(ranker.scenario),
        settings=ranker.scenario.rank,
    )


def expected_leads(ranker: Ranker, city: City, evidence: Evidence) -> tuple[Float64s, Float64s]:
    """Decayed leads of each building, on average over leads that come again; without and with visits answering them."""
    ids = pd.Index(ranker.frame["building_id"].sort_values())
    settings, dens, now = ranker.scenario.rank, city.truth, frozen_at(ranker.scenario)
    keys = case_keys(without_rechecks(ranker.inputs.history), ids, pd.Timestamp(now))
    left = np.ones((len(ids), YEAR_DAYS))
    for row, age_s in zip(keys // SPAN_S, keys % SPAN_S, strict=True):
        left[row, age_s / DAY_S < AGES_DAYS] *= 1.0 - settings.detection_share
    by_firms = (city.n_firms / city.n_firms.sum()).reindex(ids).to_numpy(np.float64)
    by_name = np.isin(ids, city.magnets) / max(len(city.magnets), 1)
    open_days = (dens["first"] - dens["last"]).to_numpy(np.float64)
    at = ids.get_indexer(pd.Index(dens["building_id"]))
    hit_shares, total = dict(city.plan.hit_shares), sum(weight for _, weight in city.plan.types)
    worth = np.zeros((len(ids), YEAR_DAYS))
    for kind, weight in city.plan.types:
        able = np.where((dens["lead_type"] == kind) | (kind in leads.ANY_DEN), open_days, 0.0)
        hit = hit_shares[kind] if able.sum() > 0 else 0.0
        named = city.plan.magnet_share if kind == "tip" and len(city.magnets) else 0.0
        a_day = np.outer((1.0 - hit) * ((1.0 - named) * by_firms + named * by_name), np.full(YEAR_DAYS, 1 / YEAR_DAYS))
        for den in np.flatnonzero(able):
            is_open = (dens["last"][den] <= AGES_DAYS) & (dens["first"][den] > AGES_DAYS)
            a_day[at[den], is_open] += hit * able[den] / able.sum() / is_open.sum()
        decayed = evidence.hit_share[kind] * np.exp2(-AGES_DAYS / settings.half_life_days[kind])
        worth += city.n_events * weight / total * a_day * decayed
    return worth.sum(axis=1), (worth * left).sum(axis=1)


if __name__ == "__main__":
    main()
