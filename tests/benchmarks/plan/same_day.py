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

from sweep.day.event_records import Delayed, DoorLocked, Event
from sweep.plan.explain.marginal_values import HOUR, TEAM, candidates, marginal_values
from sweep.plan.problem.problem import Problem
from sweep.plan.replan.replan import replan
from sweep.plan.solve import Settings, solve
from sweep.plan.teams.make_teams import teams_of_plan
from sweep.records.plan import Plan
from tests.benchmarks.machine import tell_run
from tests.benchmarks.plan.days import load_day
from tests.benchmarks.plan.instances import gap_pct

AT_S, LAST_START_S = 52_800, 63_000
PRICES = (0.0, 0.02, 0.2)


def main() -> None:
    """Print a line for each price, and for each thing more."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="prices,margins")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each solve of the margins")
    parser.add_argument("--teams", type=int, default=12, help="of the margins' day")
    options = parser.parse_args()
    if "prices" in options.only:
        tell_prices(load_day(20, {}).problem)
    if "margins" in options.only:
        tell_margins(load_day(options.teams, {}).problem, options.seconds)


def events_of(plan: Plan) -> tuple[Event, ...]:
    """Two of the busiest teams are held where they are, a third finds a door locked later on."""
    routes = sorted(plan.routes, key=lambda r: -len(r.stops))[:3]
    door = routes[2].stops[-1].visit_id
    return (
        Delayed(AT_S, routes[0].team_id, 57_600),
        Delayed(AT_S, routes[1].team_id, 61_200),
        DoorLocked(AT_S, door, None),
    )


def tell_prices(problem: Problem) -> None:
    """Value against the number of changed stops."""
    plan = solve(problem, Settings(1, 20.0))
    events = events_of(plan)
    replan(problem, plan, AT_S, events, Settings(1, n_iterations=10))  # compiled
    for price in PRICES:
        for limit_s in (1.0, 5.0):
            began = time.monotonic()
            made = replan(problem, plan, AT_S, events, Settings(1, limit_s), price=price)
            took = time.monotonic() - began
            tell_run(
                f"changed at 14:40, {limit_s:g} s", f"price {price}", seed=1, seconds=took, value=made.plan.value,
                best_known=None, gap_pct=None, changed_stops=made.n_changed, value_of_old_routes=made.kept_value,
            )  # fmt: skip


def tell_margins(problem: Problem, seconds: float) -> None:
    """What is quoted; the best known value is that of a solve from nothing that takes five times as long."""
    plan = solve(problem, Settings(1, 20.0))
    held = replace(problem, teams=teams_of_plan(problem, plan), locks=())
    quoted = {m.kind: m for m in marginal_values(problem, plan, Settings(1, seconds), LAST_START_S)}
    print(f"# the plan: {plan.value:.4f}, bound {plan.bound:.4f}")
    for kind in (TEAM, HOUR):
        plans = [
            solve(p, Settings(7, 5 * seconds))
            for k, where, p in candidates(held, LAST_START_S)
            if k == kind and where == quoted[kind].where
        ]
        best = max(plans, key=lambda p: p.value)
        tell_run(
            f"one more, {seconds:g} s", kind, seed=1, seconds=seconds, value=quoted[kind].value, best_known=best.value,
            gap_pct=gap_pct(quoted[kind].value, best.value, "max"), where=quoted[kind].where, bound=best.bound,
        )  # fmt: skip


if __name__ == "__main__":
    main()
