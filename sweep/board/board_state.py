"""State of a running board."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from sweep.audit.audit_log import AuditLog
from sweep.audit.hash_chain import Json
from sweep.board.accounts.accounts import Account, Passphrases, read_accounts
from sweep.board.accounts.phone_enrolment import Enrolments
from sweep.board.accounts.sessions import Session, Sessions
from sweep.board.accounts.sign_in_throttle import SignInThrottle
from sweep.board.live_day import LiveDay
from sweep.board.operation.health import Health
from sweep.board.operation.metrics import Metrics
from sweep.board.runs.run_queue import Runs
from sweep.board.store_and_campaign_protocols import Campaigns, DeferredWrites
from sweep.board.tls.certificates import WARN_DAYS, ServerCertificate, utc_now
from sweep.board.worker_client import WorkerClient
from sweep.day.journal.journal_entry import Report
from sweep.day.journal.journal_heads import JOURNAL_FACT, head_text
from sweep.disk.atomic_files import disk_error
from sweep.publish.archive.check_editions_against_log import open_edition
from sweep.publish.archive.edition_json_file import FILE_NAME as EDITION
from sweep.publish.facts.iso_and_release_times import release_s
from sweep.publish.facts.team_facts import TeamFacts, team_facts

_log = logging.getLogger(__name__)
FAILED = " failed"
"""Suffix of actions in the audit log that failed, such as a sign-in or an enrolment."""


@dataclass(slots=True)
class Board:
    """State of a running board: live day, accounts, sessions, folders and worker processes."""

    out: Path
    """Folder of all editions."""
    folder: Path
    """Folder of the board itself: accounts, keys, journals."""
    live: LiveDay
    log: AuditLog
    sessions: Sessions
    enrolments: Enrolments
    accounts: dict[str, Account]
    is_exercise: bool
    """Whether the plan in force is unapproved, or for another day, so that nothing in it is an order."""
    exercise: str
    """Reason for the exercise when the board was opened: `unapproved`, `other_day` or `both`; void on a real day."""
    campaigns: Campaigns
    address: str
    """Address under which phones reach the board, `https://host:port`."""
    scenario: Path | None = None
    """Folder of the scenario whose ledger takes results; None: this board accepts no results."""
    planner: WorkerClient | None = None
    """Worker process that re-plans the day; None: plans cannot be changed on this board."""
    editor: WorkerClient | None = None
    """Worker process that checks plans edited by hand; None: editing is off."""
    runs: Runs | None = None
    """Runs of scenarios started from the browser; None: no scenario can be run on this board."""
    sets: Mapping[str, str] = field(default_factory=dict)
    """Settings of the scenario that the command line overrides, by dotted key."""
    store: DeferredWrites | None = None
    """Database that holds the scenario (writes wait while it is unreachable); None: the scenario is in folders."""
    passphrases: Passphrases = field(default_factory=Passphrases)
    throttle: SignInThrottle = field(default_factory=SignInThrottle)
    certificate: ServerCertificate | None = None
    """Server certificate in use; None: the board is served in plain text."""
    _read: tuple[Path, int] | None = None
    """Folder of the edition that was read last, and the time of its file, nanoseconds."""
    health: Health = field(init=False)
    metrics: Metrics = field(init=False)

    def __post_init__(self) -> None:
        """Connect the health checks and metrics with this board."""
        self.health, self.metrics = Health(self), Metrics(self)

    @property
    def is_secure(self) -> bool:
        """Return whether the board is served over TLS."""
        return self.address.startswith("https:")

    @property
    def day(self) -> str:
        """Return the day of the plan in force, ISO 8601."""
        return self.live.edition.scenario.day.isoformat()

    def account_of(self, name: str) -> Account | None:
        """
        Return the account with this name, including changes since the board was opened; None if there is no account.

        Raises
        ------
        InputError
            S978 if the accounts cannot be read.
        """
        return {**self.accounts, **read_accounts(self.folder)}.get(name)

    def session_of(self, cookie: str | None) -> Session | None:
        """
        Return the session of a cookie; None if the cookie is invalid, or its session or account is no longer valid.

        Raises
        ------
        InputError
            S978 if the accounts cannot be read.
        """
        session = self.sessions.of_cookie(cookie)
        if session is None or session.team_id is not None:
            return session
        return session if session.is_of(self.account_of(session.who)) else None

    def log_action(self, who: str, act: str, facts: Mapping[str, Json]) -> None:
        """
        Write an action to the audit log before it is carried out, together with the journal's head hash.

        The recorded head hash makes later changes to earlier reports detectable.

        Raises
        ------
        InputError
            S973 if the disk is full, S813 if the log was tampered with.
        """
        note = self.log.append if self.store is None else self.store.note
        noted = {"plan_id": self.plan_id, JOURNAL_FACT: self.journal_head, **facts}
        try:
            note(self.live.clock.stamp(), who, f"board {act}", noted)
        except OSError as error:
            raise disk_error(error, self.log.path.name) from error

    def append_activation(self, plan_id: str, who: str, more: Mapping[str, Json] = MappingProxyType({})) -> None:
        """
        Append to the journal that a plan is in force, activated by `who`; InputError S973 if the disk is full.

        `more`: further fields of the entry, as `answers_to`: number of the last entry that the plan takes into account.
        """
        body = {"plan_id": plan_id, "day": self.day, "is_exercise": self.is_exercise, **more}
        own_id = f"edition/{len(self.live.journal.entries) + 1}/{plan_id}"
        self.live.take([Report(own_id, "edition", who, "", self.live.report_s(), body, plan_id)])

    async def run_locked[T](
        self, work: Callable[[], Awaitable[T]], is_done: Callable[[T], bool], *, replaces: bool = False
    ) -> T:
        """
        Run work that changes editions or results, and return its result; with a store, the changes go there too.

        `is_done` returns whether a result of the work is a success; otherwise the store takes no changes. `replaces`:
        whether the work replaces the plan in force; on a real day it then fails if the store has approved another plan.
        """
        if self.store is None:
            return await work()
        is_order = replaces and not self.is_exercise
        return await self.store.run_locked(
            work, is_done, (self.live.edition.scenario.day, self.plan_id) if is_order else None
        )

    @property
    def journal_head(self) -> str:
        """Return the head of the journal, number and hash of its last entry, as text."""
        return head_text(self.live.journal.path.stem, self.live.journal.head)

    @property
    def plan_id(self) -> str:
        """Return the id of the plan in force."""
        return self.live.edition.plan_id

    def folder_of(self, plan_id: str) -> Path:
        """Return the folder of an edition of the day's scenario, whether it exists or not."""
        return self.out / self.live.edition.scenario.name / plan_id

    def watch_certificate(self) -> None:
        """Load the certificate if it was renewed on disk; warn the desk and the log in its last `WARN_DAYS` days."""
        if self.certificate is not None:
            now = utc_now()
            self.certificate.renew(now)
            days = self.certificate.days_left(now)
            if days < WARN_DAYS and days != self.live.certificate_days:
                _log.warning("The server certificate ends in %d days", days)
            self.live.certificate_days = days if days < WARN_DAYS else None

    async def follow_codes(self) -> None:
        """
        Read the plan in force again if its edition has changed, for example by an import of inspection codes.

        Raises
        ------
        OSError, InputError
            If the edition is missing, or its files differ from the audit log; the plan in force stays.
        """
        folder = self.folder_of(self.plan_id)
        file = (folder, (folder / EDITION).stat().st_mtime_ns)
        if file != self._read:
            self.live.update_codes(await asyncio.to_thread(open_edition, folder))
            self._read = file

    async def end_children(self) -> None:
        """End all worker processes of the board; open requests to them fail at once."""
        for child in (self.planner, self.editor, self.runs):
            if child is not None:
                await child.close()

    def team(self, team_id: str | None) -> TeamFacts | None:
        """Return the facts of a team in the plan in force; None if the id is unknown."""
        return next((t for t in team_facts(self.live.edition) if t.team.team_id == team_id), None)

    def is_released(self, team: TeamFacts) -> bool:
        """Return whether the release time of the team's order has come; its phones get the order only then (C26)."""
        return self.live.clock.day_s() >= release_s(self.live.edition, team)
