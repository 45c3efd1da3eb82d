"""A team's phone enrolled once, by a code for that team, that day and one phone, shown to its camera."""

import hashlib
import io
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import segno
from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class _Ticket:
    team_id: str
    day: str
    ends_at: datetime


@dataclass(slots=True)
class Enrolments:
    """Codes that were given out and not used yet; a server that is started again knows none, and gives out new ones."""

    now: Callable[[], datetime]
    _open: dict[str, _Ticket] = field(default_factory=dict)
    """Tickets not used yet, keyed by the hash of their code."""

    def issue(self, team_id: str, day: str) -> str:
        """A new code for a team; one that it had before and did not use is good no more."""
        self.drop(team_id)
        code = secrets.token_urlsafe(24)
        # Long enough to hand out the phones of a day, short enough that a lost sheet of codes is worth little.
        self._open[_hash(code)] = _Ticket(team_id, day, self.now() + timedelta(hours=12))
        return code

    def drop(self, team_id: str) -> None:
        """Forget the codes of a team that it did not use, and all that are over."""
        self._open = {h: t for h, t in self._open.items() if t.team_id != team_id and t.ends_at > self.now()}

    def teams(self) -> set[str]:
        """Teams with a code that was not used yet, and is good still."""
        return {t.team_id for t in self._open.values() if t.ends_at > self.now()}

    def team_of(self, code: str, day: str) -> str | None:
        """The team of a code; None if it is not, or no longer, good on this day."""
        ticket = self._open.get(_hash(code))
        if ticket is None or ticket.day != day or ticket.ends_at <= self.now():
            return None
        return ticket.team_id

    def use_up(self, code: str) -> None:
        """Forget a code, once the session of its phone is stored."""
        self._open.pop(_hash(code), None)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()


def qr_svg(text: str) -> Markup:
    """The code as an SVG element, black on white, with its quiet zone."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=False, omitsize=True, light="#fff", svgclass="qr", lineclass=None
    )
    # segno writes paths and numbers only.
    return Markup(out.getvalue().decode("utf-8"))  # noqa: S704


def qr_terminal(text: str) -> str:
    """The code for a terminal: two rows of dots in each line of signs."""
    out = io.StringIO()
    segno.make(text, error="m", micro=False).terminal(out, compact=True)
    return out.getvalue()
