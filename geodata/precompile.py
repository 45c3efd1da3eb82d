"""Ahead-of-time compilation of a run's numba functions in a child process, cached on disk and loaded afterwards."""

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import numba
from llvmlite import binding

from geodata.folder_lock import lock_folder
from geodata.numba_options import compiled_functions

type Job = str
"""`module:function`: a function without arguments; running it compiles every function that the job needs."""

# Vectorised loops do not speed up the search: without them compilation takes a tenth less time, and a search of
# 20,000 rounds takes the same.
_COMPILER = {"NUMBA_OPT": "2", "NUMBA_LOOP_VECTORIZE": "0"}


class Precompiler:
    """
    Compilation of the functions that some jobs (functions without arguments) call, once in each process.

    On the first run after an update, child processes run the jobs at the same time, one job each. Later runs load the
    machine code from the user's cache. One run compiles at a time; others that need the same code wait for it.

    Parameters
    ----------
    packages
        Packages whose compiled functions are counted for the progress.
    jobs
        Jobs to compile; they also run in this process at the end, to load the compiled code.
    """

    def __init__(self, packages: tuple[str, ...], *jobs: Job) -> None:
        self._packages, self._jobs = packages, jobs
        self._lock = threading.Lock()
        self._compiler: threading.Thread | None = None
        self._is_loaded = False

    def begin(self) -> None:
        """Start compiling in a background thread, unless the cache holds all of it or the thread has been started."""
        with self._lock:
            if self._compiler is None and not self._mark().exists():
                # Daemon thread: ending the program does not wait for the compiler.
                self._compiler = threading.Thread(target=self.make, daemon=True)
                self._compiler.start()

    def wait(self, on_progress: Callable[[float], None] | None = None) -> None:
        """Wait until all is compiled and loaded; `on_progress` gets the compiled share, in [0, 1], at intervals."""
        if self._is_loaded:
            return
        self.begin()
        while self._compiler is not None and self._compiler.is_alive():
            if on_progress is not None:
                on_progress(self._share())
            # Polling interval, seconds.
            self._compiler.join(0.1)
        with self._lock:
            if not self._is_loaded:
                _run(self._jobs)
                self._is_loaded = True

    def make(self, *, in_children: bool = True) -> None:
        """
        Compile all functions of the jobs that are not in the cache.

        Parameters
        ----------
        in_children
            Whether to compile in child processes; this process then does not load the code.
        """
        mark = self._mark()
        # If the cache cannot be written, each process compiles for itself.
        with suppress(OSError), lock_folder(mark.parent):
            if mark.exists():
                return
            if not in_children:
                _run(self._jobs)
            if not in_children or _run_in_children(self._jobs):
                mark.touch()

    def _mark(self) -> Path:
        """Return the path of the file that records that this compiler has compiled these jobs for this processor."""
        processor = binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()
        made_by = (self._jobs, numba.__version__, binding.get_process_triple(), processor)
        return _cache_folder() / f"whole-{hashlib.sha256(repr(made_by).encode()).hexdigest()[:16]}"

    def _share(self) -> float:
        functions = [f for f in compiled_functions if f.__module__.startswith(self._packages)]
        names = {f"{f.__module__.rpartition('.')[2]}.{f.py_func.__qualname__}-" for f in functions}
        made = {index.name for index in _cache_folder().glob("*/*.nbi")}
        n_made = sum(any(m.startswith(name) for m in made) for name in names)
        # Below 1 until the jobs end: they also run code after the last compilation.
        return min(0.99, n_made / max(1, len(names)))


def _cache_folder() -> Path:
    return Path(numba.config.CACHE_DIR)  # type: ignore[attr-defined]


def _run_in_children(jobs: Sequence[Job]) -> bool:
    """Run the jobs in child processes; return whether all succeed. If not, the caller compiles, to get the error."""
    command, environment = [sys.executable, "-P", "-m", __name__, str(_cache_folder())], {**os.environ, **_COMPILER}
    children = [
        subprocess.Popen([*command, job], env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
        for job in jobs
    ]
    codes = [child.wait() for child in children]
    return not any(codes)


def _run(jobs: Sequence[Job]) -> None:
    for job in jobs:
        module, _, name = job.partition(":")
        getattr(import_module(module), name)()


if __name__ == "__main__":
    # The caller's cache folder in place of this process's default.
    numba.config.CACHE_DIR = sys.argv[1]  # type: ignore[attr-defined]
    _run(sys.argv[2:])
