"""Compiles what a run will need before its clock starts, in a process of its own, and loads it afterwards."""

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

from geodata.folder_lock import locked
from geodata.numba_options import compiled_functions

type Job = str
"""`module:function`: a function without arguments, in whose course all that it is named for is compiled."""

# The search has no loops that gain by vector instructions: without them compiling takes a tenth less time, and a search
# of 20,000 rounds as long as before.
_COMPILER = {"NUMBA_OPT": "2", "NUMBA_LOOP_VECTORIZE": "0"}


class Ahead:
    """
    What some jobs call, made ready once for each process.

    On the first run after an update the jobs are called in a process beside this one. Later runs load the machine code
    from the user's cache. One process compiles at a time; others that want the same wait for it.

    Parameters
    ----------
    jobs
        Called in this process, too, in the end, which loads what was compiled.
    """

    def __init__(self, packages: tuple[str, ...], *jobs: Job) -> None:
        self._packages, self._jobs = packages, jobs
        self._lock = threading.Lock()
        self._compiler: threading.Thread | None = None
        self._is_loaded = False

    def begin(self) -> None:
        """Start compiling beside what this process does, if anything is to be compiled."""
        with self._lock:
            if self._compiler is None and not self._mark().exists():
                # A daemon: who ends the program does not wait for the compiler.
                self._compiler = threading.Thread(target=self.make, daemon=True)
                self._compiler.start()

    def wait(self, watch: Callable[[float], None] | None = None) -> None:
        """Return once all is compiled and loaded; `watch` is called now and then with the compiled share, in [0, 1]."""
        if self._is_loaded:
            return
        self.begin()
        while self._compiler is not None and self._compiler.is_alive():
            if watch is not None:
                watch(self._share())
            # How often one who waits looks how far it is, in seconds.
            self._compiler.join(0.1)
        with self._lock:
            if not self._is_loaded:
                _run(self._jobs)
                self._is_loaded = True

    def make(self, *, apart: bool = True) -> None:
        """
        Compile what is not compiled yet, and return once it is.

        Parameters
        ----------
        apart
            Whether in a process beside this one, after which nothing is loaded here.
        """
        mark = self._mark()
        # Where nothing can be kept, each process compiles for itself.
        with suppress(OSError), locked(mark.parent):
            if mark.exists():
                return
            if not apart:
                _run(self._jobs)
            if not apart or _are_run_apart(self._jobs):
                mark.touch()

    def _mark(self) -> Path:
        """The file that is there once the jobs were done by this compiler for this processor."""
        # Numba keeps a function's code by the path of its source: another clone of the same sources has none.
        source = str(Path(__file__).parent)
        processor = binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()
        made_by = (self._jobs, numba.__version__, binding.get_process_triple(), processor, source)
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


def _are_run_apart(jobs: Sequence[Job]) -> bool:
    """Run the jobs in another process; where one fails, who asks compiles for itself and meets its fault."""
    command = [sys.executable, "-P", "-m", __name__, str(_cache_folder()), *jobs]
    environment = {**os.environ, **_COMPILER}
    done = subprocess.run(  # noqa: S603
        command, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    return done.returncode == 0


def _run(jobs: Sequence[Job]) -> None:
    for job in jobs:
        module, _, name = job.partition(":")
        getattr(import_module(module), name)()


if __name__ == "__main__":
    # The folder of who asks, whatever this process would choose.
    numba.config.CACHE_DIR = sys.argv[1]  # type: ignore[attr-defined]
    _run(sys.argv[2:])
