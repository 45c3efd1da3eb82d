"""
Limits on the time and number of connections, in front of uvicorn's HTTP protocol.

uvicorn has no timeout for a request head and no limit per address, and it counts a connection only after its TLS
handshake. A client that sends half a head never reaches the application, so no middleware can limit it. For that
reason this module accepts each connection itself, starts TLS, and forwards the bytes to uvicorn's protocol. It uses
the interface of `asyncio.Protocol` and the ASGI scope alone, and nothing inside uvicorn.
"""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sweep.board.accounts.sessions import COOKIE, Session

# From the acceptance of a connection, or the first byte of a further request, to the end of the request head. A phone
# with a weak signal needs some seconds for the TLS handshake.
HEAD_S = 20.0
# Pause before the rest of an unfinished head is read, and its factor after each part. Without it 3,000 clients that
# send a byte a second take a quarter of a core; a head in two packets comes 0.05 s later.
_PAUSE_S, _PAUSE_FACTOR = 0.05, 5.0
# For a request without a session, from the end of its head to the end of the response. Its body has 20 s.
ANSWER_S = 60.0
# Between two log lines about closed connections.
_LOG_EVERY_S = 60.0
# Soft limit of open files that the server asks for, and the part of it for journal, log, children and store.
_FILES_WANTED, _FILES_OWN = 8_192, 256

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Maximum numbers of open connections, counted apart for anonymous clients and for sessions."""

    n_anonymous: int = 4_000
    """Connections without a request, or whose last request had no session; many, as it costs little to keep them."""
    n_per_address: int = 3_200
    """Largest part of `n_anonymous` that one address may take."""
    n_signed_in: int = 2_000
    """Connections of all sessions together."""
    n_per_session: int = 32
    """Connections of one session. A browser opens at most six to one host."""


def limits_for(n_files: int) -> ConnectionLimits:
    """Return the limits for a maximum number of open files; anonymous connections take at most half of them."""
    usual, free = ConnectionLimits(), max(8, n_files - _FILES_OWN)
    n_anonymous = min(usual.n_anonymous, free // 2)
    n_signed_in = min(usual.n_signed_in, free - n_anonymous)
    return ConnectionLimits(
        n_anonymous, min(usual.n_per_address, n_anonymous * 4 // 5), n_signed_in, usual.n_per_session
    )


def raise_file_limit() -> int:
    """Raise the soft limit of open files as far as the system allows; return the limit in effect."""
    if sys.platform == "win32":
        return _FILES_WANTED
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = _FILES_WANTED if hard == resource.RLIM_INFINITY else min(_FILES_WANTED, hard)
    if soft == resource.RLIM_INFINITY or soft >= allowed:
        return _FILES_WANTED if soft == resource.RLIM_INFINITY else soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed


@dataclass(eq=False, slots=True)
class ConnectionPool:
    """Open connections grouped by key (address or session id), the oldest of each key first."""

    most: int
    """Largest number of connections, beyond which `add` names one to close; `most_per_key`: of one key."""
    most_per_key: int
    n: int = 0
    """Number of open connections."""
    _by_key: dict[str, dict[Connection, None]] = field(default_factory=dict)

    def add(self, key: str, connection: Connection) -> Connection | None:
        """
        Add a connection; return the connection that the caller must close and remove, or None within the limits.

        If `key` already has `most_per_key` connections, the oldest connection of `key` is returned. Else, if the pool
        has `most` connections, the oldest connection of the key with the most connections is returned.
        """
        crowded = self._by_key.get(key, {})
        if len(crowded) < self.most_per_key:
            crowded = max(self._by_key.values(), key=len) if self.n >= self.most else {}
        oldest = next(iter(crowded), None)
        self._by_key.setdefault(key, {})[connection] = None
        self.n += 1
        return oldest

    def remove(self, key: str, connection: Connection) -> None:
        """Remove an open connection that was added under this key (address or session id)."""
        del self._by_key[key][connection]
        self.n -= 1
        if not self._by_key[key]:
            del self._by_key[key]


class ConnectionLimiter:
    """
    Limiter of open connections: middleware around the application, and maker of the protocol that uvicorn serves.

    A connection counts for its address, then for the session of its requests. Connections over a limit are closed.
    """

    def __init__(
        self,
        app: ASGIApp,
        session_of: Callable[[str | None], Session | None],
        tls: ssl.SSLContext | None,
        limits: ConnectionLimits,
    ) -> None:
        self.tls = tls
        self._app = app
        self._session_of = session_of
        self._anonymous = ConnectionPool(limits.n_anonymous, limits.n_per_address)
        self._signed_in = ConnectionPool(limits.n_signed_in, limits.n_per_session)
        self._by_ends: dict[object, Connection] = {}
        self._n_closed, self._logged_s = 0, -_LOG_EVERY_S

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request to the application, and count its connection under its session."""
        connection = self._by_ends.get((scope.get("client"), scope.get("server")))
        if connection is None:
            await self._app(scope, receive, send)
            return
        session = self._session_of(HTTPConnection(scope).cookies.get(COOKIE))
        self.place(connection, None if session is None else session.sid)
        connection.request_begins(is_anonymous=session is None)
        try:
            await self._app(scope, receive, send)
        finally:
            connection.request_ends()

    def protocol(self, **settings: Any) -> asyncio.Protocol:
        """Return the protocol of a new connection; `settings` are those of uvicorn's own protocol."""
        return Connection(self, H11Protocol(**settings))

    def place(self, connection: Connection, sid: str | None) -> None:
        """Count a connection under its session, else its address; close one if a limit is then exceeded."""
        pool, key = (self._anonymous, connection.address) if sid is None else (self._signed_in, sid)
        if connection.is_lost or connection.place == (pool, key):
            return
        self._remove_from_pool(connection)
        connection.place = (pool, key)
        self._by_ends[connection.ends] = connection
        crowded = pool.add(key, connection)
        if crowded is not None:
            self._log_closed(crowded)
            crowded.close()

    def remove(self, connection: Connection) -> None:
        """Remove a closed connection from the count."""
        self._remove_from_pool(connection)
        if self._by_ends.get(connection.ends) is connection:
            del self._by_ends[connection.ends]

    async def close(self) -> None:
        """Close the connections that are still open after uvicorn has shut down."""
        for connection in list(self._by_ends.values()):
            connection.close()
        await asyncio.sleep(0)  # the transports close their sockets in the next turn of the loop

    def _remove_from_pool(self, connection: Connection) -> None:
        if connection.place is not None:
            pool, key = connection.place
            pool.remove(key, connection)
            connection.place = None

    def _log_closed(self, connection: Connection) -> None:
        self._n_closed += 1
        now_s = asyncio.get_running_loop().time()
        if now_s - self._logged_s >= _LOG_EVERY_S:
            _log.warning("Connection limit reached: %d closed, last from %s", self._n_closed, connection.address)
            self._n_closed, self._logged_s = 0, now_s


class Connection(asyncio.Protocol):
    """Connection that forwards bytes to uvicorn, and has a deadline until its request head is complete."""

    def __init__(self, gate: ConnectionLimiter, inner: asyncio.Protocol) -> None:
        self.place: tuple[ConnectionPool, str] | None = None
        self.address = "-"
        self.ends: object = None
        self.is_lost = False
        self._gate = gate
        self._inner = inner
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._handshake: asyncio.Task[None] | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._is_answering = False
        self._is_begun = False
        self._early = bytearray()
        self._reading: asyncio.Transport | None = None
        self._resumption: asyncio.TimerHandle | None = None
        self._pause_s, self._tail = _PAUSE_S, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection before anything is read from it, and start TLS."""
        self._transport = cast("asyncio.Transport", transport)
        peer, own = (transport.get_extra_info(name) for name in ("peername", "sockname"))
        # A client that is gone again has no address.
        if not peer or not own:
            self._transport.abort()
            return
        self.address, self.ends = str(peer[0]), (tuple(peer[:2]), tuple(own[:2]))
        # A random deadline spreads the reconnections of slow clients that began together.
        self._set_deadline(HEAD_S * random.uniform(1.0, 1.5))
        self._gate.place(self, None)
        if self._gate.tls is None:
            self._begin(self._transport)
        else:
            # Nothing is read in plain text.
            self._transport.pause_reading()
            self._handshake = self._loop.create_task(self._secure(self._transport, self._gate.tls))

    async def _secure(self, transport: asyncio.Transport, tls: ssl.SSLContext) -> None:
        try:
            secure = await self._loop.start_tls(
                transport, self, tls, server_side=True, ssl_handshake_timeout=HEAD_S, ssl_shutdown_timeout=HEAD_S
            )
        except OSError:
            secure = None
        # asyncio gives no transport for a connection that was closed during the handshake.
        if secure is None:
            self._lose()
        elif not self.is_lost:
            self._begin(secure)

    def _begin(self, transport: asyncio.Transport) -> None:
        self._is_begun = True
        self._reading = transport
        self._inner.connection_made(transport)
        if self._early:
            self.data_received(bytes(self._early))
            self._early.clear()

    def data_received(self, data: bytes) -> None:
        """
        Forward bytes to uvicorn. The first bytes of a request set its deadline, and further ones do not extend it.

        Parts of a head are read at growing intervals, so that a head sent byte by byte costs little processor time.
        """
        if not self._is_begun:
            # asyncio delivers bytes that came with the end of the handshake before the handshake's task resumes.
            self._early += data
            return
        if self._is_answering:
            self._inner.data_received(data)
            return
        if self._deadline is None:
            self._set_deadline(HEAD_S)
        self._inner.data_received(data)
        known = self._tail + data
        self._tail = known[-2:]
        # After a complete head uvicorn controls the request, including pause and resume.
        if b"\n\r\n" not in known and b"\n\n" not in known and self._reading is not None:
            self._reading.pause_reading()
            self._resumption = self._loop.call_later(self._pause_s, self._reading.resume_reading)
            self._pause_s *= _PAUSE_FACTOR

    def eof_received(self) -> bool | None:
        """Forward the end of the client's data to uvicorn's protocol."""
        return self._inner.eof_received() if self._is_begun else None

    def pause_writing(self) -> None:
        """Make uvicorn stop sending for now, as the client reads slowly."""
        if self._is_begun:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Make uvicorn send again, as the client has read the waiting bytes."""
        if self._is_begun:
            self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forward the end of the connection to uvicorn's protocol, and remove it from the count."""
        self._lose()
        if self._is_begun:
            self._inner.connection_lost(exc)

    def request_begins(self, *, is_anonymous: bool) -> None:
        """
        Mark the request head as complete, which ends the deadline of the head.

        An anonymous request gets a deadline for its response; one of a session gets none, as it may stream events.
        """
        self._is_answering = True
        self._pause_s, self._tail = _PAUSE_S, b""
        self._set_deadline(ANSWER_S if is_anonymous else None)

    def request_ends(self) -> None:
        """Mark the response as sent; until the next request uvicorn's keep-alive timeout applies."""
        self._is_answering = False
        self._set_deadline(None)

    def close(self) -> None:
        """Close the connection without waiting for the client."""
        self._lose()
        if self._transport is not None:
            self._transport.abort()

    def _set_deadline(self, seconds: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if seconds is None or self.is_lost else self._loop.call_later(seconds, self.close)

    def _lose(self) -> None:
        self.is_lost = True
        self._set_deadline(None)
        if self._resumption is not None:
            self._resumption.cancel()
        self._gate.remove(self)
