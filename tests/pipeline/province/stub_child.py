"""A child that does stub counties, for the engines: `python -m tests.pipeline.province.stub_child`."""

from __future__ import annotations

import os
import sys
import threading
from queue import SimpleQueue

from tests.pipeline.province.stub import stub_work


def _listen(jobs: SimpleQueue[str]) -> None:
    for line in sys.stdin:
        jobs.put(line)
    os._exit(0)


if __name__ == "__main__":
    jobs: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_listen, args=(jobs,), daemon=True).start()
    while True:
        sys.stdout.write(stub_work(jobs.get(), ""))
        sys.stdout.flush()
