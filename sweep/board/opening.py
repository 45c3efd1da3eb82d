"""A board opened on a folder of editions: which plan, whether in earnest, and where the journal left off."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from geodata.errors import InputError, Issue
from sweep.audit.actor import checked_id
from sweep.audit.chain import Json
from sweep.audit.log import AuditLog, log_of_scenario
from sweep.board.accounts.accounts import read_accounts
from sweep.board.accounts.enrolment import Enrolments
from sweep.board.accounts.sessions import open_sessions
from sweep.board.board import Board
from sweep.board.clock import DayClock
from sweep.board.live import Live
from sweep.board.places import forget_places, open_places
from sweep.day.journal.entry import Entry, Report
from sweep.day.journal.file import FOLDER, SUFFIX, open_journal, read_journal
from sweep.pipeline.edition_breaches import approval_on_record_of, open_edition
from sweep.publish.archive.edition_json import MANIFEST, edition_folder
from sweep.publish.archive.plan_json import FILE_NAME as PLAN_NAME
from sweep.publish.edition import Edition


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the board is opened for."""

    place: Path
    """Folder of all editions, of a scenario's, or of one edition."""
    clock: DayClock
    grace_s: int
    address: str
    by: str
    """Who opens it, by pseudonym."""
    scenario: Path | None = None
    folder: Path | None = None
    """The board's own folder; None: beside the editions."""


@contextmanager
def open_board(wanted: Wanted) -> Iterator[Board]:
    """
    A board that is ready to be served; its journal is held until it is closed.

    Raises
    ------
    InputError
        S711 if there is no edition, S971 if another server has the journal, S972 if that is damaged, S978 for the
        accounts, and what `open_edition` raises.
    """
    edition_path = chosen_edition(wanted.place, wanted.clock, wanted.folder)
    first = open_edition(edition_path)
    out = edition_path.absolute().parent.parent
    own = wanted.folder or out / FOLDER
    name, day = first.scenario.name, first.scenario.day.isoformat()
    with open_journal(own / name / f"{day}{SUFFIX}") as journal:
        last = _last_edition(journal.entries)
        # A day that is run in earnest goes on with its own plan; an exercise is begun again with whichever was chosen.
        running = None if last is None or last.body["is_exercise"] else str(last.body["plan_id"])
        folder = out / name / (running or first.plan_id)
        edition = open_edition(folder) if running else first
        is_approved = approval_on_record_of(folder) is not None
        clock = replace(wanted.clock, day=first.scenario.day)
        is_exercise = running is None and not (_is_today(edition, clock) and is_approved)
        if is_exercise and clock.start_s is None and not clock.is_near():
            # A rehearsal on any other day than the plan's and those next to it begins as the first team leaves.
            clock = replace(clock, start_s=min((r.depart_s for r in edition.plan.routes if r.stops), default=None))
        live = Live(edition, journal, clock, wanted.grace_s, _reader(out / name, edition))
        if edition.scenario.board.positions:
            live.places = open_places(journal.path.parent, day)
        else:
            forget_places(journal.path.parent)
        live.start()
        board = Board(
            out=out,
            folder=own,
            live=live,
            log=log_of_scenario(out, name),
            sessions=open_sessions(own, wanted.clock.wall, f"{name}/{day}"),
            enrolments=Enrolments(wanted.clock.wall),
            accounts=read_accounts(own),
            is_exercise=is_exercise,
            exercise=_why_exercise(is_approved=is_approved, is_its_day=_is_today(edition, clock)),
            address=wanted.address,
            scenario=wanted.scenario,
        )
        board.log.refuse_damaged()
        board.tries.know(_signed_in(board.log))
        if last is None or (last.body["plan_id"], last.body["is_exercise"]) != (board.plan_id, board.is_exercise):
            _begin(board, checked_id(wanted.by))
        yield board


@contextmanager
def attended(board: Board, who: str) -> Iterator[None]:
    """Note in the audit log that a board is opened and closed, and with it where the journal stands."""
    board.enter(who, "opened", {"is_exercise": board.is_exercise})
    try:
        yield
    finally:
        board.enter(who, "closed", {})


def chosen_edition(place: Path, clock: DayClock, own: Path | None = None) -> Path:
    """
    The edition that a folder stands for: itself, else the one by which a day is run in earnest now, else the newest
    below it that can be carried out.

    Parameters
    ----------
    own
        The board's own folder; None: beside the editions.

    Raises
    ------
    InputError
        S711 if there is none, S972 if a journal of now is damaged, and what `open_edition` raises.
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
    """The edition by which a day is run in earnest now; if two are run, that on which something was noted last."""
    found: list[tuple[str, Path]] = []
    today = clock.wall().date()
    for scenario in {e.parent for e in editions}:
        for day in (today, today - timedelta(days=1)):
            path = (own or scenario.parent / FOLDER) / scenario.name / f"{day.isoformat()}{SUFFIX}"
            entries = read_journal(path)
            last = _last_edition(entries)
            if last is None or last.body["is_exercise"]:
                continue
            folder = scenario / str(last.body["plan_id"])
            if folder in editions and _is_today(open_edition(folder), replace(clock, day=day)):
                found.append((entries[-1].server_at, folder))
    return max(found, default=("", None))[1]


def _is_today(edition: Edition, clock: DayClock) -> bool:
    """Whether the day of an edition, or the night after in which its last shift ends, is running by the wall."""
    return clock.is_today(max((t.shift_s[1] for t in edition.plan.teams), default=0))


def _why_exercise(*, is_approved: bool, is_its_day: bool) -> str:
    """Which condition of a day that is run in earnest is missing, by the key of its sentence."""
    return "both" if not (is_approved or is_its_day) else "other_day" if is_approved else "unapproved"


def is_its_day(live: Live) -> bool:
    """Whether the day of the plan in force is running, by the wall."""
    return _is_today(live.edition, live.clock)


def run_by(live: Live) -> str:
    """Who put the plan in force by which the day is run, or opened the board with it; empty before anybody did."""
    last = _last_edition(live.journal.entries)
    return "" if last is None else last.author


def begin_the_day(board: Board) -> None:
    """
    Run an approved plan in earnest from now on: a board that was opened the evening before need not be started again.

    Raises
    ------
    InputError
        S973 if the disk takes no more.
    """
    if board.is_exercise and approval_on_record_of(board.folder_of(board.plan_id)) is not None:
        board.is_exercise = False
        try:
            _begin(board, run_by(board.live))
        except InputError:
            board.is_exercise = True
            raise
        board.live.clock = replace(board.live.clock, start_s=None)


def _begin(board: Board, who: str) -> None:
    """The line that says by which plan the day is run from now on, and whether in earnest."""
    body: dict[str, Json] = {"plan_id": board.plan_id, "day": board.day, "is_exercise": board.is_exercise}
    number = len(board.live.journal.entries) + 1
    now_s = board.live.report_s()
    board.live.take([Report(f"edition/{number}/{board.plan_id}", "edition", who, "", now_s, body, board.plan_id)])


def _signed_in(log: AuditLog) -> Iterator[tuple[str, str]]:
    """Accounts and the addresses from which they have signed in, by the audit log."""
    for entry in log.entries():
        facts = entry["facts"]
        if entry["act"] == "board login" and isinstance(facts, dict) and "address" in facts:
            yield str(entry["who"]), str(facts["address"])


def _last_edition(entries: list[Entry]) -> Entry | None:
    return next((e for e in reversed(entries) if e.kind == "edition"), None)


def _reader(folder: Path, first: Edition) -> Callable[[str], Edition]:
    """Editions of one scenario by their id."""

    def edition_of(plan_id: str) -> Edition:
        return first if plan_id == first.plan_id else open_edition(folder / plan_id)

    return edition_of
