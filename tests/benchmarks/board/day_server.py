"""
The board of an edition with a clock of its own, the real planner and the real editor, in a process of its own.

`-m tests.benchmarks.board.day_server EDITION PORT START_S [SCENARIO]`: it prints what opens the pages of each role and
phone, with sessions of twenty desks and two hundred phones. The scenario's folder takes the results; the folder that it
lies in is that of the scenarios to be run.
"""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path

from sweep.board.accounts.accounts import AUDITOR, COMMANDER, MARKET, PLANNER, TEAM, Account, Role
from sweep.board.board_state import Board
from sweep.board.day_clock import DayClock
from sweep.board.https_server import listen, serve
from sweep.board.open_board import BoardOptions, open_board
from sweep.board.runs.run_queue import Runs
from sweep.board.worker_client import WorkerClient
from sweep.campaign.pages import campaign_list


def main() -> None:
    folder, port, start_s = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    scenario = Path(sys.argv[4]) if len(sys.argv) > 4 else None
    listening = listen("127.0.0.1", port, (), None)
    with ExitStack() as stack:
        clock = DayClock(start_s)
        wanted = BoardOptions(folder, clock, 900, listening.address, "P000", campaign_list, scenario)
        board = stack.enter_context(open_board(wanted))
        stage = str(board.folder / "stage")
        board.planner = WorkerClient("sweep.board.changes.worker", (str(board.folder_of(board.plan_id)), stage))
        board.editor = WorkerClient("sweep.board.plan_editing.worker")
        board.runs = None if scenario is None else Runs(scenario.parent, board.out, "sweep.cli.board_run_worker")
        sys.stdout.write(json.dumps(people(board)) + "\n")
        sys.stdout.flush()
        serve(board, listening)


def people(board: Board) -> dict[str, object]:
    """The cookie of each role, and for the phone of each team that goes out the code that enrols it, by team id."""
    names: dict[Role, str] = {role: f"{role[0].upper()}001" for role in (PLANNER, COMMANDER, MARKET, AUDITOR)}
    board.accounts |= {name: Account(name, role, "") for role, name in names.items()}
    cookies = {role: board.sessions.cookie(board.sessions.begin(name, role).sid) for role, name in names.items()}
    busy = [r.team_id for r in board.live.edition.plan.routes if len(r.stops) > 1]
    teams = [t.team_id for t in board.live.edition.plan.teams]
    opened = [board.sessions.begin(names[r], r) for r in [PLANNER] * 2 + [COMMANDER] * 18]
    opened += [board.sessions.begin(t, TEAM, t) for t in (teams * 200)[:200]]
    return {
        "cookies": cookies,
        "people": [
            {"who": s.who, "cookie": board.sessions.cookie(s.sid), "token": board.sessions.token(s.sid)} for s in opened
        ],
        "plan_id": board.plan_id,
        "codes": {t: board.enrolments.issue(t) for t in busy},
    }


if __name__ == "__main__":
    main()
