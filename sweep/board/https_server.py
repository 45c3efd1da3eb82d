"""HTTP server of the board: over TLS, or in plain text on the loopback interface only."""

import asyncio
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import uvicorn

from geodata.errors import InputError, Issue
from sweep.board.application import make_app
from sweep.board.board_state import Board
from sweep.board.demo.simulated_reports import simulated_day
from sweep.board.guard.connection_limits import ConnectionLimiter, limits_for, raise_file_limit
from sweep.board.normalised_hosts import address_of, in_url, refuse_odd
from sweep.board.tls.certificates import ServerCertificate, open_certificate, utc_now
from sweep.day.journal.journal_entry import Report

TLS_FOLDER = "tls"
_BACKLOG = 2_048
"""Longest queue of pending connections."""


@dataclass(frozen=True, slots=True)
class ListeningSocket:
    """Socket on which the board listens, with its host names and certificate (None: plain text)."""

    socket: socket.socket
    hosts: tuple[str, ...]
    """Host names with port, as browsers send them."""
    address: str
    """URL under which phones reach the board, from scheme to port."""
    certificate: ServerCertificate | None


def listen(host: str, port: int, names: Sequence[str], tls: Path | None) -> ListeningSocket:
    """
    Bind the port, before the board is opened; return the listening socket.

    Parameters
    ----------
    names
        Further host names of the server; in the result they come before `host`.
    tls
        Folder with certificate and key; None: plain text, on the loopback interface only.

    Raises
    ------
    InputError
        S980 if the port is in use or the host is not local, S981 for plain text beyond the loopback interface, S974 and
        S975 for the certificate, S992 for an invalid host name.
    """
    refuse_odd(names, "--name")
    own = address_of(host)
    is_loopback = own.is_loopback if own is not None else host == "localhost"
    if tls is None and not is_loopback:
        raise InputError([Issue("S981", f"--host {host}"[:80])])
    certificate = None if tls is None else open_certificate(tls, utc_now())
    made = _bound(host if own is None else str(own), port)
    own_port = made.getsockname()[1]
    is_any = own is not None and own.is_unspecified
    loopback = ("127.0.0.1", "localhost", "::1") if is_any or is_loopback else ()
    # Phones are sent to the first host: the typed one, if the certificate covers it.
    known = () if certificate is None else certificate.names
    own_first = sorted(known, key=lambda name: in_url(name) != in_url(host))
    all_names = tuple(dict.fromkeys(map(in_url, (*names, *own_first, *([] if is_any else [host]), *loopback))))
    standard = 443 if tls is not None else 80
    hosts = [f"{n}:{own_port}" for n in all_names] + ([*all_names] if own_port == standard else [])
    address = f"{'http' if tls is None else 'https'}://{all_names[0]}:{own_port}"
    return ListeningSocket(made, tuple(hosts), address, certificate)


def _bound(host: str, port: int) -> socket.socket:
    made: socket.socket | None = None
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        made = socket.socket(family, socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(_BACKLOG)
    except OSError as error:
        if made is not None:
            made.close()
        raise InputError([Issue("S980", f"{host}:{port}"[:80], {"problem": error.strerror or str(error)})]) from error
    return made


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, board: Board, gate: ConnectionLimiter) -> None:
        super().__init__(config)
        self._board, self._gate = board, gate

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen with a queue of `_BACKLOG` connections; asyncio would accept as many at a time as the queue holds."""
        await super().startup(sockets)
        for own in sockets or []:
            own.listen(_BACKLOG)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._board.live.hub.cut_all()
        await self._board.end_children()
        await super().shutdown(sockets)
        await self._gate.close()


def make_server(board: Board, listening: ListeningSocket) -> uvicorn.Server:
    """Return the server of a board; it answers once its `serve` is called with the socket."""
    board.certificate = listening.certificate
    board.watch_certificate()
    tls = None if board.certificate is None else board.certificate.context
    limits = limits_for(raise_file_limit())
    gate = ConnectionLimiter(
        make_app(board, listening.hosts), lambda cookie: board.sessions.of_cookie(cookie), tls, limits
    )
    config = uvicorn.Config(
        gate,
        # uvicorn only calls the value.
        http=cast("type[asyncio.Protocol]", gate.protocol),
        # The lines of uvicorn go where those of the board go.
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        lifespan="on",
        ws="none",
        # Connections accepted before requests are answered again: a flood delays open ones by some milliseconds.
        backlog=16,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=3,
        h11_max_incomplete_event_size=16_384,
        proxy_headers=False,
    )
    return _Server(config, board, gate)


def serve(board: Board, listening: ListeningSocket, *, is_demo: bool = False) -> None:
    """Serve requests until the program is stopped; with `is_demo`, send the reports of a simulated day too."""

    async def run() -> None:
        sender = asyncio.create_task(_send_simulated_reports(board)) if is_demo else None
        await make_server(board, listening).serve(sockets=[listening.socket])
        if sender is not None:
            sender.cancel()

    # SIGTERM raises SystemExit, so that open resources are closed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Ctrl-C is the usual end and needs no message.
    with suppress(KeyboardInterrupt):
        asyncio.run(run())


async def _send_simulated_reports(board: Board) -> None:
    live = board.live
    known = {e.id for e in live.journal.entries}
    for k, report in enumerate(simulated_day(live.edition)):
        own_id = f"{report.team_id}/demo:{k + 1}"
        if own_id in known:
            continue
        while live.clock.day_s() < report.sent_s:
            await asyncio.sleep(0.1)
        # A team does not report visits that a change of the plan took from it.
        if report.body.get("visit_id") in {None, *live.visits_of.get(report.team_id, ())}:
            live.take([Report(own_id, report.kind, report.team_id, "", report.at_s, report.body, own_id)])
