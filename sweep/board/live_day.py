"""Live day: plan in force, journal, the state that follows from them, and notification of open pages."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sweep.board.accounts.records_by_secret import hash_of
from sweep.board.day_clock import DayClock
from sweep.board.desk.desk_json import events_view, figures, forecasts, leads_view, plan_view, team_view
from sweep.board.sse.event_stream import EventHub, event_bytes
from sweep.board.team_locations import TeamLocations
from sweep.day.journal.day_state import DayState
from sweep.day.journal.fold_state import fold
from sweep.day.journal.forecast import Forecast
from sweep.day.journal.journal_entry import Entry, Report
from sweep.day.journal.journal_file import Journal
from sweep.day.journal.report_intake import last_seqs
from sweep.publish.edition import Edition

BOARD = "board"
"""Audience (group of open pages) of the desk and the commanders."""


def team_audience(team_id: str) -> str:
    """Return the audience (group of open pages) of one team's phones."""
    return f"team:{team_id}"


@dataclass(slots=True)
class LiveDay:
    """State of the day in progress; `start` restores it from the editions and the journal."""

    edition: Edition
    journal: Journal
    clock: DayClock
    grace_s: int
    """Seconds after its expected time at which a report counts as overdue."""
    edition_of: Callable[[str], Edition]
    """Function that reads an edition of the scenario by plan id."""
    places: TeamLocations | None = None
    """Locations of teams; None: phones send no locations."""
    is_cut_off: bool = False
    """Whether the store of the scenario is unreachable."""
    certificate_days: int | None = None
    """Whole days until the server certificate ends; None while that is too far off for a warning."""
    hub: EventHub = field(default_factory=EventHub)
    state: DayState = field(default_factory=DayState)
    visits_of: dict[str, set[str]] = field(default_factory=dict)
    """Ids of the visits that a team has or had in a plan of today, by team id; its reports on them are accepted."""
    _last_seq: dict[str, int] = field(default_factory=dict)
    """Number of the last report in the journal, by phone."""
    _newest: datetime | None = None
    """Latest wall time at which a report arrived."""
    _forecasts: dict[str, Forecast] = field(default_factory=dict)
    """Last forecasts, by team id."""
    _changed_n: dict[tuple[str, str], int] = field(default_factory=dict)
    """Number of the last journal entry that changed a team, message or edition, by (kind, id)."""

    def start(self) -> None:
        """Restore the state of the day from the journal."""
        self._note_visits(self.edition)
        for plan_id in {e.body["plan_id"] for e in self.journal.entries if e.kind == "edition"}:
            self._note_visits(self.edition if plan_id == self.edition.plan_id else self.edition_of(plan_id))
        self.state = fold(self.journal.entries)
        self._last_seq = last_seqs(e.id for e in self.journal.entries)
        for entry in self.journal.entries:
            self._note(entry)

    @property
    def in_force(self) -> dict[str, Any]:
        """Plan in force: `plan_id`, `is_exercise`, `codes` (hash of inspection codes); phones reload if one changes."""
        codes = hash_of(repr(sorted((key, c.code) for key, c in self.edition.codes.items())))
        return {"plan_id": self.edition.plan_id, "is_exercise": self.state.is_exercise, "codes": codes}

    def update_codes(self, edition: Edition) -> None:
        """Switch to `edition` if it is the plan in force with other inspection codes; phones then reload orders."""
        if edition.plan_id == self.edition.plan_id and edition.codes != self.edition.codes:
            self.edition = edition
            self._notify_teams("all", self.in_force, self.state.n)

    def report_s(self) -> int:
        """Return the time given to a report that arrives now, seconds after midnight; see `DayClock.report_s`."""
        return self.clock.report_s(self._newest)

    @property
    def ahead_report_s(self) -> int | None:
        """
        Return the time given to reports now, seconds after midnight, if over a minute ahead of the clock; else None.

        It is ahead after the wall clock was set back, since no report gets an earlier time than the last one.
        """
        given_s = self.report_s()
        return given_s if given_s - self.clock.report_s() > 60 else None

    def last_seq(self, device: str) -> int:
        """Return the sequence number of a phone's last report in the journal; 0 without a report."""
        return self._last_seq.get(device, 0)

    def take(self, reports: Sequence[Report]) -> list[Entry]:
        """
        Append reports to the journal, update the state, notify the open pages, and return the new entries.

        Raises
        ------
        InputError
            S973 if the disk is full; the errors of `edition_of` if a report activates a plan that cannot be read.
        """
        # Read first: the journal must not name a plan that cannot be read.
        editions = {self.edition.plan_id: self.edition}
        for plan_id in (str(r.body["plan_id"]) for r in reports if r.kind == "edition"):
            editions[plan_id] = editions.get(plan_id) or self.edition_of(plan_id)
        entries = self.journal.append(reports, self.clock.stamp())
        if not entries:
            return entries
        # A confirmed clock changes the times of earlier reports, and a withdrawal removes an earlier event.
        is_changed = any(e.kind in ("clock", "withdrawn") for e in entries)
        self.state = fold(self.journal.entries) if is_changed else fold(entries, self.state)
        self._last_seq.update(last_seqs(e.id for e in entries))
        for entry in entries:
            if entry.kind == "edition" and entry.body["plan_id"] != self.edition.plan_id:
                self.edition = editions[entry.body["plan_id"]]
                self._note_visits(self.edition)
            self._note(entry)
        self._notify(entries)
        return entries

    def changes_since(self, n: int) -> dict[str, Any]:
        """Return, for the desk's page, what changed after journal entry `n`; all for 0 or if the plan changed since."""
        is_all = n <= 0 or n > self.state.n or self._changed_n.get(("edition", ""), 0) > n
        changed = {key for key, at in self._changed_n.items() if is_all or at > n}
        teams = [t.team_id for t in self.edition.plan.teams] if is_all else [i for k, i in changed if k == "team"]
        messages = [i for kind, i in changed if kind == "message" and i in self.state.messages]
        return self._content(teams, messages, is_all=is_all)

    def tick(self, only: str | None = None) -> None:
        """Send the delays of all teams, or of team `only`, to open dispatch pages, since they grow without a report."""
        if self.hub.has(BOARD):
            teams = [t.team_id for t in self.edition.plan.teams if only in (None, t.team_id)]
            self.hub.send(BOARD, event_bytes(self._content(teams, [], is_all=False), self.state.n))

    def _content(self, teams: Iterable[str], messages: Iterable[str], *, is_all: bool) -> dict[str, Any]:
        now_s, state, teams = self.clock.day_s(), self.state, list(teams)
        # After one report among two hundred teams the others are computed at the next beat.
        known = {} if is_all else self._forecasts
        self._forecasts = updated = {**known, **forecasts(self.edition, state, now_s, teams if known else None)}
        content = {
            "n": state.n,
            "now": now_s,
            "speed": self.clock.speed,
            "is_exercise": state.is_exercise,
            "cut_off": self.is_cut_off,
            "clock_ahead": self.ahead_report_s,
            "certificate_days": self.certificate_days,
            "teams": [self._team_view(t, updated.get(t, Forecast((), None))) for t in sorted(teams)],
            "messages": [asdict(state.messages[i]) for i in sorted(messages)],
            "events": events_view(self.edition, state),
            "leads": leads_view(self.edition, state),
            "figures": figures(self.edition, state, updated),
        }
        return content | ({"plan": plan_view(self.edition)} if is_all else {})

    def _team_view(self, team_id: str, forecast: Forecast) -> dict[str, Any]:
        place = None if self.places is None else self.places.of(team_id)
        return {**team_view(self.state, team_id, forecast, self.grace_s), "place": place}

    def _notify(self, entries: Sequence[Entry]) -> None:
        n = self.state.n
        is_all = any(e.kind in ("edition", "clock") for e in entries)
        if self.hub.has(BOARD):
            content = self.changes_since(0 if is_all else entries[0].n - 1)
            self.hub.send(BOARD, event_bytes(content, n))
        for entry in entries:
            if entry.kind == "message" and not entry.body.get("team_id"):
                self._notify_teams(entry.body["to"], {"message": asdict(self.state.messages[entry.id])}, n)
        if is_all:
            self._notify_teams("all", self.in_force, n)

    def _notify_teams(self, to: str, content: dict[str, Any], n: int) -> None:
        known = set(self.visits_of)
        for team_id in known if to == "all" else known & {to}:
            self.hub.send(team_audience(team_id), event_bytes(content, n))

    def _note(self, entry: Entry) -> None:
        came = datetime.fromisoformat(entry.server_at)
        self._newest = came if self._newest is None or entry.kind == "clock" else max(came, self._newest)
        about = self.journal.entries[entry.body["n"] - 1] if entry.kind == "withdrawn" else entry
        team_id = about.body.get("team_id") or about.body.get("event", {}).get("team_id")
        if team_id:
            self._changed_n["team", team_id] = entry.n
        if entry.kind in ("message", "unread", "read"):
            self._changed_n["message", entry.body["id"] if entry.kind == "read" else entry.id] = entry.n
        if entry.kind in ("edition", "clock"):
            self._changed_n["edition", ""] = entry.n

    def _note_visits(self, edition: Edition) -> None:
        for team in edition.plan.teams:
            self.visits_of.setdefault(team.team_id, set())
        for route in edition.plan.routes:
            self.visits_of[route.team_id] |= {s.visit_id for s in route.stops}
