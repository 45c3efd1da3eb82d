"""Server-sent events: their text, and the response that goes on for as long as a page is open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from starlette.requests import Request
from starlette.responses import StreamingResponse

from sweep.board.sse.hub import Hub, Listener
from sweep.publish.page.escape import json_for_script

# Less than a proxy or a phone waits before it takes a quiet connection for a dead one.
_BEAT_S = 15.0
_RETRY_MS = 2_000


def event_bytes(content: object, n: int | None = None) -> bytes:
    """One event; a page that comes again names the number of the last one that it saw."""
    head = "" if n is None else f"id: {n}\n"
    return f"{head}data: {json_for_script(content)}\n\n".encode()


def last_seen(request: Request) -> int:
    """Number of the last event that a page has seen; 0 if it has seen none, or says nothing of sense."""
    text = request.headers.get("last-event-id", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else 0


def stream(hub: Hub, audience: str, first: Callable[[], bytes], still: Callable[[], bool]) -> StreamingResponse:
    """
    A response that sends what is new to a page until it is closed.

    Parameters
    ----------
    first
        What the page has not seen yet.
    still
        Whether the session of the page still holds.
    """

    async def events() -> AsyncIterator[bytes]:
        with hub.listening(audience) as listener:
            yield f"retry: {_RETRY_MS}\n\n".encode() + first()
            async for event in _sent_to(listener, still):
                yield event

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events(), media_type="text/event-stream", headers=headers)


async def _sent_to(listener: Listener, still: Callable[[], bool]) -> AsyncIterator[bytes]:
    while True:
        try:
            event = await asyncio.wait_for(listener.queue.get(), _BEAT_S)
        except TimeoutError:
            event = b": beat\n\n"
        if event is None or not still():
            return
        yield event
