"""
Years replayed: every policy, several seeds, and how long it takes.

    uv run python -m tests.benchmarks.campaign.replay [--weeks 156] [--seeds 20] [--policies all] [--out FOLDER]
        [--set teams.n_teams=4 ...]

Goes on where an earlier call with the same folder stopped. Prints the table of figures with standard errors, the ratio
of the planner's finds to those of fixed intervals, and processor and wall seconds a week.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from sweep.campaign.read_campaign_file import load_campaign
from sweep.campaign.replay.replay_runs import ReplayOptions, run_replays


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=156)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--policies", default="all")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="of scenario.toml")
    parser.add_argument("--campaign", type=Path, default=Path("scenarios/quancheng_campaign"))
    parser.add_argument("--out", type=Path, default=Path("out/benchmarks/replay"))
    given = parser.parse_args()
    policies = () if given.policies == "all" else tuple(given.policies.split(","))
    campaign = load_campaign(given.campaign)
    wall, cpu, n = time.monotonic(), time.process_time(), 0

    def on_progress(*_: object) -> None:
        nonlocal n
        n += 1

    overrides = dict(pair.split("=", 1) for pair in given.set)
    rows, _ = run_replays(
        campaign, ReplayOptions(policies, given.seeds, given.weeks), given.out, overrides, on_progress
    )
    names = list(rows[0].figures)
    print("| policy | " + " | ".join(names) + " |")
    print("|---" * (len(names) + 1) + "|")
    for row in rows:
        cells = (f"{mean:.3f} +- {error:.3f}" for mean, error in row.figures.values())
        print(f"| {row.policy} | " + " | ".join(cells) + " |")
    finds = {r.policy: r.figures["finds"][0] for r in rows}
    if {"planner", "fixed_intervals"} <= set(finds) and finds["fixed_intervals"]:
        print(f"finds, planner over fixed intervals: {finds['planner'] / finds['fixed_intervals']:.2f}")
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    print(f"{n} weeks: {wall / max(1, n):.2f} s wall and {cpu / max(1, n):.2f} s of processor a week")


if __name__ == "__main__":
    main()
