"""Sessions of the board: a signed cookie that scripts cannot read, valid until the end of the day."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from geodata.clock_times import ZONE
from geodata.regular_file import read_regular
from sweep.board.accounts.accounts import Account, Role
from sweep.board.accounts.records_by_secret import HashedFile, hash_of
from sweep.disk.atomic_files import write_files

COOKIE = "sweep_session"
_FILE, _KEY = "sessions.json", "key"
# A night shift that began before midnight ends in the morning.
_ENDS = time(5, 0)


@dataclass(frozen=True, slots=True)
class Session:
    """Session of an account that has signed in, or of a phone that is enrolled for a team."""

    sid: str
    """Session id, which the cookie contains; the file on disk has only its hash."""
    who: str
    """Name of the account; for a phone the id of its team."""
    role: Role
    ends_at: str
    """Time from which the session is void, ISO 8601 with its offset."""
    team_id: str | None = None
    """Team of the phone; None for a session of an account."""
    passphrase: str = ""
    """Hash of the account's passphrase hash, to notice a changed passphrase."""
    of: str = ""
    """Scenario and day for which a phone is enrolled; empty for an account, which is valid for all days."""

    def is_of(self, account: Account | None) -> bool:
        """Return whether the account is open and has the role and passphrase with which the session began."""
        if account is None or account.is_closed:
            return False
        return account.role == self.role and hash_of(account.passphrase_hash) == self.passphrase


@dataclass(slots=True)
class Sessions:
    """
    Open sessions of a board; they survive a restart of the server, and end with the day.

    All boards of one folder share one file of sessions.
    """

    file: HashedFile[Session]
    key: bytes
    """Secret with which cookies and tokens are signed (HMAC)."""
    of: str
    """Scenario and day of the board, such as `quancheng/2026-09-16`; phones enrolled for another one are refused."""

    def begin(self, who: str, role: Role, team_id: str | None = None, *, passphrase_hash: str = "") -> Session:
        """
        Begin and return a session with a new random id; an id from an earlier cookie is never reused.

        `who`: account, or team of a phone; `team_id`: team of a phone, None for an account; `passphrase_hash`: stored
        hash of the account's passphrase.
        """
        of = "" if team_id is None else self.of
        sid, ends_at = secrets.token_urlsafe(32), end_of_day(self._day_of(of)).isoformat()
        session = Session("", who, role, ends_at, team_id, hash_of(passphrase_hash), of)
        self.file.change(lambda _hash_of, _session: True, {hash_of(sid): session})
        return replace(session, sid=sid)

    def _day_of(self, of: str) -> datetime:
        """
        Return the time from which a session's end is computed: noon of a phone's day if less than 24 h ahead, else now.

        `of`: `scenario/day` of a phone, which may be enrolled the day before; empty for an account.
        """
        now = self.file.now()
        if not of:
            return now
        noon = datetime.combine(date.fromisoformat(of.rpartition("/")[2]), time(12), ZONE)
        return noon if timedelta() < noon - now < timedelta(days=1) else now

    def end_one(self, sid: str) -> None:
        """Close the session with the id `sid`; an unknown id is accepted."""
        ended = hash_of(sid)
        self.file.change(lambda hash_of, _session: hash_of != ended)

    def end(self, keep: Callable[[Session], bool]) -> None:
        """Close all sessions of this board except those for which `keep` is true."""
        self.file.change(lambda _hash_of, session: not self._is_of_this_board(session) or keep(session))

    def of_cookie(self, cookie: str | None) -> Session | None:
        """Return the session of a cookie; None if the signature is wrong or the session has ended."""
        sid, _, signature = (cookie or "").partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign("session", sid).encode()):
            return None
        session = self.file.of(sid)
        return replace(session, sid=sid) if session is not None and self._is_of_this_board(session) else None

    def cookie(self, sid: str) -> str:
        """Return the signed cookie value for the session with the id `sid`."""
        return f"{sid}.{self._sign('session', sid)}"

    def token(self, sid: str) -> str:
        """Return the CSRF token that a page of this session sends with each request that changes something."""
        return self._sign("csrf", sid)

    def seal(self, team_id: str) -> str:
        """Return the key (hexadecimal) with which a team's phone encrypts unsent reports when its session ends."""
        return self._sign("seal", f"{self.of}/{team_id}")

    def lasts_s(self, session: Session) -> int:
        """Return the seconds until a session ends; negative once it has ended."""
        return int((datetime.fromisoformat(session.ends_at) - self.file.now()).total_seconds())

    def all(self) -> tuple[Session, ...]:
        """Return the open sessions of this board."""
        return tuple(filter(self._is_of_this_board, self.file.all()))

    def _is_of_this_board(self, session: Session) -> bool:
        return session.team_id is None or session.of == self.of

    def _sign(self, use: str, sid: str) -> str:
        return hmac.new(self.key, f"{use}:{sid}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def open_sessions(folder: Path, now: Callable[[], datetime], of: str) -> Sessions:
    """
    Return the sessions in a folder, and make the signing key on first use; InputError S978 if unreadable.

    `of`: scenario and day of the board, for which phones are enrolled.
    """
    key = folder / _KEY
    if not key.is_file():
        write_files({_KEY: secrets.token_bytes(32)}, folder, is_secret=True)
    return Sessions(HashedFile(folder / _FILE, Session, now), read_regular(key), of)


def end_of_day(now: datetime) -> datetime:
    """Return the time at which a session that begins now ends: the next 05:00 local time."""
    own = now.astimezone(ZONE)
    end = datetime.combine(own.date(), _ENDS, ZONE)
    return end if own < end else end + timedelta(days=1)
