"""
Log of requests as text or JSON lines: time, level, request id, role, address, route and status, but no content.

Paths, queries, bodies, error messages and names of teams or people are never logged: the route is its template, an
exception its type and the lines of code that it passed. A service manager such as journald rotates the lines.
"""

from __future__ import annotations

import json
import logging
import secrets
import sys
import time
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from starlette.types import ASGIApp, Receive, Scope, Send

from geodata.clock_times import ZONE

if TYPE_CHECKING:
    from sweep.board.operation.metrics import Metrics

LOG_FORMATS = ("text", "json")
"""Formats of the log lines."""

_log = logging.getLogger(__name__)
_METHODS = frozenset({"GET", "HEAD", "POST"})


@dataclass(slots=True)
class LoggedRequest:
    """Facts of a request that the log shows."""

    request: str
    """Random id of the request, also in the response."""
    address: str
    """Address of the client."""
    route: str = "other"
    """Template of the route, such as `/editions/{name}`; `other` for a path without a route."""
    role: str = "-"
    """Role of the session; `-` without one."""


# Each request runs in a task of its own, so the value ends with the request.
_current: ContextVar[LoggedRequest | None] = ContextVar("logged_request", default=None)


def note_route(route: str, role: str | None) -> None:
    """Set route (template) and role of the current request for the log; role None: the client has not signed in."""
    if (request := _current.get()) is not None:
        request.route, request.role = route, role or "-"


@dataclass(frozen=True, slots=True)
class RequestLog:
    """Outermost middleware: counts and logs each request, and adds its id to the response."""

    app: ASGIApp
    metrics: Metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, then count and log it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        client = scope.get("client")
        request = LoggedRequest(secrets.token_hex(6), str(client[0]) if client else "-")
        _current.set(request)
        status, began_s = 500, time.monotonic()

        async def send_with_id(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], (b"x-request-id", request.request.encode())]}
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            seconds = time.monotonic() - began_s
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self.metrics.count(method, request.route, status, seconds)
            # A 503 is for the caller, which may be monitoring that asks every few seconds.
            level = logging.WARNING if status in (500, 507) else logging.INFO
            facts = {"method": method, "route": request.route, "status": status, "ms": round(1_000 * seconds)}
            _log.log(level, "request", extra={"facts": facts})


class LineFormatter(logging.Formatter):
    """Formatter that makes one line per log record, as text or JSON."""

    def __init__(self, log_format: str) -> None:
        super().__init__()
        self._log_format = log_format

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a log record."""
        request = _current.get()
        content = {
            "time": datetime.fromtimestamp(record.created, ZONE).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "request": request.request if request else "-",
            "role": request.role if request else "-",
            "address": request.address if request else "-",
            "message": record.getMessage().strip(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.extract_tb(record.exc_info[2])
            # Without the exception's message, which may quote what a client sent.
            content["error"] = record.exc_info[0].__name__
            content["at"] = " ".join(f"{f.filename.rpartition('/')[2]}:{f.lineno}" for f in frames)
        if self._log_format == "json":
            return json.dumps(content, ensure_ascii=False)
        return " ".join(str(value).replace("\n", " ") for value in content.values())


@contextmanager
def logged_to_stderr(log_format: str | None) -> Iterator[None]:
    """Log to stderr in the `with` block: each request in `log_format` (`text`, `json`); None: warnings as text."""
    root, handler = logging.getLogger(), logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter(log_format or "text"))
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO if log_format else logging.WARNING)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
