"""The one interface: what a scenario's commands read and write, wherever it is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from sweep.store.records import Entry, Key, Line, Write

type NextLine = Callable[[int, str, Line], tuple[bytes, str]]
"""Takes the number and the hash of a chain's last line; gives the next line's bytes and its hash."""


class Store(Protocol):
    """All that is kept of one scenario."""

    def listing(self) -> Mapping[Key, Entry]:
        """Everything that the reader may see."""

    def read(self, key: Key) -> bytes:
        """
        The bytes of one thing.

        Raises
        ------
        KeyError
            If it is not there, or the reader may not see it.
        """

    def chain(self) -> bytes:
        """All lines of the audit log, oldest first."""

    def held(self) -> AbstractContextManager[None]:
        """Nobody else can commit meanwhile."""

    def commit(self, writes: Sequence[Write], lines: Sequence[Line], read: Mapping[Key, str]) -> Mapping[Key, str]:
        """
        Write several things and add lines to the audit log, all or nothing.

        Parameters
        ----------
        writes
            An approval is written by writing the `approval.json` of its edition.
        lines
            Added to the chain in order.
        read
            The revisions that the writer had seen; what is missing here must not be there.

        Returns
        -------
        Mapping of Key to str
            The new revision of each.

        Raises
        ------
        ConflictError
            If one of them has another revision now.
        """
