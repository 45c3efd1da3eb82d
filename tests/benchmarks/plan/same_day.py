"""
A district's day changed at 14:40 (two teams held, a door locked) at three prices; and what one more team and hour are
quoted at, beside a solve from nothing that takes longer.

    uv run python -m tests.benchmarks.plan.same_day [--only prices,margins] [--seconds 4] [--teams 12]

Prices: quancheng with 20 teams and the people for them (`days.py`), planned for 20 s; the answer at the limit of 1 s
that is enough for a first one, and at 5 s. Margins: quancheng with --teams and the people for them.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

from sweep.day.events import Event, Held, Locked
from sweep.plan.explain.margins import HOUR, TEAM, candidates, margins
from sweep.plan.problem.problem import Problem
from sweep.plan.replan.replan import replan
from sweep.plan.solve import Settings, solve
from sweep.plan.teams.manned import teams_of_plan
from sweep.records.plan import Plan
from tests.benchmarks.machine import print_machine
from tests.benchmarks.plan.days import load_day

AT_S, LAST_START_S = 52_800, 63_000
PRICES = (0.0, 0.02, 0.2)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="prices,margins")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each solve of the margins")
    parser.add_argument("--teams", type=int, default=12, help="of the margins' day")
    options = parser.parse_args()
    if "prices" in options.only:
        tell_prices(load_day(20, {}).problem)
    if "margins" in options.only:
        tell_margins(load_day(options.teams, {}).problem, options.seconds)
    print_machine()


def events_of(plan: Plan) -> tuple[Event, ...]:
    """Two of the busiest teams are held where they are, a third finds a door locked later on."""
    routes = sorted(plan.routes, key=lambda r: -len(r.stops))[:3]
    door = routes[2].stops[-1].visit_id
    return Held(AT_S, routes[0].team_id, 57_600), Held(AT_S, routes[1].team_id, 61_200), Locked(AT_S, door, None)


def tell_prices(problem: Problem) -> None:
    """Value against the number of changed stops."""
    plan = solve(problem, Settings(1, 20.0))
    events = events_of(plan)
    replan(problem, plan, AT_S, events, Settings(1, n_iterations=10))  # compiled
    print("price | limit, s | changed stops | value | value of the old routes | seconds to the answer")
    for price in PRICES:
        for limit_s in (1.0, 5.0):
            began = time.monotonic()
            made = replan(problem, plan, AT_S, events, Settings(1, limit_s), price=price)
            took = time.monotonic() - began
            told = f"{made.n_changed} | {made.plan.value:.4f} | {made.kept_value:.4f} | {took:.2f}"
            print(f"{price} | {limit_s:g} | {told}", flush=True)


def tell_margins(problem: Problem, seconds: float) -> None:
    """What is quoted, and what a longer solve from nothing gives."""
    plan = solve(problem, Settings(1, 20.0))
    held = replace(problem, teams=teams_of_plan(problem, plan), locks=())
    quoted = {m.kind: m for m in margins(problem, plan, Settings(1, seconds), LAST_START_S)}
    print(f"# the plan: {plan.value:.4f}, bound {plan.bound:.4f}")
    print("one more | where | quoted value | solved anew, five times as long | bound | apart")
    for kind in (TEAM, HOUR):
        plans = [
            solve(p, Settings(7, 5 * seconds))
            for k, where, p in candidates(held, LAST_START_S)
            if k == kind and where == quoted[kind].where
        ]
        best = max(plans, key=lambda p: p.value)
        apart = abs(best.value - quoted[kind].value) / best.value
        told = f"{quoted[kind].value:.4f} | {best.value:.4f} | {best.bound:.4f} | {100 * apart:.2f} %"
        print(f"{kind} | {quoted[kind].where} | {told}", flush=True)


if __name__ == "__main__":
    main()
