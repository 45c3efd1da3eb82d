"""
A replay killed at any moment, as by `kill -9`, and taken up again: the same bytes as one that was never stopped.

    uv run python -m tests.benchmarks.campaign.killed [--kills 20] [--weeks 4] [--rounds 20] [--seed 1]

A small city is replayed once without a stop. Then a second replay, in a folder of its own, is started, killed after
a time that is drawn, and started again, so many times; whatever a kill leaves is what the next start finds. At last
it is left to finish. Prints how far it was each time. Exits 1 if one file differs, or anything half written is left.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.kills import left_over

SCENARIO = """name = "killed"
day = 2026-09-14
lang = "en"
[city]
seed = 3
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
        (folder / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
        (folder / "campaign.toml").write_text(CAMPAIGN, encoding="utf-8")
        call = [str(Path(sys.executable).with_name("sweep")), "campaign", "replay", str(folder)]
        call += [
            "--policy",
            "planner,random",
            "--seeds",
            "2",
            "--weeks",
            str(given.weeks),
            "--iterations",
            str(given.rounds),
            "--quiet",
            "--out",
        ]
        began = time.monotonic()
        subprocess.run([*call, str(whole)], check=True)  # noqa: S603  this very program
        took_s, chance = time.monotonic() - began, random.Random(given.seed)
        for n in range(given.kills):
            after_s = chance.uniform(0.0, 1.2) * took_s / max(1, given.kills // 5)
            code = _killed([*call, str(killed)], after_s)
            states = len(list((killed / "killed" / "replay").glob("*-*.json")))
            print(f"kill {n + 1} after {after_s:.1f} s: exit {code}, {states} states", flush=True)
        subprocess.run([*call, str(killed)], check=True)  # noqa: S603
        files = [p.relative_to(whole) for p in sorted(whole.rglob("*")) if p.is_file()]
        differ = [str(p) for p in files if (killed / p).read_bytes() != (whole / p).read_bytes()]
        left = left_over(killed)
        print(f"{len(files)} files, {len(differ)} differ {differ}, left over {left}; unbroken in {took_s:.0f} s")
        sys.exit(1 if differ or left else 0)


def _killed(call: list[str], after_s: float) -> int:
    """The exit code of a call that is killed after some seconds, if it is not over by then."""
    child = subprocess.Popen(call)  # noqa: S603
    try:
        return child.wait(after_s)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
        return child.wait()


if __name__ == "__main__":
    main()
