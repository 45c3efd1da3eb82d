"""The open pages, and what is sent to each: one line of bytes a change for all that see the same."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

# A page that lags so far behind is cut off; it comes again and asks for what it has not seen.
_MOST_WAITING = 256


@dataclass(eq=False, slots=True)
class Listener:
    """One open page."""

    audience: str
    queue: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(_MOST_WAITING))
    """None: the page is cut off."""


@dataclass(slots=True)
class Hub:
    """Who listens, by what they may see."""

    _listeners: dict[str, set[Listener]] = field(default_factory=dict)

    @contextmanager
    def listening(self, audience: str) -> Iterator[Listener]:
        """A listener for as long as its page is open."""
        listener = Listener(audience)
        self._listeners.setdefault(audience, set()).add(listener)
        try:
            yield listener
        finally:
            self._listeners.get(audience, set()).discard(listener)

    def has(self, audience: str) -> bool:
        """Whether anybody listens there."""
        return bool(self._listeners.get(audience))

    def send(self, audience: str, event: bytes) -> None:
        """Send an event to everybody of an audience."""
        for listener in tuple(self._listeners.get(audience, ())):
            try:
                listener.queue.put_nowait(event)
            except asyncio.QueueFull:
                self.cut(listener)

    def cut(self, listener: Listener) -> None:
        """Close a page's stream."""
        self._listeners.get(listener.audience, set()).discard(listener)
        while not listener.queue.empty():
            listener.queue.get_nowait()
        listener.queue.put_nowait(None)

    def cut_all(self, audience: str | None = None) -> None:
        """Close every stream, or each of an audience."""
        known = self._listeners
        for listeners in list(known.values()) if audience is None else [known.get(audience, set())]:
            for listener in tuple(listeners):
                self.cut(listener)
