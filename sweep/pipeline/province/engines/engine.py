"""What an engine is: it takes jobs in any order and gives their replies as they come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Protocol, Self

from sweep.province.messages import Job, Reply


class Engine(Protocol):
    """
    Carries jobs to cores. It keeps nothing: a job that is done has its result in the store, whoever asks for it next.

    Used as a context: after it no child of the engine is at work any more.
    """

    def __enter__(self) -> Self:
        """
        Make it ready.

        Raises
        ------
        InputError
            If what it stands on does not answer, or is not of this program.
        """

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End whatever is still at work."""

    def replies(self, jobs: Sequence[Job]) -> Iterator[Reply]:
        """
        One reply a job, in the order in which they are done.

        Raises
        ------
        InputError
            If what it stands on is gone.
        """
