"""Jobs in child processes: a crash or a kill of the solver ends a child, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

from sweep.province.messages import Job, Reply, from_json, to_json

MOST_DEATHS = 3
"""A county whose job kills so many children is set aside."""
MOST_JOBS = 40
"""After so many a child makes room for a new one, so that no library's leak grows for ever."""
PATIENCE_S = 3_600.0
"""A child that has not answered for so long hangs, and is ended; besides, `PATIENCE_SHARE` times the solver's limit."""
PATIENCE_SHARE = 10.0
CHILD = (sys.executable, "-m", "sweep.pipeline.province.child")


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
        """End it; its exit code and the last line that it said."""
        self.process.kill()
        code = self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(BrokenPipeError):
                if pipe is not None:
                    pipe.close()
        self.said.seek(0)
        last = self.said.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
        self.said.close()
        return f"{code} {last}"[:200]


@dataclass
class Children:
    """The children of one process: those at work, and those that wait for more."""

    command: Sequence[str] = CHILD
    idle: list[Child] = field(default_factory=list)
    at_work: set[Child] = field(default_factory=set)
    is_over: bool = False
    patience_s: float = PATIENCE_S

    def work(self, job: str, key: str) -> str:
        """
        The reply to a job, both as JSON; the state is `died` if every child did.

        Parameters
        ----------
        job
            A line that `to_json` made.
        key
            The key of the job.
        """
        limit_s = float(from_json(Job, job).overrides.get("solver.time_limit_s", 0.0))
        patience_s, detail = self.patience_s + PATIENCE_SHARE * limit_s, ""
        for _ in range(MOST_DEATHS):
            if self.is_over:
                break
            child = self._taken()
            reply = child.reply(job, patience_s)
            self.at_work.discard(child)
            if reply is not None:
                self._given_back(child)
                return to_json(reply)
            detail = child.end()
        return to_json(Reply(key, "died", detail=detail))

    def end(self) -> None:
        """End every child; none is begun any more."""
        self.is_over = True
        for child in tuple(self.at_work):
            # Whoever waits for its reply does the rest.
            child.process.kill()
        while self.idle:
            self.idle.pop().end()

    def _taken(self) -> Child:
        try:
            child = self.idle.pop()
        except IndexError:
            said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child
            # A session of its own: Ctrl-C is the coordinator's, which ends its children.
            process = subprocess.Popen(  # noqa: S603 - the program's own module
                list(self.command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, start_new_session=True
            )
            child = Child(process, said)
        self.at_work.add(child)
        return child

    def _given_back(self, child: Child) -> None:
        if self.is_over or child.n_jobs >= MOST_JOBS:
            child.end()
        else:
            self.idle.append(child)


CHILDREN = Children()
"""Those of a Dask worker, which is one process for many jobs."""


def work(job: str, key: str) -> str:
    """The reply to a job by a child of this process, as in `Children.work`."""
    return CHILDREN.work(job, key)
