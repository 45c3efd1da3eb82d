"""
Days of twelve teams played on a real board, each judged from the files and from what the server answered.

    uv run python -m tests.benchmarks.board.played_days OUT SCENARIO [--days 20] [--first 0] [--mishaps] [--keep X]

OUT holds an approved edition of SCENARIO, a folder in `scenarios/`; each day is played on a copy. The server is `sweep
serve` in a process of its own, over TLS, with accounts, the real planner, and a clock that goes on as fast as the day
can be played. Prints a JSON line for each day: what was reported and changed, and each contradiction.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.benchmarks.board.played.day import newest_plan, play
from tests.benchmarks.board.played.judge import faults


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("scenario", type=Path)
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--mishaps", action="store_true", help="clocks, kills, lost phones and desks that correct too")
    parser.add_argument("--keep", type=Path, help="keep what each day wrote, and its notes, here")
    options = parser.parse_args()
    for seed in range(options.first, options.first + options.days):
        with tempfile.TemporaryDirectory() as name:
            place = Path(name)
            out = shutil.copytree(options.out, place / "out")
            scenario = shutil.copytree(options.scenario, place / "scenarios" / options.scenario.name)
            began_s = time.monotonic()
            played = play(out, scenario, newest_plan(out / scenario.name)["day"], seed, has_mishaps=options.mishaps)
            if options.keep is not None:
                kept = shutil.copytree(place, options.keep / str(seed), dirs_exist_ok=True)
                (kept / "notes.json").write_text(json.dumps(played.notes), encoding="utf-8")
            kinds = Counter(n["kind"] for n in played.notes)
            applied = Counter(next(iter(n["told"]), "?") for n in played.notes if n["kind"] == "apply")
            found = faults(played)
        line = {"day": seed, **kinds, "applied": applied, "seconds": round(time.monotonic() - began_s), "faults": found}
        print(json.dumps(line, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
