"""A board served over loopback in a thread of its own; and `sweep` as it is typed."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from geodata.errors import InputError
from sweep.board.board_state import Board
from sweep.board.https_server import ListeningSocket, make_server
from sweep.cli.main import app


@contextmanager
def served(board: Board, listening: ListeningSocket) -> Iterator[str]:
    """The address of a board for as long as it answers."""
    server = make_server(board, listening)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening.socket])))
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    try:
        yield listening.address
    finally:
        server.should_exit = True
        thread.join(20)


def codes(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    """Codes of the faults that were raised."""
    return [i.code for i in error.value.issues]


def sweep(*words: object) -> tuple[int, str]:
    """Exit code and output of a command."""
    result = CliRunner().invoke(app, [str(w) for w in words])
    return result.exit_code, result.output
