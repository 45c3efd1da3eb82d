"""
A child process that does counties' jobs, one after the other: `python -m sweep.pipeline.province.child`.

A job is a line on standard input, its reply a line on standard output; whatever else is printed goes to standard error.
The parent keeps the input open: once it is closed nobody waits for a reply, and the child ends in the midst of its job.
"""

from __future__ import annotations

import os
import sys
import threading
from queue import SimpleQueue

from sweep.pipeline.province.county import do_job
from sweep.province.messages import Job, from_json, to_json


def main() -> None:
    """Do jobs until the input ends."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What a library prints must not pass for a reply.
    os.dup2(2, 1)
    jobs: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(jobs,), daemon=True).start()
    while True:
        replies.write(to_json(do_job(from_json(Job, jobs.get()))))
        replies.flush()


def _listen(jobs: SimpleQueue[bytes]) -> None:
    for line in sys.stdin.buffer:
        jobs.put(line)
    os._exit(0)


if __name__ == "__main__":
    main()
