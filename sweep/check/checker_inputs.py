"""Inputs of the verifier: the clean tables, the events and the earlier plans, but no result of the planner."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from geodata.array_types import Int64s
from sweep.day.event_records import DayLog, Delayed, RoadClosed, Urgent
from sweep.day.executed_stops import n_begun
from sweep.day.journal.journal_entry import Entry
from sweep.records.buildings import Building, Lead, PastVisit
from sweep.records.draw import Draw
from sweep.records.people import Base, Person, Team
from sweep.records.pins import Pin
from sweep.records.plan import Plan, Route, Stop
from sweep.records.visits import Recheck, TargetReason, Visit
from sweep.scenario.checker_settings import CheckSettings

# Travel seconds that stand for an unreachable place.
UNREACHABLE_S = 2**31 - 1


@dataclass(frozen=True, slots=True)
class PreviousPlan:
    """Plan that a re-plan replaced, with the chain of plans before it."""

    plan: Plan
    log: DayLog | None = None
    """Events up to this plan; None for the morning's plan."""
    before: PreviousPlan | None = None
    """Plan that this one replaced; None for the morning's plan, or if it is not available."""


@dataclass(frozen=True, slots=True)
class CheckInputs:
    """Inputs of the checker: the clean tables, visits on offer, draw and events against which it judges a plan."""

    settings: CheckSettings
    buildings: Mapping[str, Building]
    """Buildings by id."""
    persons: Mapping[str, Person]
    """People on the roster, by id."""
    bases: Mapping[str, Base]
    """Bases by id."""
    visits: Mapping[str, Visit]
    """Visits that the plan may include, by id."""
    draw: Draw
    """Record of the random draw."""
    n_inspections: Mapping[tuple[str, str], int]
    """
    Inspections of a firm this calendar year before the day that count towards its cap (C06), by (authority, uscc).
    """
    credit_class: Mapping[str, str]
    """Credit class of each firm where it is known, by uscc."""
    places: Mapping[str, int]
    """Row of each building and base in the travel tables, by id."""
    travel_s: Int64s
    """Travel time between places, seconds, shape (n, n)."""
    distance_m: Int64s
    """Road length between places, metres, shape (n, n)."""
    rechecks: Mapping[str, Recheck] = field(default_factory=dict)
    """Open re-checks that are due, by id (C27)."""
    reasons: Mapping[str, tuple[TargetReason, ...]] = field(default_factory=dict)
    """Reasons for the building and for each firm of a visit, by visit id (C29)."""
    withheld: frozenset[str] = frozenset()
    """Buildings under investigation, by id (C26)."""
    log: DayLog | None = None
    """Events of the day and the time of the last re-plan; None if the plan was not changed during the day."""
    before: PreviousPlan | None = None
    """Plan that the re-plan replaced; None if there was no re-plan or it is not available."""
    reports: tuple[Entry, ...] = ()
    """Journal entries up to the time of the re-plan."""
    leads: Mapping[str, Lead] = field(default_factory=lambda: MappingProxyType({}))
    """Leads matched to a building and received before the day, by id."""
    past: tuple[PastVisit, ...] = ()
    """Visits of earlier days, one record for each row of the history."""
    empty_inspections: frozenset[tuple[str, str]] = frozenset()
    """(person id, uscc) of three inspections in a row that found nothing (C34). Editions store it instead of `past`."""
    other_inspections: tuple[tuple[str, date], ...] = ()
    """Firm (uscc) and day of each inspection by another authority."""
    dwellings: frozenset[str] = frozenset()
    """Firms whose address is a dwelling or of mixed use, by uscc."""
    n_register: int = 0
    """Number of active firms in all buildings, of which lists and draws may inspect a share (C08)."""
    half_life_days: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Half-life of each lead type in days, as the ranking uses it."""
    term_keys: frozenset[str] = frozenset()
    """Names of all terms that the ranking adds up to a value."""

    pins: tuple[Pin, ...] = ()
    """Pins: planners' wishes about teams, times and buildings."""

    @property
    def day(self) -> date:
        """Day of the sweep."""
        return self.settings.day


def team_index(plan: Plan) -> dict[str, Team]:
    """Return the teams of a plan by team id."""
    return {t.team_id: t for t in plan.teams}


def known_stops(inputs: CheckInputs, plan: Plan) -> Iterator[tuple[Team, Route, Stop, Visit]]:
    """Yield (team, route, stop, visit) for every stop whose team and visit exist; P05 reports the others."""
    teams = team_index(plan)
    for route in plan.routes:
        for stop in route.stops:
            if route.team_id in teams and stop.visit_id in inputs.visits:
                yield teams[route.team_id], route, stop, inputs.visits[stop.visit_id]


def members(inputs: CheckInputs, team: Team, at_s: int | None = None) -> list[Person]:
    """Return the team's members on the roster: all present ones, or those on duty at `at_s`; P05 reports other ids."""
    ids = team.member_ids if at_s is None else team.members_at(at_s)
    return [inputs.persons[m] for m in ids if m in inputs.persons]


def stops_by_visit(plan: Plan) -> dict[str, list[tuple[str, Stop]]]:
    """Return the (team id, stop) pairs of each served visit, by visit id; attempts at locked doors do not count."""
    index: dict[str, list[tuple[str, Stop]]] = defaultdict(list)
    for route in plan.routes:
        for stop in route.stops:
            if not stop.is_attempt:
                index[stop.visit_id].append((route.team_id, stop))
    return dict(index)


def begun_visits(inputs: CheckInputs, plan: Plan) -> frozenset[str]:
    """Return the ids of visits that had begun at the time of the re-plan; empty without events."""
    counts = _begun_counts(inputs, plan)
    return frozenset(s.visit_id for r in plan.routes for s in r.stops[: counts.get(r.team_id, 0)] if not s.is_attempt)


def _begun_counts(inputs: CheckInputs, plan: Plan) -> dict[str, int]:
    log = inputs.log
    return n_begun(plan, log.at_s, log.events) if log is not None and log.events else {}


def leg_s(inputs: CheckInputs, from_id: str, to_id: str, left_s: int) -> int:
    """Return the travel seconds between two places for a departure at `left_s`, with the roads closed by then."""
    seconds = int(inputs.travel_s[inputs.places[from_id], inputs.places[to_id]])
    for e in inputs.log.events if inputs.log else ():
        if isinstance(e, RoadClosed) and {e.from_id, e.to_id} == {from_id, to_id} and left_s >= e.at_s:
            seconds = max(seconds, UNREACHABLE_S if e.travel_s is None else e.travel_s)
    return seconds


def may_end_late(inputs: CheckInputs, plan: Plan, route: Route) -> bool:
    """Whether a re-planned route may end late: all its stops have begun, or its last stop lasts until a delay ends."""
    if _begun_counts(inputs, plan).get(route.team_id) == len(route.stops):
        return True
    events = inputs.log.events if inputs.log else ()
    delays_s = [e.until_s for e in events if isinstance(e, Delayed) and e.team_id == route.team_id]
    return bool(delays_s) and bool(route.stops) and route.stops[-1].end_s == max(delays_s)


def served(inputs: CheckInputs, plan: Plan) -> Iterator[tuple[Visit, list[tuple[str, Stop]]]]:
    """Yield each served visit that is among the inputs, in order of ids, with its (team id, stop) pairs."""
    for visit_id, stops in sorted(stops_by_visit(plan).items()):
        if visit_id in inputs.visits:
            yield inputs.visits[visit_id], stops


def certified(inputs: CheckInputs, team: Team, at_s: int | None = None) -> Counter[str]:
    """Return the team's number of certified officers by agency, of the members present at `at_s` (None: of all)."""
    return Counter(p.agency for p in members(inputs, team, at_s) if p.is_certified(inputs.day))


def is_urgent(inputs: CheckInputs, visit: Visit) -> bool:
    """Whether the visit is urgent: it was added during the day by an event."""
    events = inputs.log.events if inputs.log else ()
    return any(isinstance(e, Urgent) and e.visit.visit_id == visit.visit_id for e in events)


def is_recheck_only(inputs: CheckInputs, visit: Visit) -> bool:
    """Whether the visit consists of re-checks only (C27), which need no guards at exits, no lead and no rest period."""
    return bool(visit.basis) and set(visit.basis) <= inputs.rechecks.keys()
