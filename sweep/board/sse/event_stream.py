"""Server-sent events: the open pages, what is sent to each, and the response that lasts while a page is open."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import StreamingResponse

from sweep.publish.page.escape import json_for_script


@dataclass(eq=False, slots=True)
class Listener:
    """One open page."""

    audience: str
    # A page that lags so far behind is cut off; it comes again and asks for what it has not seen.
    queue: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(256))
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


def event_bytes(content: object, n: int | None = None) -> bytes:
    """One event; a page that comes again names the number of the last one that it saw."""
    head = "" if n is None else f"id: {n}\n"
    return f"{head}data: {json_for_script(content)}\n\n".encode()


def last_seen(request: Request) -> int:
    """Number of the last event that a page has seen; 0 if it has seen none, or says nothing of sense."""
    text = request.headers.get("last-event-id", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else 0


def stream(hub: Hub, audience: str, first: Callable[[], bytes], still: Callable[[], bool]) -> StreamingResponse:
    """A response that sends what is new to a page while it is open and its session holds."""

    async def events() -> AsyncIterator[bytes]:
        with hub.listening(audience) as listener:
            yield f"retry: {2_000}\n\n".encode() + first()
            async for event in _sent_to(listener, still):
                yield event

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events(), media_type="text/event-stream", headers=headers)


async def _sent_to(listener: Listener, still: Callable[[], bool]) -> AsyncIterator[bytes]:
    while True:
        try:
            # Less than a proxy or a phone waits before it takes a quiet connection for a dead one.
            event = await asyncio.wait_for(listener.queue.get(), 15.0)
        except TimeoutError:
            event = b": beat\n\n"
        if event is None or not still():
            return
        yield event
