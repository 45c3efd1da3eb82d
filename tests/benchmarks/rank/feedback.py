"""Feedback: what a ranking does to itself when its own finds come back as leads, and what a random reserve costs.

    uv run python -m tests.benchmarks.rank.feedback [--seeds 5]

1. The urn of two areas: each round one area is visited with a chance in proportion to the incidents on its record. The
   record holds what visits discover, what is reported, or what `scoring_events` lets score.
2. 104 weeks of 1,000 buildings and 30 checks a week, fewer reports from 40 % of the quarters; the ranking is
   `rank_buildings` each week, the reserve `draw_buildings`.

All numbers are made up. Prints two Markdown tables.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.array_types import Float64s
from geodata.schema import HISTORY, LEADS
from sweep.rank.rank_buildings import rank_buildings
from sweep.rank.rate.lead_weights import scoring_events
from sweep.scenario.rank_settings import Rank
from sweep.select.draw_buildings import draw_buildings

NOW = datetime(2026, 9, 16, tzinfo=UTC)
ROUNDS, URN_SEEDS = 5_000, 30
N, N_WEEKS, N_CHECKS, N_QUARTERS = 1_000, 104, 30, 25
DENS_A_WEEK, LIFE_WEEKS, DETECTION, ACCESS = 10.0, 13.0, 0.8, 0.85
REPORTS_A_DEN_WEEK, FALSE_A_WEEK, UNDER_REPORTING, UNDER_SHARE = 0.25, 12.0, 0.3, 0.4
# A visit that finds nothing leaves a note as often as this, and a find one each time.
NOTE_SHARE = 0.15
# Days of the week as fractions: the ranking is made at 1, visits come after it, and what they discover after them.
VISIT_AT, NOTE_AT = 1.2, 1.3


def main() -> None:
    """Run both and print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=5)
    n_seeds = parser.parse_args().seeds
    print("| true share of area A | discovered only | reported + discovered | thinned (Ensign) | this: reported only |")
    print("|---|---|---|---|---|")
    for share in (2 / 3, 5 / 9):
        runs = np.array([urn(share, seed) for seed in range(URN_SEEDS)])
        print(f"| {share:.3f} | {' | '.join(f'{m:.3f}' for m in runs.mean(axis=0))} |")
    columns = (*("score from", "reserve", "dens found", "never visited", "found where under-reported", "elsewhere"),
               "checks at places never checked before", "dens expected to one that is there")  # fmt: skip
    print(f"\n{n_seeds} seeds\n\n| {' | '.join(columns)} |")
    print(f"|{'---|' * len(columns)}")
    for is_naive, reserve in ((True, 0.0), (False, 0.0), (False, 0.1), (False, 0.2)):
        runs = np.array([simulate(seed, reserve, is_naive=is_naive) for seed in range(n_seeds)])
        mean, error = runs.mean(axis=0), runs.std(axis=0, ddof=1) / n_seeds**0.5 if n_seeds > 1 else runs[0] * 0
        name = "reported + discovered" if is_naive else "reported (this)"
        cells = [
            f"{mean[0]:.0f} ({error[0]:.0f})",
            *(f"{m:.0%} ({e:.1%})" for m, e in zip(mean[1:5], error[1:5], strict=True)),
            f"{mean[5]:.2f} ({error[5]:.2f})",
        ]
        print(f"| {name} | {reserve:.0%} | {' | '.join(cells)} |")


def urn(true_share: float, seed: int) -> tuple[float, float, float, float]:
    """Area A's share of the record at the end: discovered only, both, both thinned, and what scores of both."""
    rng = np.random.default_rng(seed)
    rate = np.array([true_share, 1.0 - true_share])
    reported = rng.random(ROUNDS) < true_share
    shares = []
    for is_reporting, is_thinned in ((False, False), (True, False), (False, True)):
        record = np.ones(2)
        for k in range(ROUNDS):
            chance = record / record.sum()
            area = int(rng.random() >= chance[0])
            is_found = rng.random() < rate[area]
            if is_found and (not is_thinned or rng.random() < chance[1 - area]):
                record[area] += 1
            if is_reporting:
                record[int(not reported[k])] += 1
        shares.append(float(record[0] / record.sum()))
        if is_reporting:
            discovered = record - 1 - np.array([reported.sum(), ROUNDS - reported.sum()])
            scores = _scoring_share(reported, discovered)
    return shares[0], shares[1], shares[2], scores


def _scoring_share(reported: NDArray[np.bool_], discovered: Float64s) -> float:
    """Area A's share of what scores, of a register with the reported and the discovered leads of the urn."""
    n = [int(reported.sum()), int((~reported).sum()), int(discovered[0]), int(discovered[1])]
    leads = _leads(
        np.repeat(["A", "B", "A", "B"], n),
        pd.Series(pd.Timestamp(NOW), index=range(sum(n))),
        np.repeat(["reported", "reported", "discovered", "discovered"], n),
    )
    events = scoring_events(leads, NOW, 365.0)
    return float(events["building_id"].eq("A").mean())


@dataclass
class _Town:
    """What the simulation knows and what is on record; weeks are counted from 0."""

    rng: np.random.Generator
    points_m: Float64s
    n_firms: Float64s
    prone: Float64s
    is_under: NDArray[np.bool_]
    closes: Float64s = field(default_factory=lambda: np.full(N, -1.0))
    """Week in which the den of each building moves away; before now: no den."""
    leads: list[tuple[int, float, str]] = field(default_factory=list)
    """Building, week as a fraction, source."""
    visits: list[tuple[int, int, str, float]] = field(default_factory=list)
    n_dens: Float64s = field(default_factory=lambda: np.zeros(2))
    n_found: Float64s = field(default_factory=lambda: np.zeros(2))
    is_new: list[bool] = field(default_factory=list)
    """Whether each check of the second year was at a place never checked before."""
    expected_share: list[float] = field(default_factory=list)
    """Dens that the ranking expects over those that are open, week by week."""


def simulate(seed: int, reserve: float, *, is_naive: bool) -> tuple[float, ...]:
    """
    What a town comes to: columns of the second table.

    The last two are of the second year, when the history is long enough for a model.
    """
    town = _make_town(np.random.default_rng(seed))
    n_reserve = round(reserve * N_CHECKS)
    for week in range(N_WEEKS):
        _live(town, week)
        order = _ranked(town, week, is_naive=is_naive)
        chosen = [(int(b), "case", np.nan) for b in order[: N_CHECKS - n_reserve]]
        rest = [str(b) for b in order[N_CHECKS - n_reserve :]]
        drawn = draw_buildings(rest, n_reserve, f"{seed}-{week}").tickets[:n_reserve]
        chosen += [(int(t.building_id), "routine", t.inclusion_probability) for t in drawn]
        if week >= N_WEEKS // 2:
            visited = {b for b, *_ in town.visits}
            town.is_new += [b not in visited for b, *_ in chosen]
        for b, track, chance in chosen:
            _check(town, b, week, track, chance)
    visited = {b for b, *_ in town.visits}
    shares = (town.n_found / town.n_dens)[::-1]
    return (
        float(town.n_found.sum()),
        1.0 - len(visited) / N,
        *shares,
        float(np.mean(town.is_new)),
        float(np.mean(town.expected_share[N_WEEKS // 2 :])),
    )


def _make_town(rng: np.random.Generator) -> _Town:
    quarter = rng.integers(0, N_QUARTERS, N)
    centre = np.stack(np.divmod(np.arange(N_QUARTERS), 5), axis=1) * 2_000.0
    firms = np.clip(np.round(rng.lognormal(np.log(32.0), 0.7, N)), 5, 300)
    prone = firms * rng.gamma(4.0, 0.25, N_QUARTERS)[quarter] * rng.gamma(2.0, 0.5, N)
    is_under = np.isin(quarter, rng.choice(N_QUARTERS, round(UNDER_SHARE * N_QUARTERS), replace=False))
    return _Town(rng, centre[quarter] + rng.normal(0, 400.0, (N, 2)), firms, prone / prone.sum(), is_under)


def _live(town: _Town, week: int) -> None:
    """Dens open and are reported; others are reported without a den."""
    rng = town.rng
    for b in rng.choice(N, rng.poisson(DENS_A_WEEK), p=town.prone):
        if town.closes[b] <= week:
            town.closes[b] = week + rng.exponential(LIFE_WEEKS)
            town.n_dens[int(town.is_under[b])] += 1
    reporting = np.where(town.is_under, UNDER_REPORTING, 1.0)
    real = np.repeat(np.arange(N), rng.poisson(REPORTS_A_DEN_WEEK * reporting * (town.closes > week)))
    false = rng.choice(N, rng.poisson(FALSE_A_WEEK), p=town.n_firms / town.n_firms.sum())
    false = false[rng.random(len(false)) < reporting[false]]
    town.leads += [(int(b), week + rng.random(), "reported") for b in (*real, *false)]


def _ranked(town: _Town, week: int, *, is_naive: bool) -> list[int]:
    """Buildings in this week's order; ties by chance."""
    ids = np.array([f"{b:04d}" for b in range(N)])
    rows, weeks, source = (list(column) for column in zip(*town.leads, strict=True)) if town.leads else ([], [], [])
    source = ["reported"] * len(source) if is_naive else source
    leads = _leads(ids[rows] if rows else [], _time(weeks), source)
    buildings = pd.DataFrame({"building_id": ids, "division_code": "370102", "n_firms": town.n_firms.astype(int)})
    now = _time([week + 1.0]).iloc[0]
    ranking = rank_buildings(buildings, leads, _history(town, ids), town.points_m, np.ones(N), now, Rank())
    town.expected_share.append(float(ranking.table["p_find"].sum()) / max(1, int((town.closes > week).sum())))
    table = ranking.table.assign(chance=town.rng.random(N))
    table = table.sort_values(["value_per_hour", "chance"], ascending=[False, True])
    return [int(b) for b in table["building_id"]]


def _check(town: _Town, b: int, week: int, track: str, chance: float) -> None:
    """One visit: what it finds closes, and leaves a lead that was discovered."""
    rng, outcome = town.rng, "nothing"
    if rng.random() >= ACCESS:
        outcome = "no_access"
    elif town.closes[b] > week and rng.random() < DETECTION:
        outcome, town.closes[b] = "find", -1.0
        town.n_found[int(town.is_under[b])] += 1
    if outcome == "find" or (outcome == "nothing" and rng.random() < NOTE_SHARE):
        town.leads.append((b, week + NOTE_AT, "discovered"))
    town.visits.append((b, week, outcome, chance if track == "routine" else np.nan))


def _time(weeks: list[float]) -> pd.Series[pd.Timestamp]:
    start = pd.Timestamp(NOW) - pd.Timedelta(weeks=N_WEEKS)
    return pd.Series(start + pd.to_timedelta(np.array(weeks, np.float64) * 7, unit="D").round("s"))


def _leads(building_ids: object, when: pd.Series[pd.Timestamp], source: object) -> pd.DataFrame:
    columns = {
        "lead_id": [f"L{k}" for k in range(len(when))],
        "lead_type": "call_room",
        "lead_source": source,
        "received_at": when.to_numpy(),
        "building_id": building_ids,
    }
    frame = pd.DataFrame(dict.fromkeys(LEADS.columns) | columns, columns=list(LEADS.columns))
    frame["received_at"] = pd.to_datetime(frame["received_at"], utc=True)
    return LEADS.validate(frame)


def _history(town: _Town, ids: NDArray[np.str_]) -> pd.DataFrame:
    rows, weeks, outcome, chance = (list(c) for c in zip(*town.visits, strict=True)) if town.visits else ([],) * 4
    columns = {
        "visit_id": [f"V{k}" for k in range(len(rows))],
        "building_id": ids[rows] if rows else [],
        "visited_on": _time([week + VISIT_AT for week in weeks]).to_numpy(),
        "track": np.where(np.isnan(np.array(chance, float)), "case", "routine"),
        "authority": "police",
        "outcome": outcome,
        "selection_probability": chance,
    }
    frame = pd.DataFrame(dict.fromkeys(HISTORY.columns) | columns, columns=list(HISTORY.columns))
    frame["visited_on"] = pd.to_datetime(frame["visited_on"], utc=True)
    return HISTORY.validate(frame)


if __name__ == "__main__":
    main()
