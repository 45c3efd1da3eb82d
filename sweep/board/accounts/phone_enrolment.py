"""Enrolment of a team's phone by a one-time code for one team and one day, shown as a QR code."""

import io
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import segno

from sweep.board.accounts.records_by_secret import HashedFile, hash_of


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """Unused one-time code for enrolling a phone of a team."""

    team_id: str
    of: str
    """Scenario and day for which the code is valid, such as `quancheng/2026-09-16`."""
    ends_at: str
    """Time from which the code is void, ISO 8601 with its offset."""


@dataclass(slots=True)
class Enrolments:
    """One-time codes that are issued and not used yet; like sessions, they survive a restart of the server."""

    file: HashedFile[EnrolmentCode]
    of: str
    """Scenario and day of the board; codes of other boards in the folder are kept, but not accepted by this board."""

    def issue(self, team_id: str) -> str:
        """Return a new code for a team; an earlier unused code of the team becomes invalid."""
        code = secrets.token_urlsafe(24)
        # Long enough to hand out the phones of a day, and short enough that a lost sheet of codes is soon worthless.
        ends_at = (self.file.now() + timedelta(hours=12)).isoformat()
        own = hash_of(code)
        self._drop(lambda h, c: h != own and c.team_id == team_id, {own: EnrolmentCode(team_id, self.of, ends_at)})
        return code

    def drop(self, team_id: str) -> None:
        """Delete the unused codes of a team, and all expired codes."""
        self._drop(lambda _, code: code.team_id == team_id)

    def teams(self) -> set[str]:
        """Return the ids of the teams with an unused code that has not expired."""
        return {c.team_id for c in self.file.all() if c.of == self.of}

    def team_of(self, code: str) -> str | None:
        """Return the id of the team that a code belongs to; None if the code is not valid on this board."""
        code_record = self.file.of(code)
        return code_record.team_id if code_record is not None and code_record.of == self.of else None

    def consume(self, code: str) -> None:
        """Delete a used code; called once the session of the phone that used it is stored."""
        own = hash_of(code)
        self._drop(lambda h, _: h == own)

    def _drop(
        self, is_dropped: Callable[[str, EnrolmentCode], bool], added: Mapping[str, EnrolmentCode] | None = None
    ) -> None:
        self.file.change(lambda h, code: not (code.of == self.of and is_dropped(h, code)), added)


def open_enrolments(folder: Path, now: Callable[[], datetime], of: str) -> Enrolments:
    """Return the unused enrolment codes in a folder; S978 if unreadable. `of`: scenario and day of the board."""
    return Enrolments(HashedFile(folder / "codes.json", EnrolmentCode, now), of)


def qr_terminal(text: str) -> str:
    """Return a text as a QR code for a terminal, two rows of dots per line of characters."""
    out = io.StringIO()
    segno.make(text, error="m", micro=False).terminal(out, compact=True)
    return out.getvalue()
