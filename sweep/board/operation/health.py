"""Health checks for monitoring: whether the board runs, and whether everything that it needs works."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sweep.board.accounts.sessions import Session
from sweep.board.guard.route_table import ProtectedRoute
from sweep.board.tls.certificates import utc_now

if TYPE_CHECKING:
    from sweep.board.board_state import Board

# A changed plan with its pages takes some ten megabytes, and the journal of a day a few.
MIN_FREE_MB = 200
# Largest step of the wall clock within an hour, against the time that has passed; a synchronised clock makes none.
MAX_CLOCK_STEP_S = 60
_CLOCK_WINDOW_S = 3_600.0
# The journal's disk is tried at most this often, however often monitoring asks.
_PROBE_EVERY_S = 5.0


@dataclass(slots=True)
class Health:
    """State of everything that the board needs; read by the event loop, and by the thread that serves the metrics."""

    board: Board
    _clock: tuple[float, float] = (0.0, -_CLOCK_WINDOW_S)
    """(wall clock minus monotonic clock, monotonic time at which that was measured), in seconds."""
    _probe: tuple[bool, float] = (False, -_PROBE_EVERY_S)
    """(whether the journal's disk was writable, monotonic time at which that was tried)."""
    _lock: Lock = field(default_factory=Lock)

    def values(self) -> dict[str, bool | int | None]:
        """Return, by name of the check, whether it passed, or a figure (`disk_free_mb`); None: unused on this board."""
        board = self.board
        with self._lock:
            step_s = self._clock_step_s()
            ahead_report_s, clock_s = board.live.ahead_report_s, board.live.clock.report_s()
            if time.monotonic() - self._probe[1] >= _PROBE_EVERY_S:
                self._probe = is_writable(board.live.journal.path), time.monotonic()
        return {
            "journal": self._probe[0],
            "disk_free_mb": shutil.disk_usage(board.folder).free // 10**6,
            "planner": None if board.planner is None else board.planner.is_ready,
            "store": None if board.store is None else not board.live.is_cut_off,
            "clock_step_s": max(step_s, clock_s - (ahead_report_s or clock_s), key=abs),
            "certificate_days": None if board.certificate is None else board.certificate.days_left(utc_now()),
        }

    def _clock_step_s(self) -> int:
        """Return by how many seconds the wall clock was set forward (negative: back) during at most the last hour."""
        now_s = time.monotonic()
        offset_s = self.board.live.clock.wall().timestamp() - now_s
        if now_s - self._clock[1] >= _CLOCK_WINDOW_S:
            self._clock = offset_s, now_s
        return round(offset_s - self._clock[0])


def failing(values: dict[str, bool | int | None]) -> list[str]:
    """
    Return the names of the checks that failed; `values`: results of `Health.values`.

    Failed: False, less than `MIN_FREE_MB`, a clock step above `MAX_CLOCK_STEP_S`, a certificate with less than a day.
    """
    days = values["certificate_days"]
    failed = {
        "disk_free_mb": (values["disk_free_mb"] or 0) < MIN_FREE_MB,
        "clock_step_s": abs(values["clock_step_s"] or 0) > MAX_CLOCK_STEP_S,
        "certificate_days": days is not None and days < 1,
    }
    return [name for name, value in values.items() if failed.get(name, value is False)]


def is_writable(journal: Path) -> bool:
    """Return whether the journal exists and its folder can be written to."""
    probe = journal.with_suffix(".probe")
    try:
        with open(probe, "wb", opener=lambda path, flags: os.open(path, flags | os.O_CREAT, 0o600)) as file:
            file.write(b"x" * 4_096)
            file.flush()
            os.fsync(file.fileno())
        return journal.is_file()
    except OSError:
        return False
    finally:
        probe.unlink(missing_ok=True)


async def live(_board: Board, _request: Request, _session: Session) -> Response:
    """Respond that the board is running, with its version."""
    return JSONResponse({"version": metadata.version("sweep")})


async def ready(board: Board, _request: Request, _session: Session) -> Response:
    """Return the result of each check; the status is 503 if any fails, and `failing` names those."""
    values = await asyncio.to_thread(board.health.values)
    failed = failing(values)
    content = {"version": metadata.version("sweep"), "failing": failed, "checks": values}
    return JSONResponse(content, 503 if failed else 200)


ROUTES = tuple(
    ProtectedRoute(path, endpoint, None, method)
    for path, endpoint in (("/health/live", live), ("/health/ready", ready))
    # Monitoring tools send HEAD requests.
    for method in ("GET", "HEAD")
)
