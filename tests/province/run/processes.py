"""Processes that a test forks from its own, which has loaded what they need, and may kill."""

from __future__ import annotations

import multiprocessing
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import ForkProcess

import psutil


@dataclass(frozen=True)
class Forked:
    """A process forked from this one, by the names that `subprocess.Popen` has for the same."""

    process: ForkProcess

    def kill(self) -> None:
        self.process.kill()

    def children(self) -> list[psutil.Process]:
        """The processes that it has begun and that still run."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def wait(self) -> None:
        self.process.join()

    def poll(self) -> int | None:
        return self.process.exitcode


def forked(work: Callable[..., object], *given: object) -> Forked:
    """A process that does some work, or serves until it is killed."""
    process = multiprocessing.get_context("fork").Process(target=work, args=given, daemon=True)
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        process.start()  # threads of libraries wait for work
    return Forked(process)


def wait_for(is_so: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.05)
