"""Engines that execute jobs in any order, and the engine for one machine."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Protocol, Self

from sweep.province.engines.worker_pool import WORKER_COMMAND, WorkerPool
from sweep.province.model.worker_messages import Job, Reply


class Engine(Protocol):
    """
    Interface of an engine that executes counties' jobs on processor cores; jobs write their results to disk.

    It is a context manager: at its end no worker process remains.
    """

    def __enter__(self) -> Self:
        """Start the engine; InputError if its backend is unreachable or has another version of the program."""

    def __exit__(self, *_: object) -> None:
        """End all worker processes."""

    def replies(self, jobs: Sequence[Job]) -> Iterator[Reply]:
        """
        Run the jobs, and yield one reply per job in order of completion, for a failed job too.

        InputError if the backend is lost: the remaining jobs have no reply.
        """


class LocalEngine:
    """Engine with `n_workers` worker processes on this machine, started by the command `child`."""

    def __init__(self, n_workers: int, child: Sequence[str] = WORKER_COMMAND) -> None:
        self._children = WorkerPool(child)
        self._pool = ThreadPoolExecutor(n_workers, thread_name_prefix="county")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._children.end()
        self._pool.shutdown()

    def replies(self, jobs: Sequence[Job]) -> Iterator[Reply]:
        """Yield one reply for each job, in order of completion."""
        futures = [self._pool.submit(self._children.reply, job) for job in jobs]
        for future in as_completed(futures):
            yield future.result()
