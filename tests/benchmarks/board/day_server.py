"""
The board of an edition with a clock of its own, the real planner and the real editor, in a process of its own.

`-m tests.benchmarks.board.day_server EDITION PORT START_S`: it prints the pages' addresses for a desk and each phone.
"""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path

from sweep.board.board import Board
from sweep.board.children.child import Child
from sweep.board.clock import DayClock
from sweep.board.opening import Wanted, open_board
from sweep.board.serving import listen, serve


def main() -> None:
    folder, port, start_s = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    listening = listen("127.0.0.1", port, (), None)
    with ExitStack() as stack:
        clock = DayClock(start_s)
        board = stack.enter_context(open_board(Wanted(folder, clock, 900, listening.address, "P000")))
        stage = str(board.folder / "stage")
        board.planner = Child("sweep.board.changes.worker", (str(board.folder_of(board.plan_id)), stage))
        board.editor = Child("sweep.board.editing.worker")
        sys.stdout.write(json.dumps(people(board)) + "\n")
        sys.stdout.flush()
        serve(board, listening)


def people(board: Board) -> dict[str, dict[str, str]]:
    """The desk's cookie, and for the phone of each team that goes out the code that enrols it, by team id."""
    desk = board.sessions.begin("P001", "planner")
    busy = [r.team_id for r in board.live.edition.plan.routes if len(r.stops) > 1]
    return {
        "desk": {"cookie": board.sessions.cookie(desk.sid), "plan_id": board.plan_id},
        "codes": {t: board.enrolments.issue(t, board.day) for t in busy},
        "first": {r.team_id: str(r.stops[0].visit_id) for r in board.live.edition.plan.routes if r.stops},
    }


if __name__ == "__main__":
    main()
