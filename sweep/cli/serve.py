"""`sweep serve`: the board of the day, its certificates and its accounts."""

import shutil
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from geodata.atomic_writes import change
from sweep.audit.actor import Actor
from sweep.audit.audit_log import log_of_edition
from sweep.board.accounts.accounts import (
    PLANNER,
    Passphrases,
    read_accounts,
    with_account,
    without_account,
    write_accounts,
)
from sweep.board.accounts.enrolment import qr_terminal
from sweep.board.day_clock import DayClock
from sweep.board.host_names import in_url
from sweep.board.https_server import TLS_FOLDER, listen, serve
from sweep.board.open_board import Wanted, attended, chosen_edition, open_board
from sweep.board.runs.run_queue import Runs
from sweep.board.tls.certificates import AUTHORITY, make_certificates, utc_now
from sweep.board.worker_client import Child
from sweep.campaign.pages import listing
from sweep.cli.board_store import fetched, keep, shown_by, store_of
from sweep.day.journal.journal_file import FOLDER
from sweep.jobs.tampering.check_edition_log import open_edition
from sweep.publish.orders.encrypted_order import new_passphrase
from sweep.scenario.scenario_path import FILE_NAME, SCENARIOS
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice

_DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Serving:
    """How the board is served, as typed."""

    host: str
    port: int
    names: Sequence[str]
    is_plain: bool
    is_demo: bool
    overdue_min: int
    scenario: Path | None
    scenarios: Path | None = None
    """Folder of the scenarios that may be run from the browser; None: none may."""
    store: str | None = None
    """Address of the store that the scenario is kept in, as typed."""


def serve_command(voice: Voice, out: Path, how: Serving, actor: Actor) -> Exit:
    """Serve the board of an edition until it is stopped; `out` holds all editions, a scenario's, or one."""
    with ExitStack() as stack:
        chosen = None if how.is_demo else store_of(out, how.scenario, how.store)
        kept = None if chosen is None else stack.enter_context(fetched(voice, chosen))
        root = None if chosen is None else chosen.out.absolute()
        folder = chosen_edition(out if kept is None else shown_by(kept, out), DayClock(), root and root / FOLDER)
        if how.is_demo:
            folder = _copied(folder, Path(stack.enter_context(tempfile.TemporaryDirectory())))
        root = root or folder.absolute().parent.parent
        own = root / FOLDER
        tls = None if how.is_plain or how.is_demo else own / TLS_FOLDER
        listening = listen(how.host, how.port, how.names, tls)
        stack.callback(listening.socket.close)
        clock = _demo_clock(folder) if how.is_demo else DayClock()
        scenario = kept.mirror.folder if kept else None if how.is_demo else how.scenario or _usual_scenario(folder)
        wanted = Wanted(folder, clock, 60 * how.overdue_min, listening.address, actor.who, scenario, own)
        board = stack.enter_context(open_board(wanted))
        board.campaigns = listing
        board.runs = (
            None
            if how.scenarios is None or how.is_demo
            else Runs(how.scenarios.resolve(), root, "sweep.cli.run_worker")
        )
        if kept is not None and chosen is not None:
            keep(board, kept, chosen, actor.who)
        stack.enter_context(attended(board, actor.who))
        board.planner = Child("sweep.board.changes.worker", (str(board.folder_of(board.plan_id)), str(own / "stage")))
        board.editor = Child("sweep.board.editing.worker")
        if how.is_demo:
            phrase = new_passphrase()
            board.accounts = with_account({}, _DEMO, PLANNER, board.passphrases.hashed(phrase))
            voice.line("board.served_demo", name=_DEMO, passphrase=phrase)
        elif not board.accounts:
            voice.line("board.served_no_accounts")
        name = board.live.edition.scenario.name
        voice.line("board.served", address=listening.address, name=name, day=board.day, plan_id=board.plan_id)
        if board.is_exercise:
            voice.line(f"board.exercise.{board.exercise}", day=voice.texts.day(board.live.edition.scenario.day))
        serve(board, listening, is_demo=how.is_demo)
    return Exit.DONE


def certificates_command(voice: Voice, out: Path, hosts: Sequence[str], port: int) -> Exit:
    """Make an authority, unless there is one, and a server certificate; S992 and S829 for hosts that are refused."""
    files = make_certificates(out / FOLDER / TLS_FOLDER, hosts, utc_now())
    voice.line("command.written", files=tuple(map(str, files)))
    voice.line("board.certificates", file=str(out / FOLDER / TLS_FOLDER / AUTHORITY))
    address = f"https://{in_url(hosts[0]) if hosts else '127.0.0.1'}:{port}/login"
    if voice.as_json:
        voice.json({"files": [str(f) for f in files], "address": address})
    elif not voice.quiet:
        voice.out.print(qr_terminal(address), highlight=False, markup=False)
        voice.out.print(address, markup=False)
    return Exit.DONE


def account_command(voice: Voice, out: Path, name: str, role: str | None, actor: Actor, *, is_closed: bool) -> Exit:
    """
    Make an account with a passphrase that is shown once, give one a new passphrase, or close one.

    Parameters
    ----------
    role
        None: the one that the account has, a planner's if it is new.

    Raises
    ------
    InputError
        S979 for an unknown role, S801 for a name that is no pseudonym, S990 if the account to be closed is not there,
        S978 if the accounts cannot be read.
    """
    folder, phrase = out / FOLDER, new_passphrase()
    # Nobody else makes an account between reading and writing.
    with change(folder):
        known = read_accounts(folder)
        role = role or (known[name].role if name in known else PLANNER)
        hashed = "" if is_closed else Passphrases().hashed(phrase)
        write_accounts(without_account(known, name) if is_closed else with_account(known, name, role, hashed), folder)
    if is_closed:
        voice.line("board.account_closed", name=name)
        return Exit.DONE
    voice.line("board.account_made", name=name, role=role, passphrase=phrase, by=actor.who)
    voice.json({"name": name, "role": role, "passphrase": phrase})
    return Exit.DONE


def _copied(folder: Path, place: Path) -> Path:
    """Copy of an edition and its audit log for a demonstration, of which nothing is kept."""
    copy = Path(shutil.copytree(folder, place / folder.absolute().parent.name / folder.name))
    log, own = log_of_edition(folder), log_of_edition(copy)
    if log.is_there():
        own.restore(log.content())
    return copy


def _demo_clock(folder: Path) -> DayClock:
    """From a quarter of an hour before the first team leaves; of a plan changed on its day from the change on."""
    edition = open_edition(folder)
    leave_s = min((r.depart_s for r in edition.plan.routes if r.stops), default=28_800)
    return DayClock(edition.log.at_s if edition.log else leave_s - 900, 60.0)


def _usual_scenario(folder: Path) -> Path | None:
    """The scenario's folder, where `sweep init` and the examples put it."""
    place = Path(SCENARIOS) / folder.absolute().parent.name
    return place if (place / FILE_NAME).is_file() else None
