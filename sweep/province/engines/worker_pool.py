"""Pool of worker processes: a crash of the solver ends one process only."""

import re
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

from geodata.child_process import child_command
from sweep.province.engines.worker_main import GRACE_S, OVERHEAD_TIMEOUT_S, job_timeout_s
from sweep.province.model.worker_messages import Job, Reply, from_json, to_json

MOST_DEATHS = 3
"""Number of worker processes that a job may kill before its county is excluded."""
MOST_JOBS = 40
"""Number of jobs after which a process is replaced, which limits memory leaks of libraries."""
WORKER_COMMAND = child_command("sweep.province.run.worker_process")
# Location in the traceback that `faulthandler` prints at a timeout.
_WAS_AT = re.compile(r'\(most recent call first\):\n +File "(?:[^"]*/)?([^"/]+)", line (\d+) in (\S+)')
_MAX_CHARACTERS = 200


@dataclass(eq=False)
class WorkerProcess:
    """Worker process with its modules loaded, waiting for a job."""

    process: subprocess.Popen[bytes]
    stderr: IO[bytes]
    """Standard error of the process, which is read for the message if it dies."""
    n_jobs: int = 0
    """Number of jobs that it was given."""

    def reply(self, job: str, timeout_s: float) -> Reply | None:
        """Return the reply to a job (a line of JSON); None if the process died or was killed after `timeout_s`."""
        self.n_jobs += 1
        watchdog = threading.Timer(timeout_s, self.process.kill)
        watchdog.daemon = True
        watchdog.start()
        jobs, replies = self.process.stdin, self.process.stdout
        if jobs is None or replies is None:
            raise ValueError("the worker process must have pipes for stdin and stdout")
        try:
            jobs.write(job.encode())
            jobs.flush()
            return from_json(Reply, replies.readline())
        except (BrokenPipeError, ValueError):
            return None
        finally:
            watchdog.cancel()

    def end(self) -> str:
        """Kill the process; return exit code and last line of stderr, or after a timeout the line of code it was at."""
        self.process.kill()
        code = self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(BrokenPipeError):
                if pipe is not None:
                    pipe.close()
        self.stderr.seek(0)
        text = self.stderr.read().decode("utf-8", "replace").strip()
        self.stderr.close()
        was_at = [f"{file}:{line} {name}" for file, line, name in _WAS_AT.findall(text)]
        return f"{code} {', '.join(was_at) or text.rpartition('\n')[2]}"[:_MAX_CHARACTERS]


@dataclass
class WorkerPool:
    """Worker processes of this process, busy and idle, each replaced after a crash."""

    command: Sequence[str] = WORKER_COMMAND
    """Command line that starts a worker process."""
    overhead_s: float = OVERHEAD_TIMEOUT_S + GRACE_S
    """Seconds that a job may take in addition to its searches."""
    idle: list[WorkerProcess] = field(default_factory=list)
    at_work: set[WorkerProcess] = field(default_factory=set)
    is_over: bool = False
    """Whether `end` was called."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reply(self, job: Job) -> Reply:
        """
        Run a job in a child process and return its reply.

        The job is tried again if its process dies or times out; after `MOST_DEATHS` times the reply's state is `died`.
        """
        timeout_s, detail = job_timeout_s(job, self.overhead_s), ""
        for _ in range(MOST_DEATHS):
            child = self._take_worker()
            if child is None:
                break
            reply = child.reply(to_json(job), timeout_s)
            self._return_worker(child, is_alive=reply is not None)
            if reply is not None:
                return reply
            detail = child.end()
        return Reply(job.key, "died", detail=detail)

    def end(self) -> None:
        """End all worker processes of the pool, and start no further ones."""
        with self._lock:
            self.is_over = True
            idle, self.idle = self.idle, []
            for child in self.at_work:
                # The thread that waits for the reply does the rest.
                child.process.kill()
        for child in idle:
            child.end()

    def _take_worker(self) -> WorkerProcess | None:
        # Under the lock throughout: a process started during `end` would be waited for until its job is done.
        with self._lock:
            if self.is_over:
                return None
            child = self.idle.pop() if self.idle else _start_worker(self.command)
            self.at_work.add(child)
            return child

    def _return_worker(self, child: WorkerProcess, *, is_alive: bool) -> None:
        with self._lock:
            self.at_work.discard(child)
            is_kept = is_alive and not self.is_over and child.n_jobs < MOST_JOBS
            if is_kept:
                self.idle.append(child)
        if is_alive and not is_kept:
            child.end()


def _start_worker(command: Sequence[str]) -> WorkerProcess:
    stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child
    # In a session of its own: Ctrl-C goes to the coordinator, which ends its processes.
    process = subprocess.Popen(  # noqa: S603 - the program's own module
        list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, start_new_session=True
    )
    return WorkerProcess(process, stderr)


DASK_WORKER_POOL = WorkerPool()
"""Pool of a Dask worker, which runs many jobs in one process."""


def work(job: str) -> str:
    """Run a job (a `Job` as JSON) in a child process of this Dask worker; return its `Reply` as JSON."""
    return to_json(DASK_WORKER_POOL.reply(from_json(Job, job)))
