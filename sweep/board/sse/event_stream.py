"""Server-sent events: audiences (groups of pages), listeners with queues, and the streaming response."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import StreamingResponse

from sweep.publish.page.escape import json_for_script


@dataclass(eq=False, slots=True)
class Listener:
    """Queue of events for one open page."""

    audience: str
    # A page this far behind is disconnected; it reconnects and requests the events that it missed.
    queue: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(256))
    """Events to send; None ends the stream."""


@dataclass(slots=True)
class EventHub:
    """Listeners (open pages) by audience, to whom events are sent: the dispatch desk, one team, or pages of runs."""

    _listeners: dict[str, set[Listener]] = field(default_factory=dict)

    @contextmanager
    def listening(self, audience: str) -> Iterator[Listener]:
        """Yield a listener of an audience, such as the phones of one team, for as long as its page is open."""
        listener = Listener(audience)
        self._listeners.setdefault(audience, set()).add(listener)
        try:
            yield listener
        finally:
            self._listeners.get(audience, set()).discard(listener)

    def has(self, audience: str) -> bool:
        """Whether the audience has any open page."""
        return bool(self._listeners.get(audience))

    def n_open(self, prefix: str) -> int:
        """Return the number of open pages, over all audiences whose names begin with a prefix."""
        return sum(len(listeners) for name, listeners in list(self._listeners.items()) if name.startswith(prefix))

    def longest_queue(self) -> int:
        """Return the number of events in the longest queue of all open pages; 0 without pages."""
        waiting = (listener.queue.qsize() for known in list(self._listeners.values()) for listener in tuple(known))
        return max(waiting, default=0)

    def send(self, audience: str, event: bytes) -> None:
        """Send an event to every open page of an audience, such as one team; a page with a full queue is cut off."""
        for listener in tuple(self._listeners.get(audience, ())):
            try:
                listener.queue.put_nowait(event)
            except asyncio.QueueFull:
                self.cut(listener)

    def cut(self, listener: Listener) -> None:
        """Close the stream of one open page, which then reconnects; its waiting events are dropped."""
        self._listeners.get(listener.audience, set()).discard(listener)
        while not listener.queue.empty():
            listener.queue.get_nowait()
        listener.queue.put_nowait(None)

    def cut_all(self, audience: str | None = None) -> None:
        """Close the streams of `audience`; None: all streams."""
        known = self._listeners
        for listeners in list(known.values()) if audience is None else [known.get(audience, set())]:
            for listener in tuple(listeners):
                self.cut(listener)


def event_bytes(content: object, n: int | None = None) -> bytes:
    """
    Return an event with JSON content in the format of the stream (server-sent events).

    `n`: id of the event, which a page that reconnects sends back to name the last event it has; None: no id.
    """
    head = "" if n is None else f"id: {n}\n"
    return f"{head}data: {json_for_script(content)}\n\n".encode()


def last_seen(request: Request) -> int:
    """Return the number of the last event that a page has received (`Last-Event-ID`); 0 without a valid header."""
    text = request.headers.get("last-event-id", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else 0


def stream(hub: EventHub, audience: str, first: Callable[[], bytes], still: Callable[[], bool]) -> StreamingResponse:
    """Return a response that streams an audience's events, after the bytes of `first()`, until `still()` is false."""

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
            # Shorter than the idle timeout of proxies and phones.
            event = await asyncio.wait_for(listener.queue.get(), 15.0)
        except TimeoutError:
            event = b": beat\n\n"
        if event is None or not still():
            return
        yield event
