"""The engine of one machine: so many children at a time, and no server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from types import TracebackType
from typing import Self

from sweep.pipeline.province.engines.work import CHILD, Children
from sweep.province.messages import Job, Reply, from_json, to_json


class LocalEngine:
    """
    Children of this process.

    Parameters
    ----------
    n_workers
        How many are at work at a time, >= 1.
    child
        The command of a child.
    """

    def __init__(self, n_workers: int, child: Sequence[str] = CHILD) -> None:
        self._children = Children(child)
        self._pool = ThreadPoolExecutor(n_workers, thread_name_prefix="county")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._children.end()
        self._pool.shutdown()

    def replies(self, jobs: Sequence[Job]) -> Iterator[Reply]:
        """As in `Engine`."""
        futures = [self._pool.submit(self._children.work, to_json(job), job.key) for job in jobs]
        for future in as_completed(futures):
            yield from_json(Reply, future.result())
