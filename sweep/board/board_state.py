"""All that a running board holds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sweep.audit.audit_log import AuditLog
from sweep.audit.hash_chain import Json
from sweep.board.accounts.accounts import Account, Passphrases, read_accounts
from sweep.board.accounts.enrolment import Enrolments
from sweep.board.accounts.sessions import Session, Sessions
from sweep.board.accounts.sign_in_throttle import Tries
from sweep.board.live_day import Live
from sweep.board.runs.run_queue import Runs
from sweep.board.wings import Campaigns, DeferredWrites, NoCampaigns
from sweep.board.worker_client import Child
from sweep.day.journal.heads import FACT, end_text
from sweep.disk.atomic_files import disk_fault
from sweep.publish.facts.team_facts import TeamFacts, team_facts
from sweep.publish.facts.time_texts import release_s

FAILED = " failed"
"""Ends the name of an act in the audit log that did not succeed: a sign-in or an enrolment."""


@dataclass(slots=True)
class Board:
    """A server's day, its people, and where it keeps what."""

    out: Path
    """Folder of all editions."""
    folder: Path
    """The board's own: accounts, keys, journals."""
    live: Live
    log: AuditLog
    sessions: Sessions
    enrolments: Enrolments
    accounts: dict[str, Account]
    is_exercise: bool
    """Whether the plan in force is not approved, or of another day: nothing of it is an order."""
    exercise: str
    """Which of the two it was as the board was opened: `unapproved`, `other_day` or `both`."""
    address: str
    """As phones reach it, `https://host:port`."""
    scenario: Path | None = None
    """The scenario's folder, where results are kept; None: they are not taken in here."""
    planner: Child | None = None
    """Keeps the plan in force ready to be changed; None: plans cannot be changed from here."""
    editor: Child | None = None
    """Judges what is edited by hand; None: nothing is."""
    runs: Runs | None = None
    """None: no scenario is run from here."""
    sets: Mapping[str, str] = field(default_factory=dict)
    """Keys of the scenario that are set for whoever serves it."""
    store: DeferredWrites | None = None
    """Store that keeps the scenario; None: its folders keep it."""
    campaigns: Campaigns = field(default_factory=NoCampaigns)
    passphrases: Passphrases = field(default_factory=Passphrases)
    tries: Tries = field(default_factory=Tries)

    @property
    def is_secure(self) -> bool:
        """Whether it speaks TLS."""
        return self.address.startswith("https:")

    @property
    def day(self) -> str:
        """The plan's day, ISO."""
        return self.live.edition.scenario.day.isoformat()

    def account_of(self, name: str) -> Account | None:
        """
        The account of a name; those made, changed or closed since the board was opened count as well.

        Raises
        ------
        InputError
            S978 if the accounts cannot be read.
        """
        return {**self.accounts, **read_accounts(self.folder)}.get(name)

    def session_of(self, cookie: str | None) -> Session | None:
        """
        The session of a cookie; None if it is not one of ours, is over, or its account is no longer what it was.

        Raises
        ------
        InputError
            S978 if the accounts cannot be read.
        """
        session = self.sessions.of_cookie(cookie)
        if session is None or session.team_id is not None:
            return session
        return session if session.is_of(self.account_of(session.who)) else None

    def enter(self, who: str, act: str, facts: Mapping[str, Json]) -> None:
        """
        Add an act to the audit log, before it is done: what no line knows did not happen.

        With it the log notes where the journal stands, so that what was reported so far is changed by nobody.

        Raises
        ------
        InputError
            S973 if the disk takes no more, S813 if the log was tampered with.
        """
        note = self.log.append if self.store is None else self.store.note
        noted = {"plan_id": self.plan_id, FACT: self.end, **facts}
        try:
            note(self.live.clock.stamp(), who, f"board {act}", noted)
        except OSError as error:
            raise disk_fault(error, self.log.path.name) from error

    async def hold[T](
        self, work: Callable[[], Awaitable[T]], is_done: Callable[[T], bool], *, replaces: bool = False
    ) -> T:
        """
        Do what changes editions or results where the scenario is kept; see `DeferredWrites.hold`.

        Parameters
        ----------
        replaces
            Whether it takes the place of the plan in force.
        """
        if self.store is None:
            return await work()
        is_order = replaces and not self.is_exercise
        return await self.store.hold(
            work, is_done, (self.live.edition.scenario.day, self.plan_id) if is_order else None
        )

    @property
    def end(self) -> str:
        """Where the journal stands."""
        return end_text(self.live.journal.path.stem, self.live.journal.head)

    @property
    def plan_id(self) -> str:
        """The plan in force."""
        return self.live.edition.plan_id

    def folder_of(self, plan_id: str) -> Path:
        """The folder of an edition of the day's scenario."""
        return self.out / self.live.edition.scenario.name / plan_id

    async def end_children(self) -> None:
        """End all processes that work for the board: whoever waits for an answer is told at once."""
        for child in (self.planner, self.editor, self.runs):
            if child is not None:
                await child.close()

    def team(self, team_id: str | None) -> TeamFacts | None:
        """A team of the plan in force; None if it has none of that id."""
        return next((t for t in team_facts(self.live.edition) if t.team.team_id == team_id), None)

    def is_released(self, team: TeamFacts) -> bool:
        """Whether a team may see its order (C26)."""
        return self.live.clock.day_s() >= release_s(self.live.edition, team)
