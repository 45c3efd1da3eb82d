"""
Every command killed before each thing that it does to a file, found by tracing: what is left after the next command.

    uv run python -m tests.benchmarks.disk.kills [--most N] [COMMAND ...]

After a kill `sweep audit verify` must find the log and the editions sound, or report that a change waits, and change
nothing. After the same command once more there must be the very files that there are without a kill, and nothing hidden
or temporary.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path

from tests.benchmarks.disk.places import names, unsound, used_place, work_folder
from tests.kills import call
from tests.used import WRITING, editions

# Done already when it was killed: the second call has nothing to do.
_DONE_BEFORE = {"backup": "S756", "close": "S736", "init": "S107", "restore": "S756"}
# These begin without what they made before.
_BEFORE = {
    "backup": ["whole.tar.gz"],
    "init": ["scenarios"],
    "restore": ["restored"],
    "close": ["plain/follow_up/closed.csv"],
    "results": ["plain/follow_up"],
}


def main() -> int:
    """Kill, and print a line a command; the exit code is 1 if anything was found."""
    parser = argparse.ArgumentParser(description="Kill every command at every operation on a file.")
    parser.add_argument("--most", type=int, default=1_000, help="points a command, spread over all")
    parser.add_argument("commands", nargs="*", help="all if none is named")
    given = parser.parse_args()
    work = work_folder()
    used = used_place(work)
    n_points = n_bad = 0
    for name in given.commands or WRITING:
        begun = time.perf_counter()
        whole = _fresh(used, work, name)
        traced = call(WRITING[name](whole))
        call(WRITING[name](whole))
        points = sorted(
            {round(k * traced.n_changes / given.most) for k in range(given.most)}
            if traced.n_changes > given.most
            else range(traced.n_changes)
        )
        bad = [line for n in points for line in _killed(used, work, name, n, names(whole))]
        n_points, n_bad = n_points + len(points), n_bad + len(bad)
        print(
            f"{name}: {len(points)} of {traced.n_changes} points, {len(bad)} bad, {time.perf_counter() - begun:.0f} s"
        )
        print("".join(f"  {line}\n" for line in bad), end="", flush=True)
    print(f"{n_points} points, {n_bad} bad")
    shutil.rmtree(work)
    return 1 if n_bad else 0


def _fresh(used: Path, work: Path, name: str) -> Path:
    place = work / "place"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(used, place)
    for path in (place / p for p in _BEFORE.get(name, ())):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return place


def _killed(used: Path, work: Path, name: str, n: int, wanted: set[str]) -> list[str]:
    place = _fresh(used, work, name)
    before, arguments = {p.parent.name for p in editions(place)}, WRITING[name](place)
    killed = call(arguments, kill_at=n)
    bad = [] if killed.code in (-9, 0) else [f"{n}: ended with {killed.code}: {killed.text}"]
    # A command that reads changes nothing: the folder is sound, or a change waits there.
    there = names(place)
    looked = call(("audit", "--out", place / "out"))
    if not (looked.code == 0 or (looked.code == 2 and "G129" in looked.text)):
        bad.append(f"{n}: audit verify {looked.code}: {looked.text}")
    # It may have taken the lock that the killed command left.
    changed = [path for path in sorted(there ^ names(place)) if not path.endswith((".sweep", ".sweep/lock"))]
    bad += [f"{n}: audit verify changed {path}" for path in changed]
    after = call(arguments)
    bad += [f"{n}: edition {lost} lost" for lost in before - {p.parent.name for p in editions(place)}]
    if after.code != 0 and _DONE_BEFORE.get(name, "-") not in after.text:
        bad.append(f"{n}: then {after.code}: {after.text}")
    bad += [f"{n}: {line}" for line in unsound(place, work)]
    return bad + [f"{n}: {path}" for path in sorted(wanted ^ names(place))]


if __name__ == "__main__":
    sys.exit(main())
