"""Sessions: a cookie that is signed and read by no script, and ends with the day."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

from geodata.clock import ZONE
from geodata.errors import InputError, Issue
from sweep.board.accounts.accounts import Account, Role
from sweep.disk.files import write_files

COOKIE = "sweep_session"
_FILE, _KEY = "sessions.json", "key"
# A night shift that began before midnight ends with the morning.
_ENDS = time(5, 0)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has signed in, or a phone that is enrolled."""

    sid: str
    """What the cookie holds; on disk stands its hash."""
    who: str
    role: Role
    ends_at: str
    team_id: str | None = None
    """Whose phone it is; None: somebody who has signed in with an account."""
    passphrase: str = ""
    """Hash of what the account keeps of its passphrase."""

    def is_of(self, account: Account | None) -> bool:
        """Whether it was begun with an account as that is now: open, of this role and this passphrase."""
        if account is None or account.is_closed:
            return False
        return account.role == self.role and _hash(account.passphrase_hash) == self.passphrase


@dataclass(slots=True)
class Sessions:
    """The open sessions of a board, which outlive the server but not the day."""

    folder: Path
    key: bytes
    now: Callable[[], datetime]
    _open: dict[str, Session] = field(default_factory=dict)
    """Keyed by the hash of their sid."""

    def begin(self, who: str, role: Role, team_id: str | None = None, *, passphrase_hash: str = "") -> Session:
        """
        A session with an id that nobody had before: whatever cookie was there is worth nothing.

        Parameters
        ----------
        passphrase_hash
            What the account keeps; a phone has none.
        """
        sid, ends_at = secrets.token_urlsafe(32), end_of_day(self.now()).isoformat()
        session = Session(sid, who, role, ends_at, team_id, _hash(passphrase_hash))
        self._open[_hash(session.sid)] = session
        self._write()
        return session

    def end_one(self, sid: str) -> None:
        """Close one session."""
        self._open.pop(_hash(sid), None)
        self._write()

    def end(self, keep: Callable[[Session], bool]) -> None:
        """Close all sessions but those to be kept."""
        self._open = {h: s for h, s in self._open.items() if keep(s)}
        self._write()

    def of_cookie(self, cookie: str | None) -> Session | None:
        """The session of a cookie; None if it is not one of ours, or is over."""
        sid, _, sign = (cookie or "").partition(".")
        if not hmac.compare_digest(sign.encode(), self._sign("session", sid).encode()):
            return None
        session = self._open.get(_hash(sid))
        if session is None or datetime.fromisoformat(session.ends_at) <= self.now():
            return None
        return Session(**{**asdict(session), "sid": sid})

    def cookie(self, sid: str) -> str:
        """What the browser keeps of a session."""
        return f"{sid}.{self._sign('session', sid)}"

    def token(self, sid: str) -> str:
        """What a page of this session sends with whatever it changes: another site does not know it."""
        return self._sign("csrf", sid)

    def all(self) -> tuple[Session, ...]:
        """Those that are open."""
        return tuple(self._open.values())

    def _sign(self, use: str, sid: str) -> str:
        return hmac.new(self.key, f"{use}:{sid}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def _write(self) -> None:
        now = self.now()
        self._open = {h: s for h, s in self._open.items() if datetime.fromisoformat(s.ends_at) > now}
        kept = {h: {**asdict(s), "sid": ""} for h, s in self._open.items()}
        write_files({_FILE: json.dumps(kept)}, self.folder, is_secret=True)


def open_sessions(folder: Path, now: Callable[[], datetime]) -> Sessions:
    """
    The sessions that a folder keeps.

    Raises
    ------
    InputError
        S978 if the file cannot be read.
    """
    key, path = folder / _KEY, folder / _FILE
    if not key.is_file():
        write_files({_KEY: secrets.token_bytes(32)}, folder, is_secret=True)
    try:
        kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        sessions = {h: Session(**content) for h, content in kept.items()}
    except (OSError, ValueError, TypeError) as error:
        raise InputError([Issue("S978", str(path))]) from error
    return Sessions(folder, key.read_bytes(), now, sessions)


def end_of_day(now: datetime) -> datetime:
    """When a session that begins now is over: at five in the morning."""
    own = now.astimezone(ZONE)
    end = datetime.combine(own.date(), _ENDS, ZONE)
    return end if own < end else end + timedelta(days=1)


def _hash(sid: str) -> str:
    return hashlib.sha256(sid.encode("utf-8", "replace")).hexdigest()
