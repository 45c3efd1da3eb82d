"""Facts of teams and stops as outputs show them: letter, colour, people, building, and the other teams of a visit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from geodata.schema import COUNTED_ITEMS, TICKED_ITEMS
from sweep.publish.edition import Edition, once_per_edition
from sweep.publish.page.team_colours import ink_on, team_colour, team_dash, team_letter
from sweep.records.buildings import Building
from sweep.records.people import POLICE, Base, Person, Team
from sweep.records.plan import Route, Stop
from sweep.records.visits import Slot, Visit


@dataclass(frozen=True, slots=True)
class StopFacts:
    """One stop of a team, with its visit, its building, and the other teams of the visit."""

    number: int
    """Position in the route, from 1."""
    stop: Stop
    visit: Visit
    building: Building
    partner_letters: tuple[str, ...]
    """Letters of the other teams that start this visit at the same time; without teams of another attempt."""

    @property
    def slot(self) -> Slot:
        """Team slot of the visit that this team fills."""
        return next(s for s in self.visit.slots if s.slot == self.stop.slot)

    @property
    def targets(self) -> tuple[str, ...]:
        """Firms that this team inspects, by uscc; the visit's other teams inspect its other firms."""
        return self.visit.slot_targets(self.stop.slot)

    @property
    def ticked(self) -> tuple[str, ...]:
        """Items of the visit's form that have a tick box, in the order of the form (C32)."""
        return tuple(item for item in TICKED_ITEMS if item in self.visit.items)

    @property
    def counted(self) -> tuple[str, ...]:
        """Items of the visit's form to which a number is the answer, in the order of the form."""
        return tuple(item for item in COUNTED_ITEMS if item in self.visit.items)

    @property
    def floors(self) -> tuple[int, int]:
        """
        First and last floor at which this team calls; the slots divide the floors evenly, from the bottom.

        With fewer floors than teams, each team calls at all floors.
        """
        n, n_slots = self.building.n_floors, len(self.visit.slots)
        if n < n_slots:
            return 1, n
        return n * self.stop.slot // n_slots + 1, n * (self.stop.slot + 1) // n_slots


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """One team with its letter, colour, base, members and stops."""

    team: Team
    letter: str
    colour: str
    dash: str
    """SVG dash pattern of the team's line on maps; empty: solid."""
    base: Base
    members: tuple[Person, ...]
    route: Route | None
    """Route of the team; None for a reserve team."""
    stops: tuple[StopFacts, ...]

    @property
    def ink(self) -> str:
        """Black or white, for text on the team's colour."""
        return ink_on(self.colour)

    @property
    def is_out(self) -> bool:
        """Whether the plan gives the team a stop; otherwise it is a reserve team."""
        return bool(self.stops)

    @property
    def n_stops(self) -> int:
        """Number of stops; 0 for a reserve team."""
        return len(self.stops)

    @property
    def service_s(self) -> int:
        """Seconds that the team spends in buildings, without attempts at locked doors."""
        return sum(s.stop.end_s - s.stop.start_s for s in self.stops if not s.stop.is_attempt)

    @property
    def distance_m(self) -> int:
        """Length of the team's whole route in metres, return leg included."""
        back = self.route.return_distance_m if self.route else 0
        return back + sum(s.stop.distance_m for s in self.stops)

    @property
    def value(self) -> float:
        """Expected finds of the team's visits; a visit of n teams counts 1/n for each."""
        return sum(s.visit.value / (1 + len(s.partner_letters)) for s in self.stops if not s.stop.is_attempt)

    def guards(self, s: StopFacts) -> tuple[tuple[int, str], ...]:
        """
        Return (number of the exit, id of the officer) for each exit that this team guards at a stop (C17).

        Exits are numbered from 1 on site; the teams of a visit take them in the order of their slots. The first police
        officers of a team inspect, the last ones guard.
        """
        n = s.slot.n_guards
        officers = sorted(p.person_id for p in self.members if p.agency == POLICE and p.is_officer)
        first = 1 + sum(other.n_guards for other in s.visit.slots if other.slot < s.stop.slot)
        return tuple(enumerate(officers[len(officers) - n :] if n else (), start=first))

    @property
    def pause(self) -> tuple[int, int] | None:
        """Start and end of the team's break, seconds after midnight; None if it has no break or no stops."""
        return self.route.break_s if self.route and self.stops else None

    def pause_before(self, number: int) -> tuple[int, int] | None:
        """
        Return start and end of the break, seconds after midnight, if it comes directly before a stop; else None.

        `number`: of the stop, from 1; `n_stops` + 1 means before the return to base.
        """
        pause = self.pause
        n_before = sum(s.stop.start_s < pause[1] for s in self.stops) if pause else 0
        return pause if number == n_before + 1 else None


@once_per_edition
def team_letters(edition: Edition) -> Mapping[str, str]:
    """Return the letters (A, B, ...) of an edition's teams, by team id; reserve teams get the last ones."""
    return MappingProxyType(letters_of(edition.plan.teams))


def letters_of(teams: Sequence[Team]) -> dict[str, str]:
    """Return the letters (A, B, ...) of the teams, by team id; reserve teams get the last ones."""
    return {team.team_id: team_letter(i) for i, team in enumerate(_in_order(teams))}


@once_per_edition
def team_facts(edition: Edition) -> tuple[TeamFacts, ...]:
    """Return the facts of every team, in the order of the teams' letters."""
    letters = team_letters(edition)
    routes = {route.team_id: route for route in edition.plan.routes}
    partners: dict[tuple[str, int], set[str]] = {}
    for route in edition.plan.routes:
        for stop in route.stops:
            partners.setdefault((stop.visit_id, stop.start_s), set()).add(letters[route.team_id])
    result = []
    for index, team in enumerate(_in_order(edition.plan.teams)):
        letter, route_of_team = letters[team.team_id], routes.get(team.team_id)
        stops = tuple(
            StopFacts(
                number,
                stop,
                edition.visits[stop.visit_id],
                edition.buildings[stop.building_id],
                tuple(sorted(partners[stop.visit_id, stop.start_s] - {letter})),
            )
            for number, stop in enumerate(route_of_team.stops if route_of_team else (), start=1)
        )
        members = tuple(edition.persons[person_id] for person_id in team.member_ids)
        base = edition.bases[team.base_id]
        result.append(
            TeamFacts(team, letter, team_colour(index), team_dash(index), base, members, route_of_team, stops)
        )
    return tuple(result)


def _in_order(teams: Sequence[Team]) -> list[Team]:
    # A called reserve team keeps its letter, so that printed orders of unchanged teams stay valid.
    return sorted(teams, key=lambda t: t.is_reserve or t.called_s is not None)


@once_per_edition
def served_visits(edition: Edition) -> tuple[Visit, ...]:
    """Return the visits that teams make, each once, in the order of the routes; ignores attempts at locked doors."""
    return _visits(edition, (s for r in edition.plan.routes for s in r.made))


@once_per_edition
def routed_visits(edition: Edition) -> tuple[Visit, ...]:
    """Return the visits of all stops, each once, in the order of the routes; stops at a locked door count too."""
    return _visits(edition, (s for r in edition.plan.routes for s in r.stops))


def is_tried_again(edition: Edition, stop: Stop) -> bool:
    """Whether the stop found the door locked and its visit has a later stop, of any team."""
    return stop.is_attempt and stop.start_s < _last_starts(edition)[stop.visit_id]


def _visits(edition: Edition, stops: Iterable[Stop]) -> tuple[Visit, ...]:
    ids = dict.fromkeys(stop.visit_id for stop in stops)
    return tuple(edition.visits[visit_id] for visit_id in ids if visit_id in edition.visits)


@once_per_edition
def _last_starts(edition: Edition) -> Mapping[str, int]:
    stops = sorted((s for r in edition.plan.routes for s in r.stops), key=lambda s: s.start_s)
    return MappingProxyType({s.visit_id: s.start_s for s in stops})


def members_on_duty(edition: Edition) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the ids of the members on duty at each visit made, by visit id and team id."""
    teams = {t.team_id: t for t in edition.plan.teams}
    going: dict[str, dict[str, tuple[str, ...]]] = {}
    for route in edition.plan.routes:
        for stop in route.made:
            going.setdefault(stop.visit_id, {})[route.team_id] = teams[route.team_id].members_at(stop.start_s)
    return going
