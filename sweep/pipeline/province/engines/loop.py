"""
What a child does: jobs, one after the other.

A job is a line on standard input, its reply a line on standard output; whatever else is printed goes to standard error.
The parent keeps the input open: once it is closed nobody waits for a reply, and the child ends in the midst of its job.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
from collections.abc import Callable
from queue import SimpleQueue

from sweep.pipeline.province.engines.patience import patience_s
from sweep.province.messages import Job, Reply, from_json, to_json


def do_all(do: Callable[[Job], Reply], patience: Callable[[Job], float] = patience_s) -> None:
    """
    Do jobs until the input ends.

    A job that takes longer than its patience ends the child, which says where each of its threads was: not even a
    library that never gives Python's lock back can keep it from that.
    """
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What a library prints must not pass for a reply.
    os.dup2(2, 1)
    jobs: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(jobs,), daemon=True).start()
    while True:
        job = from_json(Job, jobs.get())
        faulthandler.dump_traceback_later(patience(job), exit=True)
        reply = do(job)
        faulthandler.cancel_dump_traceback_later()
        replies.write(to_json(reply))
        replies.flush()


def _listen(jobs: SimpleQueue[bytes]) -> None:
    for line in sys.stdin.buffer:
        jobs.put(line)
    os._exit(0)
