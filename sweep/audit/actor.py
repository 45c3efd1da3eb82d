"""Who acts, and when: what a log needs and no input says."""

import getpass
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from geodata.clock import ZONE
from geodata.errors import InputError, Issue
from geodata.personal.numbers import find_personal_numbers
from sweep.audit.chain import Head, Json
from sweep.audit.log import AuditLog


@dataclass(frozen=True, slots=True)
class Actor:
    """The person at the command line, by pseudonym, and what they changed for this run."""

    who: str
    at: str
    """ISO 8601 with its offset."""
    overrides: Mapping[str, str] = field(default_factory=dict)
    """Values by `section.key`."""

    def log(
        self, log: AuditLog, act: str, facts: Mapping[str, Json], stage: Callable[[Head], object] | None = None
    ) -> Head:
        """Add a line to a log; `stage` as of `AuditLog.append`."""
        return log.append(self.at, self.who, act, {**facts, "overrides": dict(self.overrides)}, stage)


def checked_id(text: str) -> str:
    """The pseudonym of who acts; S801 if it is no plain word, or holds an identity or a mobile number."""
    if not re.fullmatch(r"[\w.@-]{1,64}", text) or find_personal_numbers(text):
        raise InputError([Issue("S801", "--by", {"got": text[:8]})])
    return text


def present_actor(by: str | None, overrides: Mapping[str, str] | None = None) -> Actor:
    """The person who runs the command, as `by`, SWEEP_BY or the login name says; S801 if that is no plain word."""
    at = datetime.now(ZONE).isoformat(timespec="seconds")
    return Actor(checked_id(by or os.environ.get("SWEEP_BY") or _login()), at, overrides or {})


def chosen_day(text: str | None, actor: Actor) -> date:
    """A day given by hand, else the actor's day; S832 if the text is no day, or a later day than the actor's."""
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
