"""
What a child does: jobs, one after the other.

A job is a line on standard input, its reply a line on standard output; whatever else is printed goes to standard error.
The parent keeps the input open: once it is closed nobody waits for a reply, and the child ends in the midst of its job.
"""

import faulthandler
import os
import sys
import threading
from collections.abc import Callable
from queue import SimpleQueue

from geodata.child_process import answering
from sweep.disk.plain_json import plain
from sweep.province.model.worker_messages import Job, Reply, from_json

PATIENCE_S = 1_800.0
"""For all but the search: to compile on a first run, to read the files, to publish."""
PATIENCE_SHARE = 10.0
"""And so many times the solver's limit."""
SLOWEST_RATE = 20.0
"""Rounds a second of the slowest search that is waited for, where rounds are the limit."""
GRACE_S = 30.0
"""A child that does not end itself when its time is over is ended by its parent so much later."""


def patience_s(job: Job, usual_s: float = PATIENCE_S) -> float:
    """Seconds after which whoever does the job is ended."""
    limit_s = float(job.overrides.get("solver.time_limit_s", 0.0))
    n_rounds = int(job.overrides.get("solver.iterations", 0))
    return usual_s + PATIENCE_SHARE * limit_s + n_rounds / SLOWEST_RATE


def do_all(do: Callable[[Job], Reply], patience: Callable[[Job], float] = patience_s) -> None:
    """
    Do jobs until the input ends.

    A job that takes longer than its patience ends the child, which says where each of its threads was: not even a
    library that never gives Python's lock back can keep it from that.
    """
    jobs: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(jobs,), daemon=True).start()
    with answering() as say:
        while True:
            job = from_json(Job, jobs.get())
            faulthandler.dump_traceback_later(patience(job), exit=True)
            reply = do(job)
            faulthandler.cancel_dump_traceback_later()
            say(plain(reply))


def _listen(jobs: SimpleQueue[bytes]) -> None:
    for line in sys.stdin.buffer:
        jobs.put(line)
    os._exit(0)
