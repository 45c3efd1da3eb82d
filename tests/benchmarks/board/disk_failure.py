"""
A played day with backups, whose disk fails at 15:00: the board goes on from the newest backup on another disk.

    uv run python -m tests.benchmarks.board.disk_failure OUT SCENARIO [--backups 20] [--seed 0]

OUT holds an approved edition of SCENARIO; the day is played on a copy, on a real board with the real planner. Backups
are spread over the day, the last before the failure at 14:55. Prints one JSON line: seconds of each backup and of the
recovery, entries of the journal that the failure cost, and what is wrong, which should be nothing.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sweep.day.journal.journal_file import read_journal
from tests.benchmarks.board.played.client import sweep
from tests.benchmarks.board.played.crews import World
from tests.benchmarks.board.played.day import newest_plan, play

FAILS_S, LAST_S, FIRST_S, ENDS_S = 54_000, 53_700, 46_000, 66_000


@dataclass
class Disk:
    """The disk of a board, its backups, and what was seen."""

    place: Path
    scenarios: Path
    journal: str
    """Path of the day's journal below `out`."""
    backup_s: list[float] = field(default_factory=list)
    entries: list[list[str]] = field(default_factory=list)
    """Hashes of the journal when each backup began."""
    seen: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def hashes(self, out: Path) -> list[str]:
        return [entry.hash for entry in read_journal(out / self.journal)]

    def backup(self, world: World) -> None:
        file, began_s = self.place / "kept" / f"{len(self.backup_s)}.tar.gz", time.monotonic()
        before = self.hashes(world.server.out)
        made = sweep("backup", str(file), "--scenarios", str(self.scenarios), out=world.server.out)
        self.backup_s.append(round(time.monotonic() - began_s, 1))
        self.entries.append(before)
        if made["exit"] != 0:
            self.wrong.append(f"backup {file.name}: {made}")

    def fail(self, world: World) -> None:
        """Kill the server, take its disk away, restore the newest backup in the same place, and start again."""
        world.server.kill()
        out = world.server.out
        lost = out.rename(self.place / "lost")
        began_s, newest = time.monotonic(), self.place / "kept" / f"{len(self.backup_s) - 1}.tar.gz"
        made = sweep("restore", str(newest), str(out.parent))
        restored_s = time.monotonic()
        if made["exit"] != 0:
            self.wrong.append(f"restore: {made}")
        world.server.start()
        kept, all_ = self.hashes(out), self.hashes(lost)
        if all_[: len(kept)] != kept[: len(all_)]:
            self.wrong.append("the restored journal is not a prefix of the lost one")
        self.seen = {
            "restore_s": round(restored_s - began_s, 1),
            "start_s": round(time.monotonic() - restored_s, 1),
            "entries": len(kept),
            "entries_lost": len(all_) - len(kept),
        }

    def judge(self, out: Path, first: int) -> None:
        """Restore each backup elsewhere; its journal begins as the journal of its half of the day."""
        for k, began in enumerate(self.entries):
            made = sweep("restore", str(self.place / "kept" / f"{k}.tar.gz"), str(self.place / "again" / str(k)))
            if made["exit"] != 0:
                self.wrong.append(f"{k}: {made}")
                continue
            kept = self.hashes(self.place / "again" / str(k) / "out")
            whole = self.hashes(self.place / "lost" if k < first else out)
            if kept != whole[: len(kept)] or len(kept) < len(began):
                self.wrong.append(f"{k}: {len(kept)} entries, {len(began)} when it began")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("scenario", type=Path)
    parser.add_argument("--backups", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        out = Path(shutil.copytree(options.out, place / "out"))
        scenario = Path(shutil.copytree(options.scenario, place / "scenarios" / options.scenario.name))
        day = newest_plan(out / scenario.name)["day"]
        disk = Disk(place, place / "scenarios", f"_board/{scenario.name}/{day}.jsonl")
        step_s = (ENDS_S - FIRST_S) // (options.backups - 1)
        times = {FIRST_S + k * step_s for k in range(options.backups - 1)} | {LAST_S}
        acts = dict.fromkeys(sorted(times), disk.backup) | {FAILS_S: disk.fail}
        played = play(out, scenario, day, options.seed, n_looks=0, n_kills=0, acts=acts)
        disk.judge(out, sum(at_s < FAILS_S for at_s in times))
        if sweep("audit", scenario.name, out=out)["exit"] != 0:
            disk.wrong.append("audit")
        n = len(disk.hashes(out))
        if n <= disk.seen["entries"]:
            disk.wrong.append("no phone went on")
        kinds = [note["kind"] for note in played.notes]
        told = {"backups": len(times), "backup_s": disk.backup_s, **disk.seen, "entries_at_the_end": n}
        print(json.dumps({**told, "refused": kinds.count("refused"), "wrong": disk.wrong}))


if __name__ == "__main__":
    main()
