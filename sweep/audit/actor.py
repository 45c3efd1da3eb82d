"""Record of the acting person and the time of the act; both come from outside the inputs."""

import getpass
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from geodata.clock_times import ZONE
from geodata.errors import InputError, Issue
from sweep.audit.approval import checked_id
from sweep.audit.audit_log import AuditLog
from sweep.audit.hash_chain import Head, Json


@dataclass(frozen=True, slots=True)
class Actor:
    """Person at the command line, by pseudonym, with the settings overridden for this run."""

    who: str
    at: str
    """ISO 8601 with its offset."""
    overrides: Mapping[str, str] = field(default_factory=dict)
    """Values by `section.key`."""

    def log(
        self, log: AuditLog, act: str, facts: Mapping[str, Json], stage: Callable[[Head], object] | None = None
    ) -> Head:
        """Log an act of this person with `overrides`, after calling `stage` with the log's new head; return it."""
        return log.append(self.at, self.who, act, {**facts, "overrides": dict(self.overrides)}, stage)


def present_actor(by: str | None, overrides: Mapping[str, str] | None = None) -> Actor:
    """
    Actor of this command now, named by `by`, else SWEEP_BY, else the login name; S801 if the name is no plain word.

    `overrides`: values of settings given to the command, by dotted key; None: no values.
    """
    at = datetime.now(ZONE).isoformat(timespec="seconds")
    return Actor(checked_id(by or os.environ.get("SWEEP_BY") or _login()), at, overrides or {})


def chosen_day(text: str | None, actor: Actor) -> date:
    """
    Return the day that counts as today for a command: that in `text` (ISO 8601); None: the day of the actor's clock.

    InputError S832 if the text is no date, or a day after the actor's.
    """
    own = date.fromisoformat(actor.at[:10])
    try:
        day = own if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise InputError([Issue("S832", "--today", {"got": str(text)[:20]})]) from error
    if day > own:
        raise InputError([Issue("S832", "--today", {"got": day.isoformat()})])
    return day


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container without a user list
        return "unknown"
