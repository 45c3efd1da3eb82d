"""Commands in a child process that is killed before its n-th change of a file."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from typer.testing import CliRunner

from sweep.cli.main import app

# Python's audit events of file changes; `open` counts only for writing.
CHANGING = frozenset({"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "os.chmod", "os.link"})
# One at a time, since libraries that check their locks refuse two.
_FORKING = threading.Lock()
_WRITING = os.O_WRONLY | os.O_RDWR


@dataclass(frozen=True, slots=True)
class Called:
    """Outcome of a call."""

    code: int
    """Exit code; -9 if it was killed, 1 after a traceback."""
    n_changes: int
    """Number of changes; 0 if it was killed."""
    text: str
    """Printed output and traceback."""


def call(arguments: Sequence[object], kill_at: int | None = None, most_bytes: int | None = None) -> Called:
    """
    Call the command in a child process.

    Parameters
    ----------
    arguments
        Arguments of the command.
    kill_at
        Number of file changes after which the process is killed, as by `kill -9`, before the next; None: never.
    most_bytes
        Maximum length of a file, bytes; None: unlimited.
    """
    read, write = os.pipe()
    with warnings.catch_warnings():
        # The other threads hold no lock that the child needs.
        warnings.simplefilter("ignore", DeprecationWarning)
        with _FORKING:
            child = os.fork()
    if child == 0:
        if most_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
        _work([str(a) for a in arguments], kill_at, write)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    n, _, text = answer.decode("utf-8", "replace").partition(" ")
    return Called(os.waitstatus_to_exitcode(status), int(n or 0), text)


def _work(arguments: list[str], kill_at: int | None, answer: int) -> None:
    n, is_over = 0, False

    def on_progress(event: str, given: tuple[object, ...]) -> None:
        nonlocal n
        writes = event == "open" and isinstance(given[2], int) and given[2] & _WRITING and given[0] != "/dev/null"
        if is_over or not (writes or event in CHANGING):
            return
        if n == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        n += 1

    code = 70
    with contextlib.suppress(BaseException):
        sys.addaudithook(on_progress)
        result = CliRunner().invoke(app, arguments)
        is_over = True
        code = result.exit_code
        text = result.output
        if result.exception is not None and result.exc_info and not isinstance(result.exception, SystemExit):
            code, text = 1, "".join(traceback.format_exception(*result.exc_info))
        with os.fdopen(answer, "wb") as pipe:
            pipe.write(f"{n} {text}".encode("utf-8", "replace"))
    os._exit(int(code))


def has_ended(process: psutil.Process) -> bool:
    """Return whether a process has ended, reaped or not."""
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def left_over(*folders: Path) -> list[str]:
    """Return hidden and temporary files of the folders, without the lock of a log."""
    return [
        str(p)
        for folder in folders
        for p in sorted(folder.rglob("*"))
        if p.name.startswith(".") or p.suffix in (".new", ".pending")
    ]
