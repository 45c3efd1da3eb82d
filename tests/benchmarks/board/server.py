"""A board for the benchmarks in a process of its own: `-m tests.benchmarks.board.server FOLDER PORT N_TEAMS SPEED`."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from sweep.audit.audit_log import AuditLog
from sweep.board.accounts.accounts import Account, Role
from sweep.board.accounts.phone_enrolment import open_enrolments
from sweep.board.accounts.sessions import open_sessions
from sweep.board.board_state import Board
from sweep.board.day_clock import DayClock
from sweep.board.https_server import listen, serve
from sweep.board.live_day import LiveDay
from sweep.campaign.pages import campaign_list
from sweep.day.journal.journal_file import open_journal
from sweep.publish.edition import Edition
from tests.benchmarks.map.city_day import city_day

PHONES = "phones.json"
# When the day is taken up, in seconds after its midnight.
START_S = 50_000


def edition_of(n_teams: int) -> Edition:
    return replace(city_day(n_buildings=2_000, n_streets=3_000, n_teams=n_teams, n_stops=8), plan_id="b" * 12)


def main() -> None:
    folder, port, n_teams = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    edition = edition_of(n_teams)
    listening = listen("127.0.0.1", port, (), None)
    clock = DayClock(START_S, speed=float(sys.argv[4]))
    with ExitStack() as stack:
        journal = stack.enter_context(open_journal(folder / "day.jsonl"))
        live = LiveDay(edition, journal, clock, 900, lambda _: edition)
        live.start()
        of = f"bench/{edition.scenario.day.isoformat()}"
        sessions, enrolments = open_sessions(folder, clock.wall, of), open_enrolments(folder, clock.wall, of)
        log = AuditLog(folder, "bench")
        desk: dict[str, Role] = {f"C{k:03d}": "commander" for k in range(18)} | {
            f"P{k:03d}": "planner" for k in range(2)
        }
        accounts = {name: Account(name, role, "") for name, role in desk.items()}
        board = Board(
            folder, folder, live, log, sessions, enrolments, accounts, True, "both", campaign_list, listening.address
        )
        kept = folder / PHONES
        if not kept.is_file():
            people = [sessions.begin(name, role) for name, role in desk.items()]
            people += [sessions.begin(t.team_id, "team", t.team_id) for t in edition.plan.teams]
            told = [{"who": s.who, "cookie": sessions.cookie(s.sid), "token": sessions.token(s.sid)} for s in people]
            kept.write_text(json.dumps(told), encoding="utf-8")
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        serve(board, listening)


if __name__ == "__main__":
    main()
