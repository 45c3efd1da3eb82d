"""What happens nearby, read as the past asks, beside the rule's reading of it: leads to come, and dens to find.

    uv run python -m tests.benchmarks.rank.nearby [--first 1] [--seeds 10] [--no-chicago]

1. Made-up cities: `sweep backtest` over the leads of each, and the dens that the list of the day finds in some hours,
   with `Rank.fit_nearby` and without it, paired by city.
2. Burglaries of Chicago as leads of one type at the cells of `chicago.py`, scored by the rule, 13 windows.

Prints Markdown tables.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from geodata.arrays import Float64s
from geodata.schema import HISTORY
from sweep.pipeline.backtest.backtest import backtest_scenario
from sweep.pipeline.inputs.load import load_inputs
from sweep.pipeline.stages.rank import rank
from sweep.rank.backtest.backtest import Case, Protocol, backtest
from sweep.rank.backtest.methods import Method, Snapshot, raw_count
from sweep.rank.rate.evidence import Evidence, gather_evidence
from sweep.scenario.file import load_scenario
from sweep.scenario.rank import Rank
from tests.benchmarks.rank.chicago import FILE, HALF_LIFE_DAYS, SHIFTS, cells
from tests.benchmarks.rank.ranking_truth import SCENARIO, dens_found, dens_on_the_day
from tests.constants import varied, without_labels

HOURS = (8.0, 16.0, 24.0, 40.0)
MEASURES = ("hit_5", "pai_5", "recall_hours", "gini")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--no-chicago", action="store_true")
    asked = parser.parse_args()
    cities([one_city(seed) for seed in range(asked.first, asked.first + asked.seeds)])
    if not asked.no_chicago and FILE.is_file():
        chicago()


def cities(rows: list[dict[str, float]]) -> None:
    """The table of the made-up cities."""
    table = pd.DataFrame(rows)
    n_used, gain = table.pop("used").sum(), table.pop("gain").mean()
    print(f"{len(rows)} cities; used in {n_used:.0f}; gain on unseen leads {gain:+.3f}\n")
    print("| measure | fitted | by the rule | difference, paired |")
    print("|---|---|---|---|")
    for name in dict.fromkeys(column.rsplit(" ", 1)[0] for column in table):
        fitted, rule = table[f"{name} fitted"], table[f"{name} rule"]
        gap = fitted - rule
        print(f"| {name} | {fitted.mean():.3f} | {rule.mean():.3f} | {gap.mean():+.4f} ({gap.sem():.4f}) |")


def one_city(seed: int) -> dict[str, float]:
    """Every figure of one city, with the reading fitted and by the rule."""
    found: dict[str, float] = {}
    for name, fit in (("fitted", True), ("rule", False)):
        scenario = without_labels(load_scenario(SCENARIO, {"city.seed": str(seed)}), fit_nearby=fit)
        ranked = rank(scenario, load_inputs(scenario))
        table, nearby = ranked.ranking.table, ranked.ranking.nearby
        if nearby is not None:
            found |= {"used": float(nearby.is_used), "gain": nearby.gain}
        n_dens = table["building_id"].map(dens_on_the_day(scenario)).fillna(0).to_numpy(np.float64)
        score, hours = (table[c].to_numpy(np.float64) for c in ("value_per_hour", "team_hours"))
        found |= {f"dens in {h:.0f} h {name}": dens_found(score, hours, n_dens, h) for h in HOURS}
        summary = backtest_scenario(scenario, lambda _step, _progress: None).summary
        own = summary[summary["method"] == "own"].set_index("measure")["mean"]
        found |= {f"{measure} {name}": float(own[measure]) for measure in MEASURES}
    return found


def chicago() -> None:
    """The rule on burglaries, with both readings."""
    events = pd.read_csv(FILE, parse_dates=["date"])
    tables = []
    for shift in SHIFTS[::4]:
        case = cells(events, shift, known_day=Protocol().first_day)
        tables.append(
            backtest(case, methods(case), Protocol()).groupby("method", sort=False)[["pai_1", "pai_5"]].mean()
        )
    print(f"\nChicago, {len(tables)} grids, cells known on day 180\n")
    print(pd.concat(tables).groupby(level=0).mean().round(3))


def methods(case: Case) -> list[Method]:
    """Leads to come (rate x population) and P(den) by the rule, with both readings of the neighbourhood."""
    kept: dict[tuple[float, bool], Evidence] = {}

    def at(known: Snapshot, *, fit: bool) -> Evidence:
        if (known.day, fit) not in kept:
            kept.clear() if len(kept) > 1 else None
            kept[known.day, fit] = _evidence(known, fit=fit)
        return kept[known.day, fit]

    def rate(known: Snapshot, *, fit: bool) -> Float64s:
        found = at(known, fit=fit)
        return np.asarray(found.posterior.mean * found.exposure)

    return [
        Method("rate, fitted", lambda known: rate(known, fit=True)),
        Method("rate, by the rule", lambda known: rate(known, fit=False)),
        Method("P(den), fitted", lambda known: at(known, fit=True).chances.p_den),
        Method("P(den), by the rule", lambda known: at(known, fit=False).chances.p_den),
        Method("raw count", raw_count),
    ]


def _evidence(known: Snapshot, *, fit: bool) -> Evidence:
    n, k = len(known.population), len(known.rows)
    ids = np.array([f"C{i:06d}" for i in range(n)])
    leads = pd.DataFrame(
        {
            "lead_id": [f"L{i:06d}" for i in range(k)],
            "event_id": [f"L{i:06d}" for i in range(k)],
            "lead_type": "tip",
            "lead_source": "reported",
            "received_at": pd.Timestamp(NOW) - pd.to_timedelta(known.age_days, unit="D"),
            "building_id": ids[known.rows],
        }
    )
    buildings = pd.DataFrame({"building_id": ids, "n_firms": 1})
    history = HISTORY.validate(pd.DataFrame(columns=list(HISTORY.columns)))
    settings = varied(Rank(half_life_days={"tip": HALF_LIFE_DAYS}, hit_share={"tip": 0.2}), fit_nearby=fit)
    return gather_evidence(buildings, leads, history, points_m=known.points_m, now=NOW, settings=settings)


if __name__ == "__main__":
    main()
