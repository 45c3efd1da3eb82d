"""What the checker is given: the inputs and the plan, nothing of the planner."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from geodata.array_types import Int64s
from sweep.day.event_records import Closed, DayLog, Held, Urgent
from sweep.day.executed_stops import n_begun
from sweep.day.journal.entry import Entry
from sweep.records.buildings import Building, Lead, PastVisit
from sweep.records.draw import Draw
from sweep.records.people import Base, Person, Team
from sweep.records.pins import Pin
from sweep.records.plan import Plan, Route, Stop
from sweep.records.visits import Recheck, TargetReason, Visit
from sweep.scenario.scenario import Scenario

# Seconds of a way that is not there.
NO_WAY = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Before:
    """A plan that was changed on its day, with the whole line of changes that led to it."""

    plan: Plan
    log: DayLog | None = None
    """What had happened by then; None: it is the plan of the morning."""
    before: Before | None = None
    """The plan that it changed; None where there is none, or it is not there."""


@dataclass(frozen=True, slots=True)
class CheckInputs:
    """The inputs that a plan is judged against."""

    scenario: Scenario
    buildings: Mapping[str, Building]
    persons: Mapping[str, Person]
    bases: Mapping[str, Base]
    visits: Mapping[str, Visit]
    """Visits on offer, by id."""
    draw: Draw
    n_inspections: Mapping[tuple[str, str], int]
    """Inspections of a firm this year before the day, by (authority, uscc)."""
    credit_class: Mapping[str, str]
    """Credit class of a firm by uscc, where it is known."""
    places: Mapping[str, int]
    """Row of the travel table by id of the building or base."""
    travel_s: Int64s
    """Seconds from each place to each other, shape (n, n)."""
    distance_m: Int64s
    """Metres of the same ways."""
    rechecks: Mapping[str, Recheck] = field(default_factory=dict)
    """Open items that are due, by id (C27)."""
    reasons: Mapping[str, tuple[TargetReason, ...]] = field(default_factory=dict)
    """Why the building of a visit, and each of its firms, is on the list, by visit id (C29)."""
    withheld: frozenset[str] = frozenset()
    """Buildings under investigation, by id (C26)."""
    log: DayLog | None = None
    """What happened on the day, if the plan was changed on it."""
    before: Before | None = None
    """The plan that was changed, if it is there."""
    reports: tuple[Entry, ...] = ()
    """Entries of the day's journal that were there when the plan was changed."""
    leads: Mapping[str, Lead] = field(default_factory=lambda: MappingProxyType({}))
    """Leads that are tied to a building and came in before the day, by id."""
    past: tuple[PastVisit, ...] = ()
    """Visits before the day."""
    dwellings: frozenset[str] = frozenset()
    """Firms in a dwelling or a mixed unit, by uscc."""
    n_register: int = 0
    """Active firms in all buildings."""
    half_life_days: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Half-lives that the ranking went by, in days, by lead type."""
    term_keys: frozenset[str] = frozenset()
    """Names of all terms of the ranking's values."""

    pins: tuple[Pin, ...] = ()
    """What planners have settled about buildings."""

    @property
    def day(self) -> date:
        """The day of the sweep."""
        return self.scenario.day


def team_index(plan: Plan) -> dict[str, Team]:
    """Teams by id."""
    return {t.team_id: t for t in plan.teams}


def known_stops(inputs: CheckInputs, plan: Plan) -> Iterator[tuple[Team, Route, Stop, Visit]]:
    """Every stop whose team and visit exist; P05 names the others."""
    teams = team_index(plan)
    for route in plan.routes:
        for stop in route.stops:
            if route.team_id in teams and stop.visit_id in inputs.visits:
                yield teams[route.team_id], route, stop, inputs.visits[stop.visit_id]


def members(inputs: CheckInputs, team: Team, at_s: int | None = None) -> list[Person]:
    """The team's people on the roster, now or as a moment of the day begins; P05 names the others."""
    ids = team.member_ids if at_s is None else team.members_at(at_s)
    return [inputs.persons[m] for m in ids if m in inputs.persons]


def stops_by_visit(plan: Plan) -> dict[str, list[tuple[str, Stop]]]:
    """(team id, stop) of each visit served; a locked door is none."""
    index: dict[str, list[tuple[str, Stop]]] = defaultdict(list)
    for route in plan.routes:
        for stop in route.stops:
            if not stop.is_attempt:
                index[stop.visit_id].append((route.team_id, stop))
    return dict(index)


def begun_visits(inputs: CheckInputs, plan: Plan) -> frozenset[str]:
    """Visits that had begun when something happened on the day; none of a plan that nothing changed."""
    if inputs.log is None or not inputs.log.events:
        return frozenset()
    counts = n_begun(plan, inputs.log.at_s, inputs.log.events)
    return frozenset(s.visit_id for r in plan.routes for s in r.stops[: counts[r.team_id]] if not s.is_attempt)


def leg_s(inputs: CheckInputs, from_id: str, to_id: str, left_s: int) -> int:
    """Seconds of a leg that begins at a moment; a street that closes makes it longer from then on."""
    seconds = int(inputs.travel_s[inputs.places[from_id], inputs.places[to_id]])
    for e in inputs.log.events if inputs.log else ():
        if isinstance(e, Closed) and {e.from_id, e.to_id} == {from_id, to_id} and left_s >= e.at_s:
            seconds = max(seconds, NO_WAY if e.travel_s is None else e.travel_s)
    return seconds


def is_kept_out(inputs: CheckInputs, route: Route) -> bool:
    """Whether a team comes home late for no other reason than that it was held at a find."""
    until_s = held_until(inputs, route.team_id)
    return until_s is not None and bool(route.stops) and route.stops[-1].end_s == until_s


def held_until(inputs: CheckInputs, team_id: str) -> int | None:
    """Until when a team was held at a find, the longest."""
    events = inputs.log.events if inputs.log else ()
    return max((e.until_s for e in events if isinstance(e, Held) and e.team_id == team_id), default=None)


def served(inputs: CheckInputs, plan: Plan) -> Iterator[tuple[Visit, list[tuple[str, Stop]]]]:
    """Every visit on offer that is served, by id, with its (team id, stop)s."""
    for visit_id, stops in sorted(stops_by_visit(plan).items()):
        if visit_id in inputs.visits:
            yield inputs.visits[visit_id], stops


def certified(inputs: CheckInputs, team: Team, at_s: int | None = None) -> Counter[str]:
    """Members who count as officers, by agency, now or at a moment of the day."""
    return Counter(p.agency for p in members(inputs, team, at_s) if p.is_certified(inputs.day))


def came_up(inputs: CheckInputs, visit: Visit) -> bool:
    """Whether the visit came up on the day: its lead is in no table yet."""
    events = inputs.log.events if inputs.log else ()
    return any(isinstance(e, Urgent) and e.visit.visit_id == visit.visit_id for e in events)


def only_looks_again(inputs: CheckInputs, visit: Visit) -> bool:
    """Whether the visit is nothing but a re-check (C27): it needs no cordon, no lead and no rest."""
    return bool(visit.basis) and set(visit.basis) <= inputs.rechecks.keys()
