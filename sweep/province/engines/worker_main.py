"""
Main loop of a worker process: jobs in sequence.

A job is a line on standard input, its reply a line on standard output; other output goes to standard error.
The parent keeps the input open. Once it is closed, no reply is expected, and the process ends at once.
"""

import faulthandler
import os
import sys
import threading
from collections.abc import Callable
from queue import SimpleQueue

from geodata.child_process import json_answers
from sweep.disk.plain_json import to_json_values
from sweep.province.model.worker_messages import Job, Reply, from_json

OVERHEAD_TIMEOUT_S = 1_800.0
"""Time allowed for everything but the search, seconds: compilation, reading, publication."""
GRACE_S = 30.0
"""Seconds after its own timeout at which the parent kills a worker process."""


def job_timeout_s(job: Job, usual_s: float = OVERHEAD_TIMEOUT_S) -> float:
    """Return a job's timeout in seconds: 10 x search limit + 1/20 s x rounds of the search + `usual_s` for the rest."""
    limit_s = float(job.overrides.get("solver.time_limit_s", 0.0))
    n_rounds = int(job.overrides.get("solver.iterations", 0))
    # A search may take ten times its limit; the slowest acceptable one makes 20 iterations a second.
    return usual_s + 10.0 * limit_s + n_rounds / 20.0


def run_jobs(do: Callable[[Job], Reply], timeout_of: Callable[[Job], float] = job_timeout_s) -> None:
    """
    Do each job that comes as a line of JSON on standard input, and write the reply of `do` to standard output.

    Ends when the input closes. A job that exceeds its timeout ends the process with a traceback of all threads, even if
    a library never releases the GIL.
    """
    jobs: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(jobs,), daemon=True).start()
    with json_answers() as say:
        while True:
            job = from_json(Job, jobs.get())
            faulthandler.dump_traceback_later(timeout_of(job), exit=True)
            reply = do(job)
            faulthandler.cancel_dump_traceback_later()
            say(to_json_values(reply))


def _listen(jobs: SimpleQueue[bytes]) -> None:
    for line in sys.stdin.buffer:
        jobs.put(line)
    os._exit(0)
