"""
A replay killed at any moment, as by `kill -9`, and taken up again: the same bytes as one that was never stopped.

    uv run python -m tests.benchmarks.campaign.killed [--kills 20] [--weeks 4] [--rounds 20] [--seed 1]

A small city is replayed once without a stop. Then a second replay, in a folder of its own, is started, killed before
the n-th thing that it does to a file, n drawn, and started again, so many times; whatever a kill leaves is what the
next start finds. At last it is left to finish. Prints how far it was each time. Exits 1 if one file differs, or
anything half written is left.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from sweep.campaign.model.replay_state import read_state
from tests.kills import call, left_over

SCENARIO = """name = "killed"
day = 2026-09-14
lang = "en"
"""
CITY = """seed = 3
n_buildings = 40
n_dens = 8
n_leads = 120
n_police = 40
n_market_regulation = 20
n_auxiliary = 8
"""
CAMPAIGN = """name = "killed"
first_day = 2026-09-14
last_day = 2027-09-10
[promises]
all = 365
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--weeks", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, whole, killed = (Path(name) / x for x in ("campaign", "whole", "killed"))
        folder.mkdir()
        (folder / "city.toml").write_text(CITY, encoding="utf-8")
        (folder / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
        (folder / "campaign.toml").write_text(CAMPAIGN, encoding="utf-8")
        typed = ["campaign", "replay", folder, "--policy", "planner,random", "--seeds", "2", "--weeks", given.weeks]
        typed += ["--iterations", given.rounds, "--quiet", "--out"]
        began = time.monotonic()
        unbroken = call([*typed, whole])
        print(
            f"unbroken: exit {unbroken.code}, {unbroken.n_changes} changes, {time.monotonic() - began:.0f} s",
            flush=True,
        )
        chance, n_killed, n_after_a_week = random.Random(given.seed), 0, 0
        # A call goes on where the one before was killed, and makes the changes of one that has nothing to play as well.
        idle = call([*typed, whole]).n_changes
        share = max(2, 2 * (unbroken.n_changes - idle) // given.kills)
        print(f"{idle} of the changes are not of weeks", flush=True)
        for n in range(given.kills):
            kill_at = chance.randrange(idle) if n % 4 == 3 else idle + chance.randrange(share)
            called = call([*typed, killed], kill_at)
            states = [read_state(p.read_text(encoding="utf-8")) for p in sorted(killed.rglob("replay/*-[12].json"))]
            weeks = sum(state.n_weeks for state in states)
            n_killed, n_after_a_week = n_killed + (called.code == -9), n_after_a_week + (weeks > 0)
            print(f"kill {n + 1} before change {kill_at}: exit {called.code}, {weeks} weeks kept", flush=True)
        last = call([*typed, killed])
        files = [p.relative_to(whole) for p in sorted(whole.rglob("*")) if p.is_file()]
        differ = [str(p) for p in files if (killed / p).read_bytes() != (whole / p).read_bytes()]
        left = left_over(killed)
        print(
            f"{n_killed} killed, {n_after_a_week} with weeks kept; {len(files)} files, {len(differ)} differ {differ}, "
            f"left over {left}"
        )
        sys.exit(1 if differ or left or unbroken.code or last.code else 0)


if __name__ == "__main__":
    main()
