"""A board in memory, and somebody who asks it: requests put straight to the application, with no port."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from http.cookies import SimpleCookie
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlencode

from argon2 import PasswordHasher

from geodata.clock_times import ZONE
from sweep.board.accounts.accounts import Account, Passphrases
from sweep.board.application import make_app
from sweep.board.board_state import Board
from sweep.board.day_clock import DayClock
from sweep.board.open_board import BoardOptions, open_board
from sweep.campaign.pages import campaign_list
from sweep.publish.edition import Edition
from tests.recorded import write_with_log

HOST = "board.test:8443"
CHEAP = Passphrases(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
PHRASE = "ABCDE-FGHJK"


class Wall:
    """A clock that a test sets."""

    def __init__(self, text: str) -> None:
        self.set(text)

    def set(self, clock: str) -> None:
        self.now = datetime.fromisoformat(f"2026-09-16T{clock}:00").replace(tzinfo=ZONE)

    def __call__(self) -> datetime:
        return self.now


def published(edition: Edition, out: Path) -> Path:
    """The edition on disk, with its entry in the log."""
    return write_with_log(edition, out / edition.scenario.name / edition.plan_id)


def wanted(folder: Path, wall: Wall, address: str = f"https://{HOST}") -> BoardOptions:
    return BoardOptions(folder, DayClock(wall=wall), 900, address, "P000", campaign_list)


def with_people(board: Board) -> Board:
    """The board with an account of each role that signs in, all of one passphrase."""
    board.passphrases = CHEAP
    kept = CHEAP.hash(PHRASE)
    for role in ("planner", "commander", "market_regulation", "auditor"):
        board.accounts[role] = Account(role, role, kept)  # type: ignore[arg-type]
    return board


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    cookies: list[str]

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


_apart = ThreadPoolExecutor(1)
# The application of the board that was asked last.
_served = SimpleNamespace()


def run_apart[T](work: Coroutine[Any, Any, T]) -> T:
    """Run in a thread of its own: a browser's test leaves a loop running in its own, in which no other may be run."""
    return _apart.submit(asyncio.run, work).result()


@dataclass
class Asker:
    """A browser of sorts: it keeps its cookies."""

    board: Board
    cookies: dict[str, str] = field(default_factory=dict)
    address: str = "10.0.0.9"

    @property
    def app(self) -> Any:
        if getattr(_served, "board", None) is not self.board:
            _served.board, _served.app = self.board, make_app(self.board, [HOST])
        return _served.app

    @property
    def sid(self) -> str:
        return self.cookies.get("sweep_session", "").partition(".")[0]

    @property
    def token(self) -> str:
        return self.board.sessions.token(self.sid)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        parts: list[bytes] | None = None,
    ) -> Answer:
        path, _, query = path.partition("?")
        all_headers = {"host": HOST, "content-length": str(len(body)), **(headers or {})}
        if self.cookies:
            all_headers["cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        scope = {
            "type": "http",
            "method": method,
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in all_headers.items() if v != ""],
            "client": (self.address, 1),
            "server": ("board.test", 8443),
            "scheme": "https",
            "http_version": "1.1",
            "asgi": {"version": "3.0"},
            "root_path": "",
        }
        asked = self._asked(scope, parts if parts is not None else [body])
        return run_apart(asked)

    async def _asked(self, scope: dict[str, Any], parts: list[bytes]) -> Answer:
        sent: list[dict[str, Any]] = []
        left = list(parts)

        async def receive() -> dict[str, Any]:
            if not left:
                await asyncio.sleep(3_600)
            return {"type": "http.request", "body": left.pop(0), "more_body": bool(left) or len(parts) > 1}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)
            if b"text/event-stream" in dict(sent[0].get("headers", ())).get(b"content-type", b"") and len(sent) > 1:
                raise asyncio.CancelledError

        with contextlib.suppress(asyncio.CancelledError):
            await self.app(scope, receive, send)
        headers = [(k.decode().lower(), v.decode()) for k, v in sent[0]["headers"]]
        cookies = [v for k, v in headers if k == "set-cookie"]
        for text in cookies:
            self.cookies |= {k: m.value for k, m in SimpleCookie(text).items()}
        body = b"".join(m.get("body", b"") for m in sent[1:])
        return Answer(sent[0]["status"], dict(headers), body, cookies)

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def form(
        self, path: str, token: str | None = None, headers: Mapping[str, str] | None = None, **form: str
    ) -> Answer:
        body = urlencode({"token": self.token if token is None else token, **form}).encode()
        return self.ask("POST", path, body, {"content-type": "application/x-www-form-urlencoded", **(headers or {})})

    def send(self, path: str, content: object, token: str | None = None) -> Answer:
        headers = {"content-type": "application/json", "x-sweep-token": self.token if token is None else token}
        return self.ask("POST", path, json.dumps(content).encode(), headers)

    def sign_in(self, role: str) -> Asker:
        """Signed in as somebody of a role; a phone of the team whose id is given else."""
        who = role if role in ("planner", "commander", "market_regulation", "auditor") else None
        if who is None:
            session = self.board.sessions.begin(role, "team", role)
        else:
            account = self.board.accounts[role]
            session = self.board.sessions.begin(role, account.role, passphrase_hash=account.passphrase_hash)
        self.cookies["sweep_session"] = self.board.sessions.cookie(session.sid)
        return self


def board_of(folder: Path, wall: Wall) -> Any:
    """The board of an edition, as a context."""
    return open_board(wanted(folder, wall))


def run_in_earnest(board: Board) -> None:
    """As a board does at the beginning of a day whose plan is approved."""
    board.is_exercise = False
    board.append_activation(board.plan_id, "P001")
