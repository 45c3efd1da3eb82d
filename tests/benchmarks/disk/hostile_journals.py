"""
Generated folders whose `.sweep` another person wrote: no command leaves the folder, and none ends in a traceback.

    uv run python -m tests.benchmarks.disk.hostile_journals [--folders N] [--races N] [--commands N]

Each folder is read, settled and changed as commands do it; every so many are given to real commands. In the races a
thread exchanges an entry for a link to a folder outside while the folder is changed.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from typer.testing import CliRunner

from geodata.atomic_writes import change, recover_folder, refuse_unfinished
from geodata.errors import InputError
from sweep.cli.main import app
from tests.benchmarks.disk.places import work_folder
from tests.hostile_journals import exchanging, make_outside, plant, snapshot, stage_in

_CODES = frozenset({"G129", "G130"})


def main() -> int:
    """Run the folders, print what came of each kind; the exit code is 1 if anything was found."""
    parser = argparse.ArgumentParser(description="Give hostile and malformed journals to the recovery.")
    parser.add_argument("--folders", type=int, default=10_000)
    parser.add_argument("--races", type=int, default=500)
    parser.add_argument("--commands", type=int, default=200, help="folders that real commands are called on")
    parser.add_argument("--seed", type=int, default=55)
    given = parser.parse_args()
    begun, work, rng = time.perf_counter(), work_folder(), random.Random(given.seed)
    outcomes, bad = Counter[tuple[str, str]](), list[str]()
    outside = make_outside(work / "outside")
    for n in range(given.folders):
        place = work / "place" / "scenario"
        place.mkdir(parents=True)
        drawn = plant(place, outside, rng)
        before = snapshot(outside)
        found = [_outcome(act, place) for act in (refuse_unfinished, recover_folder, _change)]
        if n % max(given.folders // max(given.commands, 1), 1) == 0:
            bad += [f"{drawn}: {line}" for line in _called(place)]
        if snapshot(outside) != before or (stray := _stray(work)):
            bad.append(f"{drawn}: something outside changed {stray if snapshot(outside) == before else ''}")
        bad += [f"{drawn}: {each}" for each in found if each not in ("done", *_CODES)]
        outcomes[drawn.split(" ")[0], found[-1]] += 1
        shutil.rmtree(work / "place")
    bad += _races(given.races, work, outside)
    print(_table(outcomes))
    print("".join(f"  {line}\n" for line in bad[:50]), end="")
    n_acts = given.folders * 3 + given.commands * len(_COMMANDS)
    print(
        f"{given.folders} folders, {given.races} races, {n_acts} acts and commands, {len(bad)} bad, "
        f"{time.perf_counter() - begun:.0f} s"
    )
    shutil.rmtree(work)
    return 1 if bad else 0


_COMMANDS: Sequence[Callable[[Path], Sequence[object]]] = (
    lambda p: ("validate", p),
    lambda p: ("audit", "tiny", "--show", "--out", p),
    lambda p: ("approve", p / "aaaaaaaaaaaa", "--by", "C001"),
    lambda p: ("purge", p, "--out", p),
)


def _called(place: Path) -> list[str]:
    """What is wrong with the answers of real commands."""
    results = [(make(place), CliRunner().invoke(app, [str(a) for a in make(place)])) for make in _COMMANDS]
    return [f"{a[0]}: {r.exit_code} {r.exception!r}" for a, r in results if r.exit_code != 2 or "Traceback" in r.output]


def _change(place: Path) -> None:
    with change(place) as made:
        made.at(place / "own").write_text("own", encoding="utf-8")


def _outcome(act: Callable[[Path], None], place: Path) -> str:
    try:
        act(place)
    except InputError as error:
        return ", ".join(sorted({issue.code for issue in error.issues}))
    except Exception:
        return traceback.format_exc(limit=-1)
    return "done"


def _stray(work: Path) -> list[str]:
    """Whatever is neither in the folder nor in the one outside nor in the cache."""
    there = {p.name for p in work.iterdir()} | {p.name for p in (work / "place").iterdir()}
    return sorted(there - {"place", "scenario", "outside", "cache"})


def _races(n: int, work: Path, outside: Path) -> list[str]:
    before, bad = snapshot(outside), []
    for k in range(n):
        place = work / "place" / "scenario"
        (place / "a").mkdir(parents=True)
        stage = stage_in(place, random.Random(k), {"0/p": "a/victim"})
        with exchanging((place / "a", stage / "0", stage, place / ".sweep")[k % 4], outside):
            found = [_outcome(_change, place) for _ in range(8)]
        # An entry that is gone for a moment is an error of the disk, which commands report as S108.
        bad += [
            f"race {k}: {each}" for each in found if "Error" in each and "OSError" not in each and "Errno" not in each
        ]
        if snapshot(outside) != before:
            bad.append(f"race {k}: something outside changed")
        shutil.rmtree(work / "place")
    return bad


def _table(outcomes: Counter[tuple[str, str]]) -> str:
    """How many folders of each kind ended how."""
    rows = [f"{kind:<12}{outcome:<8}{n:>7}" for (kind, outcome), n in sorted(outcomes.items())]
    return "\n".join([f"{'kind':<12}{'change':<8}{'folders':>7}", *rows])


if __name__ == "__main__":
    sys.exit(main())
