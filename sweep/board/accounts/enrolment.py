"""Enrolment of a team's phone by a one-time code for one team and one day, shown as a QR code."""

import hashlib
import io
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import segno


@dataclass(frozen=True, slots=True)
class _EnrolmentCode:
    team_id: str
    day: str
    ends_at: datetime


@dataclass(slots=True)
class Enrolments:
    """One-time codes that are issued and unused, in memory only, so that a restart drops them."""

    now: Callable[[], datetime]
    _open: dict[str, _EnrolmentCode] = field(default_factory=dict)
    """Unused tickets, keyed by the hash of their code."""

    def issue(self, team_id: str, day: str) -> str:
        """Issue a new code for a team; an earlier unused code of the team becomes invalid."""
        self.drop(team_id)
        code = secrets.token_urlsafe(24)
        # Long enough to hand out the phones of a day, and short enough that a lost sheet of codes is soon worthless.
        self._open[_hash(code)] = _EnrolmentCode(team_id, day, self.now() + timedelta(hours=12))
        return code

    def drop(self, team_id: str) -> None:
        """Forget the unused codes of a team, and all expired codes."""
        self._open = {h: t for h, t in self._open.items() if t.team_id != team_id and t.ends_at > self.now()}

    def teams(self) -> set[str]:
        """Return the teams with an unused code that has not expired."""
        return {t.team_id for t in self._open.values() if t.ends_at > self.now()}

    def team_of(self, code: str, day: str) -> str | None:
        """Return the team of a code; None if the code is not valid on this day."""
        ticket = self._open.get(_hash(code))
        if ticket is None or ticket.day != day or ticket.ends_at <= self.now():
            return None
        return ticket.team_id

    def consume(self, code: str) -> None:
        """Forget a code after the session of its phone is stored."""
        self._open.pop(_hash(code), None)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()


def qr_terminal(text: str) -> str:
    """Return the QR code as text for a terminal, two rows of dots per line of characters."""
    out = io.StringIO()
    segno.make(text, error="m", micro=False).terminal(out, compact=True)
    return out.getvalue()
