"""
Prices of the unserved visits of drawn districts: none may be negative, as the search would have missed a better plan.

`uv run python -m tests.benchmarks.plan.own_knowledge PROBLEM.json[.gz] [SEED ...]`: for each seed the district of
`districts.district`, planned in 20 s and with all swaps taken, as `sweep run` does. Each of the 50 unserved visits with
the highest objective is then forced into the plan, with a second for the search and one for the bound. A row has the
visits that could be forced in, those with a negative price, the lowest price, and the proven prices.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sweep.plan.explain.cheapest_swaps import with_swaps_taken
from sweep.plan.explain.explain_visits import CLOSE, Explainer
from sweep.plan.solve import Settings, solve, wait_for_compiler
from tests.benchmarks.plan.districts import district
from tests.benchmarks.plan.due_weight import read

N_VISITS = 50


def main(path: Path, seeds: list[int]) -> None:
    """Print a row for each drawn district."""
    whole = read(path)
    wait_for_compiler(None)
    for seed in seeds:
        p = district(whole, seed)
        plan = with_swaps_taken(p, solve(p, Settings(seed=1, time_limit_s=20.0)))
        explainer = Explainer(p, plan, Settings(seed=1, time_limit_s=1.0, is_review_wanted=False))
        unserved = [v for v in p.visits if v.visit_id not in explainer.served]
        unserved.sort(key=lambda v: v.best_value + v.urgency, reverse=True)
        prices = [price for v in unserved[:N_VISITS] if (price := explainer.price(v)) is not None]
        better = [x for x in prices if x.parts.rank < (0, -CLOSE)]
        lowest = min((x.parts.total for x in prices), default=0.0)
        proven = sum(x.is_exact for x in prices)
        print(f"| {seed} | {len(prices)} | {len(better)} | {lowest:.3f} | {proven} |", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(seed) for seed in sys.argv[2:]])
