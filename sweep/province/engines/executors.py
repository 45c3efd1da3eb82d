"""Engines take jobs in any order and give their replies as they come; the engine of one machine."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from types import TracebackType
from typing import Protocol, Self

from sweep.province.engines.worker_pool import CHILD, Children
from sweep.province.model.worker_messages import Job, Reply, from_json, to_json


class Engine(Protocol):
    """
    Carries jobs to cores. It keeps nothing: a job that is done has its result in the store, whoever asks for it next.

    Used as a context: after it no child of the engine is at work any more.
    """

    def __enter__(self) -> Self:
        """Make it ready; InputError if what it stands on does not answer, or is not of this program."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End whatever is still at work."""

    def replies(self, jobs: Sequence[Job]) -> Iterator[Reply]:
        """One reply a job, in the order in which they are done; InputError if what it stands on is gone."""


class LocalEngine:
    """Children of this process."""

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
