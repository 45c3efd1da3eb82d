"""
The built-in day changed at 14:40 (two teams held, a door locked) at three prices; and what one more team and hour are
quoted at, beside a longer solve from nothing.

Run: uv run sweep run scenarios/quancheng --out OUT; uv run python tests/benchmarks/same_day.py OUT/quancheng/PLAN
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

from sweep.events import Held, Locked
from sweep.pipeline.the_day import read_today
from sweep.plan.day import teams_of_plan
from sweep.plan.margins import HOUR, TEAM, candidates, margins
from sweep.plan.replan import replan
from sweep.plan.solve import Settings, solve

AT_S, LAST_START_S = 52_800, 63_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plan", type=Path)
    parser.add_argument("--seconds", type=float, default=4.0)
    options = parser.parse_args()
    today = read_today(options.plan)
    routes = [r for r in today.plan.routes if len(r.stops) > 2]
    held = (
        *(Held(AT_S, r.team_id, until_s) for r, until_s in zip(routes, (57_600, 61_200), strict=False)),
        Locked(AT_S, routes[2].stops[-1].visit_id, None),
    )
    replan(today.problem, today.plan, AT_S, held, Settings(1, n_iterations=10))  # compiled
    print("price | changed stops | value | value of the old routes | seconds to the answer")
    for price in (0.0, 0.02, 0.2):
        began = time.monotonic()
        made = replan(today.problem, today.plan, AT_S, held, Settings(1, 1.5), price=price)
        took = time.monotonic() - began
        print(f"{price} | {made.n_changed} | {made.plan.value:.4f} | {made.kept_value:.4f} | {took:.2f}")
    held_teams = replace(today.problem, teams=teams_of_plan(today.problem, today.plan), locks=())
    quoted = {m.kind: m for m in margins(today.problem, today.plan, Settings(1, options.seconds), LAST_START_S)}
    print("one more | quoted value | solved anew, five times as long | bound | apart")
    for kind in (TEAM, HOUR):
        plans = [
            solve(p, Settings(7, 5 * options.seconds))
            for k, where, p in candidates(held_teams, LAST_START_S)
            if k == kind and where == quoted[kind].where
        ]
        best = max(plans, key=lambda p: p.value)
        apart = abs(best.value - quoted[kind].value) / best.value
        print(f"{kind} | {quoted[kind].value:.4f} | {best.value:.4f} | {best.bound:.4f} | {100 * apart:.2f} %")


if __name__ == "__main__":
    main()
