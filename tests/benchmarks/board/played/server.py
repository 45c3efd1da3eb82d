"""
`sweep serve` with a clock that the caller sets: `-m tests.benchmarks.board.played.server DAY AT_S WORDS...`.

WORDS are those after `sweep`. Each line on standard input is a time in seconds after midnight of DAY; `ok` is the
answer once the clock shows it.
"""

from __future__ import annotations

import sys
import threading
from datetime import datetime, timedelta

from geodata.clock_times import ZONE
from sweep.board import day_clock
from sweep.board.day_clock import DayClock
from sweep.cli.main import main as sweep


class Wall:
    """Wall clock at a time that is set."""

    def __init__(self, day: str, at_s: int) -> None:
        self.midnight = datetime.fromisoformat(day).replace(tzinfo=ZONE)
        self.at_s = at_s

    def __call__(self) -> datetime:
        return self.midnight + timedelta(seconds=self.at_s)

    def follow(self) -> None:
        """Show each time that is read, until there are no more."""
        for line in sys.stdin:
            self.at_s = int(line)
            sys.stdout.write("ok\n")
            sys.stdout.flush()


def main() -> None:
    wall = Wall(sys.argv[1], int(sys.argv[2]))
    day_clock.DayClock = lambda: DayClock(wall=wall)  # type: ignore[assignment, attr-defined]
    threading.Thread(target=wall.follow, daemon=True).start()
    sys.argv = ["sweep", *sys.argv[3:]]
    sweep()


if __name__ == "__main__":
    main()
