"""`sweep serve`: the board (web server) of a day, the store that keeps its scenario, certificates and accounts."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geodata.errors import InputError, Issue
from sweep.audit.actor import Actor
from sweep.scenario.find_scenario import FILE_NAME, SCENARIOS
from sweep.terminal.command_decorator import CommandCall, Storing, command, group, help_text
from sweep.terminal.deferred_imports import deferred_imports, needs_extra
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import By, Out
from sweep.terminal.output import Output
from sweep.terminal.resolve_plan_paths import VARIABLE, ChosenStore, chosen_store

with deferred_imports():
    import asyncio

    from geodata import atomic_writes
    from sweep.audit import audit_log
    from sweep.board import application, day_clock, https_server, normalised_hosts, open_board, worker_client
    from sweep.board.accounts import accounts, phone_enrolment
    from sweep.board.operation import metrics, request_log
    from sweep.board.runs import run_queue
    from sweep.board.tls import certificates
    from sweep.campaign.pages import campaign_list
    from sweep.day.journal import journal_file
    from sweep.publish.archive import check_editions_against_log as check_edition_log
    from sweep.publish.archive import edition_json_file, plan_json
    from sweep.publish.orders import encrypted_order
    from sweep.records import redact_store_address

if TYPE_CHECKING:
    from sweep.board.board_state import Board
    from sweep.store.board_session import BoardStore

app = group("the_day")
serve_app = group("the_day", "serve")
app.add_typer(serve_app, rich_help_panel=app.rich_help_panel)


_DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Serving:
    """Options with which the board is served."""

    host: str
    port: int
    names: Sequence[str]
    """Names and addresses under which phones reach the server, in addition to those of the certificate."""
    is_plain: bool
    """Whether HTTP is used without TLS, which is allowed on the loopback interface only."""
    is_demo: bool
    """Whether a made-up day is played at sixty times its speed, on a copy that is deleted."""
    overdue_min: int
    """Minutes after its expected time at which a team's report counts as overdue."""
    scenario: Path | None
    """
    Folder of the scenario whose ledger receives the results; None: the edition's scenario, if it is at its default
    place.
    """
    scenarios: Path | None = None
    """Folder of the scenarios that may be run from the browser; None: no runs from the browser."""
    store: str | None = None
    """Address of the store that keeps the scenario, as typed; None if not given."""
    log: str | None = None
    """Format of the log of requests, `text` or `json`; None: warnings alone."""
    metrics_port: int | None = None
    """Loopback port of the metrics; None: metrics are not served."""


def serve_command(voice: Output, out: Path, how: Serving, actor: Actor) -> Exit:
    """
    Serve the board of an edition until it is stopped; `out` is that edition's folder or a folder above it.

    Raises
    ------
    InputError
        S758 for an unknown format of the log, S980 if a port is in use, and the errors of opening a board.
    """
    if how.log not in (None, *request_log.LOG_FORMATS):
        raise InputError([Issue("S758", f"--log {how.log}"[:80], {"known": request_log.LOG_FORMATS})])
    with ExitStack() as stack:
        stack.enter_context(request_log.logged_to_stderr(how.log))
        chosen = None if how.is_demo else store_of(out, how.scenario, how.store)
        store = None if chosen is None else stack.enter_context(board_store(voice, chosen))
        root = None if chosen is None else chosen.out.absolute()
        folder = open_board.chosen_edition(
            out if store is None else edition_place(store, out),
            day_clock.DayClock(),
            root and root / journal_file.FOLDER,
        )
        if how.is_demo:
            folder = _copied(folder, Path(stack.enter_context(tempfile.TemporaryDirectory())))
        root = root or folder.absolute().parent.parent
        own = root / journal_file.FOLDER
        tls = None if how.is_plain or how.is_demo else own / https_server.TLS_FOLDER
        listening = https_server.listen(how.host, how.port, how.names, tls)
        stack.callback(listening.socket.close)
        clock = _demo_clock(folder) if how.is_demo else day_clock.DayClock()
        scenario = store.mirror.folder if store else None if how.is_demo else how.scenario or _usual_scenario(folder)
        wanted = open_board.BoardOptions(
            folder, clock, 60 * how.overdue_min, listening.address, actor.who, campaign_list, scenario, own
        )
        board = stack.enter_context(open_board.open_board(wanted))
        board.runs = (
            None
            if how.scenarios is None or how.is_demo
            else run_queue.Runs(how.scenarios.resolve(), root, "sweep.cli.board_run_worker")
        )
        if store is not None and chosen is not None:
            connect_store(board, store, chosen, actor.who)
        stack.enter_context(open_board.logged_opening(board, actor.who))
        board.planner = worker_client.WorkerClient(
            "sweep.board.changes.worker", (str(board.folder_of(board.plan_id)), str(own / "stage"))
        )
        board.editor = worker_client.WorkerClient("sweep.board.plan_editing.worker")
        if how.is_demo:
            phrase = encrypted_order.new_passphrase()
            board.accounts = accounts.with_account({}, _DEMO, accounts.PLANNER, board.passphrases.hash(phrase))
            voice.line("board.served_demo", name=_DEMO, passphrase=phrase)
        elif not board.accounts:
            voice.line("board.served_no_accounts")
        stack.enter_context(metrics.metrics_server(board.metrics, how.metrics_port))
        name = board.live.edition.scenario.name
        voice.line("board.served", address=listening.address, name=name, day=board.day, plan_id=board.plan_id)
        if board.is_exercise:
            voice.line(f"board.exercise.{board.exercise}", day=voice.texts.day(board.live.edition.scenario.day))
        https_server.serve(board, listening, is_demo=how.is_demo)
    return Exit.DONE


def store_of(out: Path, scenario: Path | None, url: str | None) -> ChosenStore | None:
    """
    Return the store of the scenario that the board serves; None if the scenario is kept in folders only.

    `scenario`: folder of the scenario; None: the scenario of the editions in `out`. `url`: address of the store as
    typed; None: the address in the environment, else the address in the folders, if any.
    """
    if scenario is not None:
        return chosen_store({"scenario": scenario, "out": out}, url)
    if out.name == plan_json.FILE_NAME or (out / edition_json_file.MANIFEST).is_file():
        return chosen_store({"plan": out, "out": out}, url)
    if any(out.glob(f"*/{plan_json.FILE_NAME}")):
        return chosen_store({"plan": out / plan_json.FILE_NAME / plan_json.FILE_NAME, "out": out}, url)
    given = url or os.environ.get(VARIABLE)
    return chosen_store({"log_name": None, "out": out}, given) or (ChosenStore(given, "", out) if given else None)


@contextmanager
def board_store(voice: Output, chosen: ChosenStore) -> Iterator[BoardStore]:
    """
    Yield the board's connection to its store; changes are written back at the end.

    Raises
    ------
    InputError
        S982 without the packages of the store, S941 without a scenario name.
    """
    needs_extra("store")
    from sweep.store.board_session import (  # only here: no other board needs the store's packages
        close,
        open_board_store,
    )
    from sweep.store.postgres.connections import open_engine
    from sweep.store.postgres.notifications import scenarios

    known = (chosen.name,) if chosen.name else scenarios(open_engine(chosen.url))
    if len(known) != 1:
        raise InputError([Issue("S941", "--scenario", {"url": redact_store_address.redacted_address(chosen.url)})])
    with open_board_store(chosen.url, known[0], chosen.out.absolute() / journal_file.FOLDER) as store:
        try:
            yield store
        finally:
            voice.notes(close(store))


def edition_place(store: BoardStore, out: Path) -> Path:
    """Return the local copy of the edition that `out` names; if it names none, the folder of all local copies."""
    place = store.mirror.out / store.mirror.name
    named = out.parent if out.name == plan_json.FILE_NAME else out
    return (
        place / named.name if out.name == plan_json.FILE_NAME or (out / edition_json_file.MANIFEST).is_file() else place
    )


def connect_store(board: Board, store: BoardStore, chosen: ChosenStore, who: str) -> None:
    """
    Connect the board to its store (database), activate the plan approved there, and let runs use the same store.

    `store`: the board's open store; runs plan only divisions that the store's login may see. `who`: name for the log.
    """
    board.store = store
    application.follow_approved(board, store.read_approved(board.live.edition.scenario.day), who)
    board.sets = dict(text.split("=", 1) for text in store.session.division_settings())
    if board.runs is not None:
        board.runs.environment = {VARIABLE: chosen.url}
        board.runs.after = lambda: asyncio.to_thread(_fetch_again, store)


def _fetch_again(store: BoardStore) -> None:
    # A store that does not respond is tried again at the next action.
    with suppress(InputError):
        store.fetch()


def account_command(voice: Output, out: Path, name: str, role: str | None, actor: Actor, *, is_closed: bool) -> Exit:
    """
    Create an account, give it a new passphrase, or close it if `is_closed`; a new passphrase is shown once.

    Parameters
    ----------
    role
        New role; None: the account keeps its role, and a new account is a planner's.

    Raises
    ------
    InputError
        S979 for an unknown role, S801 for a name that is no pseudonym, S990 if the account to close does not exist,
        S978 if the accounts cannot be read.
    """
    folder, phrase = out / journal_file.FOLDER, encrypted_order.new_passphrase()
    # The lock excludes other writers between reading and writing.
    with atomic_writes.change(folder):
        known = accounts.read_accounts(folder)
        role = role or (known[name].role if name in known else accounts.PLANNER)
        hashed = "" if is_closed else accounts.Passphrases().hash(phrase)
        accounts.write_accounts(
            accounts.without_account(known, name) if is_closed else accounts.with_account(known, name, role, hashed),
            folder,
        )
    if is_closed:
        voice.line("board.account_closed", name=name)
        return Exit.DONE
    voice.line("board.account_made", name=name, role=role, passphrase=phrase, by=actor.who)
    voice.json({"name": name, "role": role, "passphrase": phrase})
    return Exit.DONE


def _copied(folder: Path, place: Path) -> Path:
    copy = Path(shutil.copytree(folder, place / folder.absolute().parent.name / folder.name))
    log, own = audit_log.log_of_edition(folder), audit_log.log_of_edition(copy)
    if log.is_there():
        own.restore(log.content())
    return copy


def _demo_clock(folder: Path) -> day_clock.DayClock:
    """Return a clock at 60 times real speed, from the plan's last change, else 15 minutes before first departure."""
    edition = check_edition_log.open_edition(folder)
    leave_s = min((r.depart_s for r in edition.plan.routes if r.stops), default=28_800)
    return day_clock.DayClock(edition.log.at_s if edition.log else leave_s - 900, 60.0)


def _usual_scenario(folder: Path) -> Path | None:
    place = Path(SCENARIOS) / folder.absolute().parent.name
    return place if (place / FILE_NAME).is_file() else None


@command(
    serve_app,
    "serve",
    storing=Storing.OWN,
    extra="board",
    example="sweep serve out --host 192.168.0.10 --name board.local",
    changes=("out", "scenario"),
)
def _serve(
    call: CommandCall,
    out: Annotated[Path, typer.Argument(help=help_text("serve_out"), metavar="[OUT]")] = Path("out"),
    host: Annotated[str, typer.Option(help=help_text("host"))] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=help_text("port"), min=0, max=65_535)] = 8_443,
    name: Annotated[list[str] | None, typer.Option(help=help_text("host_name"), metavar="NAME")] = None,
    plain: Annotated[bool, typer.Option("--plain", help=help_text("plain"))] = False,
    demo: Annotated[bool, typer.Option("--demo", help=help_text("demo"))] = False,
    overdue: Annotated[int, typer.Option(help=help_text("overdue"), min=1, max=600)] = 15,
    store: Annotated[str | None, typer.Option(help=help_text("serve_store"), metavar="URL")] = None,
    scenario: Annotated[Path | None, typer.Option(help=help_text("serve_scenario"), metavar="SCENARIO")] = None,
    scenarios: Annotated[Path | None, typer.Option(help=help_text("serve_scenarios"), metavar="FOLDER")] = None,
    log: Annotated[str | None, typer.Option(help=help_text("serve_log"), metavar="FORM")] = None,
    metrics_port: Annotated[int | None, typer.Option(help=help_text("metrics_port"), min=1, max=65_535)] = None,
    by: By = None,
) -> Exit:
    how = Serving(host, port, name or (), plain, demo, overdue, scenario, scenarios, store, log, metrics_port)
    return serve_command(call.voice, out, how, call.actor(by))


@command(
    serve_app,
    "certificates",
    extra="board",
    example="sweep serve certificates --host 192.168.0.10",
    changes=("out",),
)
def _certificates(
    call: CommandCall,
    host: Annotated[list[str] | None, typer.Option(help=help_text("host_name"), metavar="NAME")] = None,
    port: Annotated[int, typer.Option(help=help_text("port"), min=0, max=65_535)] = 8_443,
    out: Out = Path("out"),
) -> Exit:
    """Write a server certificate, and a certificate authority if it is missing; S992 or S829 for a refused host."""
    voice, folder = call.voice, out / journal_file.FOLDER / https_server.TLS_FOLDER
    # A renewal is for the same hosts, unless others are named.
    hosts = host or certificates.certified_hosts(folder)
    authority = folder / certificates.AUTHORITY
    is_known = authority.is_file()
    files = certificates.make_certificates(folder, hosts, certificates.utc_now())
    is_replaced = is_known and authority in files
    if is_replaced:
        voice.notes([Issue("S671", str(authority), {"days": certificates.SERVER_DAYS})])
    voice.line("command.written", files=tuple(map(str, files)))
    voice.line("board.certificates", file=str(authority))
    address = f"https://{normalised_hosts.in_url(hosts[0]) if hosts else '127.0.0.1'}:{port}/login"
    if voice.as_json:
        voice.json({"files": [str(f) for f in files], "address": address, "is_authority_replaced": is_replaced})
    elif not voice.quiet:
        voice.out.print(phone_enrolment.qr_terminal(address), highlight=False, markup=False)
        voice.out.print(address, markup=False)
    return Exit.DONE


@command(serve_app, "account", extra="board", example="sweep serve account P001 --role planner", changes=("out",))
def _account(
    call: CommandCall,
    name: Annotated[str, typer.Argument(help=help_text("account_name"), metavar="NAME")],
    role: Annotated[str | None, typer.Option(help=help_text("account_role"), metavar="ROLE")] = None,
    close: Annotated[bool, typer.Option("--close", help=help_text("account_close"))] = False,
    out: Out = Path("out"),
    by: By = None,
) -> Exit:
    return account_command(call.voice, out, name, role, call.actor(by), is_closed=close)
