"""Jobs in child processes: a crash or a kill of the solver ends a child, and nothing else."""

import re
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

from geodata.child_process import child_command
from sweep.province.engines.worker_main import GRACE_S, PATIENCE_S, patience_s
from sweep.province.model.worker_messages import Job, Reply, from_json, to_json

MOST_DEATHS = 3
"""A county whose job kills so many children is set aside."""
MOST_JOBS = 40
"""After so many a child makes room for a new one, so that no library's leak grows for ever."""
CHILD = child_command("sweep.province.run.worker_process")
# Where each thread of a child was that ended itself, as `faulthandler` tells it.
_WAS_AT = re.compile(r'\(most recent call first\):\n +File "(?:[^"]*/)?([^"/]+)", line (\d+) in (\S+)')
_MOST_SIGNS = 200


@dataclass(eq=False)
class Child:
    """A child that waits for jobs: it has loaded what a job needs, which takes longer than some jobs."""

    process: subprocess.Popen[bytes]
    said: IO[bytes]
    """What it has printed on standard error."""
    n_jobs: int = 0

    def reply(self, job: str, patience_s: float) -> Reply | None:
        """The reply to a job; None if the child died of it, or did not answer for so long that it was ended."""
        self.n_jobs += 1
        watchdog = threading.Timer(patience_s, self.process.kill)
        watchdog.daemon = True
        watchdog.start()
        jobs, replies = self.process.stdin, self.process.stdout
        if jobs is None or replies is None:
            raise ValueError("the child has no pipes")
        try:
            jobs.write(job.encode())
            jobs.flush()
            return from_json(Reply, replies.readline())
        except (BrokenPipeError, ValueError):
            return None
        finally:
            watchdog.cancel()

    def end(self) -> str:
        """End it; its exit code and the last line that it said, or where it was when its patience ended."""
        self.process.kill()
        code = self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(BrokenPipeError):
                if pipe is not None:
                    pipe.close()
        self.said.seek(0)
        text = self.said.read().decode("utf-8", "replace").strip()
        self.said.close()
        was_at = [f"{file}:{line} {name}" for file, line, name in _WAS_AT.findall(text)]
        return f"{code} {', '.join(was_at) or text.rpartition('\n')[2]}"[:_MOST_SIGNS]


@dataclass
class Children:
    """The children of one process: those at work, and those that wait for more."""

    command: Sequence[str] = CHILD
    patience_s: float = PATIENCE_S + GRACE_S
    idle: list[Child] = field(default_factory=list)
    at_work: set[Child] = field(default_factory=set)
    is_over: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def work(self, job: str, key: str) -> str:
        """The reply to a job, both as JSON; the state is `died` if every child did."""
        patience, detail = patience_s(from_json(Job, job), self.patience_s), ""
        for _ in range(MOST_DEATHS):
            child = self._taken()
            if child is None:
                break
            reply = child.reply(job, patience)
            self._given_back(child, is_alive=reply is not None)
            if reply is not None:
                return to_json(reply)
            detail = child.end()
        return to_json(Reply(key, "died", detail=detail))

    def end(self) -> None:
        """End every child; none is begun any more."""
        with self._lock:
            self.is_over = True
            idle, self.idle = self.idle, []
            for child in self.at_work:
                # Whoever waits for its reply does the rest.
                child.process.kill()
        for child in idle:
            child.end()

    def _taken(self) -> Child | None:
        """A child for a job; None once all is over."""
        # Under the lock to its end: a child that is begun while all ends would be waited for as long as its job takes.
        with self._lock:
            if self.is_over:
                return None
            child = self.idle.pop() if self.idle else _begun(self.command)
            self.at_work.add(child)
            return child

    def _given_back(self, child: Child, *, is_alive: bool) -> None:
        with self._lock:
            self.at_work.discard(child)
            is_kept = is_alive and not self.is_over and child.n_jobs < MOST_JOBS
            if is_kept:
                self.idle.append(child)
        if is_alive and not is_kept:
            child.end()


def _begun(command: Sequence[str]) -> Child:
    said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child
    # A session of its own: Ctrl-C is the coordinator's, which ends its children.
    process = subprocess.Popen(  # noqa: S603 - the program's own module
        list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, start_new_session=True
    )
    return Child(process, said)


CHILDREN = Children()
"""Those of a Dask worker, which is one process for many jobs."""


def work(job: str, key: str) -> str:
    """The reply to a job by a child of this process, as in `Children.work`."""
    return CHILDREN.work(job, key)
