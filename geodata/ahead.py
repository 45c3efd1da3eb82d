"""Compiles what a run will need before its clock starts, in processes of its own, and loads it afterwards."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numba
from filelock import FileLock
from numba.core.registry import cpu_target

from geodata.compiled import compiled_functions

type Job = str
"""`module:function`: a function without arguments, in whose course all that it is named for is compiled."""

# How often one who waits looks how far it is, in seconds.
LOOKED_AT_S = 0.1


class Ahead:
    """
    What some jobs call, made ready once for each process.

    On the first run after an update each phase's jobs are processes side by side, and a phase waits for the one before:
    what several jobs call is better compiled by an earlier one. Later runs load the machine code from the user's cache.
    One process compiles at a time; others that want the same wait for it.

    Parameters
    ----------
    packages
        Names of the packages whose compiled functions the jobs call, by which it is seen how far they are.
    phases
        The last one's jobs are run in this process, too, which loads what all of them compiled.
    """

    def __init__(self, packages: tuple[str, ...], *phases: tuple[Job, ...]) -> None:
        self._packages, self._phases = packages, phases
        self._lock = threading.Lock()
        self._compiler: threading.Thread | None = None
        self._is_loaded = False

    def begin(self) -> None:
        """Start compiling beside what this process does, if anything is to be compiled."""
        with self._lock:
            if self._compiler is None and not self._mark().exists():
                # A daemon: who ends the program does not wait for the compiler.
                self._compiler = threading.Thread(target=self._compile, daemon=True)
                self._compiler.start()

    def wait(self, watch: Callable[[float], None] | None = None) -> None:
        """
        Return once all is compiled and loaded.

        Parameters
        ----------
        watch
            Called now and then with the share that is compiled, in [0, 1], if anything is to be.
        """
        if self._is_loaded:
            return
        self.begin()
        while self._compiler is not None and self._compiler.is_alive():
            if watch is not None:
                watch(self._share())
            self._compiler.join(LOOKED_AT_S)
        with self._lock:
            if not self._is_loaded:
                for job in self._phases[-1]:
                    _run_job(job)
                self._is_loaded = True

    def _compile(self) -> None:
        mark = self._mark()
        mark.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(mark.with_name("compiling.lock")):
            if not mark.exists() and all(_are_done(phase) for phase in self._phases):
                mark.touch()

    def _mark(self) -> Path:
        """The file that is there once the jobs were done by this compiler for this processor."""
        target: Any = cpu_target  # has no types
        made_by = (self._phases, numba.__version__, target.target_context.codegen().magic_tuple())
        return _cache_folder() / f"whole-{hashlib.sha256(repr(made_by).encode()).hexdigest()[:16]}"

    def _share(self) -> float:
        functions = [f for f in compiled_functions if f.__module__.startswith(self._packages)]
        names = {f"{f.__module__.rpartition('.')[2]}.{f.py_func.__qualname__}-" for f in functions}
        made = {index.name for index in _cache_folder().glob("*/*.nbi")}
        n_made = sum(any(m.startswith(name) for m in made) for name in names)
        # Never all of it while it goes on: what a job does after the last one is compiled takes its time, too.
        return min(0.99, n_made / max(1, len(names)))


def _cache_folder() -> Path:
    return Path(numba.config.CACHE_DIR)  # type: ignore[attr-defined]


def _are_done(jobs: tuple[Job, ...]) -> bool:
    """Run the jobs side by side; where one fails, who called compiles for itself and meets its fault."""
    command = [sys.executable, "-P", "-m", __name__, str(_cache_folder())]
    children = [subprocess.Popen([*command, job], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for job in jobs]  # noqa: S603
    codes = [child.wait() for child in children]
    return not any(codes)


def _run_job(job: Job) -> None:
    module, _, name = job.partition(":")
    getattr(import_module(module), name)()


if __name__ == "__main__":
    # The folder of who asks, whatever this process would choose.
    numba.config.CACHE_DIR = sys.argv[1]  # type: ignore[attr-defined]
    _run_job(sys.argv[2])
