"""Opening of a board on a folder of editions: choice of the plan, exercise or real day, journal."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from geodata.errors import InputError, Issue
from sweep.audit.approval import checked_id
from sweep.audit.audit_log import AuditLog, log_of_scenario
from sweep.board.accounts.accounts import read_accounts
from sweep.board.accounts.phone_enrolment import open_enrolments
from sweep.board.accounts.sessions import open_sessions
from sweep.board.board_state import Board
from sweep.board.day_clock import DayClock
from sweep.board.live_day import LiveDay
from sweep.board.store_and_campaign_protocols import Campaigns
from sweep.board.team_locations import delete_places, open_places
from sweep.day.journal.journal_entry import Entry
from sweep.day.journal.journal_file import FOLDER, SUFFIX, open_journal, read_journal
from sweep.publish.archive.check_editions_against_log import approval_on_record_of, open_edition
from sweep.publish.archive.edition_json_file import MANIFEST, edition_folder
from sweep.publish.archive.plan_json import FILE_NAME as PLAN_NAME
from sweep.publish.edition import Edition


@dataclass(frozen=True, slots=True)
class BoardOptions:
    """Options with which a board is opened: folders, clock, address and person."""

    place: Path
    """Folder of all editions, of the editions of one scenario, or of one edition."""
    clock: DayClock
    grace_s: int
    """Seconds after its expected time at which a report counts as overdue."""
    address: str
    """URL under which phones reach the board."""
    by: str
    """Pseudonym of the person who opens the board."""
    campaigns: Campaigns
    scenario: Path | None = None
    """Folder of the scenario whose ledger takes results; None: the board accepts no results."""
    folder: Path | None = None
    """Folder of the board itself; None: next to the editions."""


@contextmanager
def open_board(wanted: BoardOptions) -> Iterator[Board]:
    """
    Yield a board ready to be served; its journal stays locked until the board is closed.

    Raises
    ------
    InputError
        S711 without an edition, S971 if another server holds the journal, S972 if the journal is damaged, S978 if the
        accounts cannot be read, and the errors of `open_edition`.
    """
    edition_path = chosen_edition(wanted.place, wanted.clock, wanted.folder)
    first = open_edition(edition_path)
    out = edition_path.absolute().parent.parent
    own = wanted.folder or out / FOLDER
    name, day = first.scenario.name, first.scenario.day.isoformat()
    with open_journal(own / name / f"{day}{SUFFIX}") as journal:
        last = _last_edition_entry(journal.entries)
        # A real day resumes with its own plan; an exercise starts again with the chosen plan.
        running = None if last is None or last.body["is_exercise"] else str(last.body["plan_id"])
        folder = out / name / (running or first.plan_id)
        edition = open_edition(folder) if running else first
        is_approved = approval_on_record_of(folder) is not None
        clock = replace(wanted.clock, day=first.scenario.day)
        is_of_today = _is_today(edition, clock)
        is_exercise = running is None and not (is_of_today and is_approved)
        if is_exercise and clock.start_s is None and not clock.is_near():
            # An exercise on another day than the plan's and its neighbours starts when the first team leaves.
            clock = replace(clock, start_s=min((r.depart_s for r in edition.plan.routes if r.stops), default=None))

        def edition_of(plan_id: str) -> Edition:
            return edition if plan_id == edition.plan_id else open_edition(out / name / plan_id)

        live = LiveDay(edition, journal, clock, wanted.grace_s, edition_of)
        if edition.scenario.board.positions:
            live.places = open_places(journal.path.parent, day)
        else:
            delete_places(journal.path.parent)
        live.start()
        board = Board(
            out=out,
            folder=own,
            live=live,
            log=log_of_scenario(out, name),
            sessions=open_sessions(own, wanted.clock.wall, f"{name}/{day}"),
            enrolments=open_enrolments(own, wanted.clock.wall, f"{name}/{day}"),
            accounts=read_accounts(own),
            is_exercise=is_exercise,
            exercise="both" if not (is_approved or is_of_today) else "other_day" if is_approved else "unapproved",
            campaigns=wanted.campaigns,
            address=wanted.address,
            scenario=wanted.scenario,
        )
        board.log.refuse_damaged()
        board.throttle.add_known(_earlier_sign_ins(board.log))
        if last is None or (last.body["plan_id"], last.body["is_exercise"]) != (board.plan_id, board.is_exercise):
            board.append_activation(board.plan_id, checked_id(wanted.by))
        yield board


@contextmanager
def logged_opening(board: Board, who: str) -> Iterator[None]:
    """Log that `who` opens a board and, when the `with` block ends, closes it; both entries hold the journal's head."""
    board.log_action(who, "opened", {"is_exercise": board.is_exercise})
    try:
        yield
    finally:
        board.log_action(who, "closed", {})


def chosen_edition(place: Path, clock: DayClock, own: Path | None = None) -> Path:
    """
    Return the folder of the edition to open: `place` itself if it is one, else the edition in force, else the newest.

    An exercise puts no edition in force. A plan that breaks a rule does not count as the newest.

    Parameters
    ----------
    place
        Folder of all editions, of the editions of one scenario, or of one edition.
    own
        Folder of the board itself; None: next to the editions.

    Raises
    ------
    InputError
        S711 without an edition, S972 if a current journal is damaged, and the errors of `open_edition`.
    """
    if place.name == PLAN_NAME or (place / MANIFEST).is_file():
        return edition_folder(place)
    plans = [p for pattern in (f"*/{PLAN_NAME}", f"*/*/{PLAN_NAME}") for p in place.absolute().glob(pattern)]
    fit = [p for p in plans if (p.parent / "edition.json").is_file() and not p.parent.parent.name.startswith("_")]
    newest = max(fit, key=lambda plan: (plan.stat().st_mtime_ns, str(plan)), default=None)
    if newest is None:
        raise InputError([Issue("S711", str(place))])
    return _in_force({p.parent for p in fit}, clock, own) or newest.parent


def _in_force(editions: set[Path], clock: DayClock, own: Path | None) -> Path | None:
    """Return the edition in force today, but in no exercise; of several scenarios, that of the latest journal entry."""
    candidates: list[tuple[str, Path]] = []
    today = clock.wall().date()
    for scenario in {e.parent for e in editions}:
        for day in (today, today - timedelta(days=1)):
            path = (own or scenario.parent / FOLDER) / scenario.name / f"{day.isoformat()}{SUFFIX}"
            entries = read_journal(path)
            last = _last_edition_entry(entries)
            if last is None or last.body["is_exercise"]:
                continue
            folder = scenario / str(last.body["plan_id"])
            if folder in editions and _is_today(open_edition(folder), replace(clock, day=day)):
                candidates.append((entries[-1].server_at, folder))
    return max(candidates, default=("", None))[1]


def _is_today(edition: Edition, clock: DayClock) -> bool:
    return clock.is_today(max((t.shift_s[1] for t in edition.plan.teams), default=0))


def is_plan_day(live: LiveDay) -> bool:
    """Return whether now is the day of the plan in force, or the night after it."""
    return _is_today(live.edition, live.clock)


def activated_by(live: LiveDay) -> str:
    """Return the person who activated the plan in force; empty before the journal's first entry."""
    last = _last_edition_entry(live.journal.entries)
    return "" if last is None else last.author


def start_real_day(board: Board) -> None:
    """
    Turn the running exercise into a real day if its plan now has an approval on record; else change nothing.

    Raises
    ------
    InputError
        S973 if the disk is full.
    """
    if board.is_exercise and approval_on_record_of(board.folder_of(board.plan_id)) is not None:
        board.is_exercise = False
        try:
            board.append_activation(board.plan_id, activated_by(board.live))
        except InputError:
            board.is_exercise = True
            raise
        board.live.clock = replace(board.live.clock, start_s=None)


def _earlier_sign_ins(log: AuditLog) -> Iterator[tuple[str, str]]:
    for entry in log.entries():
        facts = entry["facts"]
        if entry["act"] == "board login" and isinstance(facts, dict) and "address" in facts:
            yield str(entry["who"]), str(facts["address"])


def _last_edition_entry(entries: list[Entry]) -> Entry | None:
    return next((e for e in reversed(entries) if e.kind == "edition"), None)
