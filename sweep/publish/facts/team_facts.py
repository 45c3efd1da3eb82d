"""Teams, stops and visits of a plan, joined with letter, colour, people, building and partners."""

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
    """One stop of a team, joined with its visit and building."""

    number: int
    """Position in the route, from 1."""
    stop: Stop
    visit: Visit
    building: Building
    partner_letters: tuple[str, ...]
    """Teams that fill the other slots and start at the same time; not teams that tried the door before."""

    @property
    def slot(self) -> Slot:
        """Slot of the visit that this team fills."""
        return next(s for s in self.visit.slots if s.slot == self.stop.slot)

    @property
    def targets(self) -> tuple[str, ...]:
        """Firms that this team inspects, by uscc; its partners inspect the others."""
        return self.visit.slot_targets(self.stop.slot)

    @property
    def ticked(self) -> tuple[str, ...]:
        """Items of the visit's form with a tick box, in the order of the form (C32)."""
        return tuple(item for item in TICKED_ITEMS if item in self.visit.items)

    @property
    def counted(self) -> tuple[str, ...]:
        """Items of the visit's form with a count, in the order of the form."""
        return tuple(item for item in COUNTED_ITEMS if item in self.visit.items)

    @property
    def floors(self) -> tuple[int, int]:
        """
        First and last floor of this team: an even share of the floors, the first slot at the bottom.

        With fewer floors than teams each team calls at all of them.
        """
        n, n_slots = self.building.n_floors, len(self.visit.slots)
        if n < n_slots:
            return 1, n
        return n * self.stop.slot // n_slots + 1, n * (self.stop.slot + 1) // n_slots


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """One team with its letter, colour, people and stops."""

    team: Team
    letter: str
    colour: str
    dash: str
    base: Base
    members: tuple[Person, ...]
    route: Route | None
    """None for a reserve team."""
    stops: tuple[StopFacts, ...]

    @property
    def ink(self) -> str:
        """Black or white, for text on the team's colour."""
        return ink_on(self.colour)

    @property
    def is_out(self) -> bool:
        """Whether the plan gives the team a stop; otherwise it is on standby."""
        return bool(self.stops)

    @property
    def n_stops(self) -> int:
        """Number of stops, 0 in reserve."""
        return len(self.stops)

    @property
    def service_s(self) -> int:
        """Service seconds, without attempts at locked doors."""
        return sum(s.stop.end_s - s.stop.start_s for s in self.stops if not s.stop.is_attempt)

    @property
    def distance_m(self) -> int:
        """Length of the whole route in metres, return included."""
        back = self.route.return_distance_m if self.route else 0
        return back + sum(s.stop.distance_m for s in self.stops)

    @property
    def value(self) -> float:
        """Expected finds of its visits; visits of several teams are shared equally."""
        return sum(s.visit.value / (1 + len(s.partner_letters)) for s in self.stops if not s.stop.is_attempt)

    def guards(self, s: StopFacts) -> tuple[tuple[int, str], ...]:
        """
        Number of each exit that this team guards at a stop, with the id of its officer (C17).

        Exits are numbered from 1 on site; the teams of a visit take them in the order of their slots. The first police
        officers of a team inspect, the last ones guard.
        """
        n = s.slot.n_guards
        officers = sorted(p.person_id for p in self.members if p.agency == POLICE and p.is_officer)
        first = 1 + sum(other.n_guards for other in s.visit.slots if other.slot < s.stop.slot)
        return tuple(enumerate(officers[len(officers) - n :] if n else (), start=first))

    @property
    def pause(self) -> tuple[int, int] | None:
        """Start and end of the break; None without stops."""
        return self.route.break_s if self.route and self.stops else None

    def pause_before(self, number: int) -> tuple[int, int] | None:
        """Break directly before the stop of that number, if any; the return has the number `n_stops` + 1."""
        pause = self.pause
        n_before = sum(s.stop.start_s < pause[1] for s in self.stops) if pause else 0
        return pause if number == n_before + 1 else None


@once_per_edition
def team_letters(edition: Edition) -> Mapping[str, str]:
    """Letter of each team by id, in the order of the plan, reserve teams last."""
    return MappingProxyType(letters_of(edition.plan.teams))


def letters_of(teams: Sequence[Team]) -> dict[str, str]:
    """Letter of each team of a plan by id."""
    return {team.team_id: team_letter(i) for i, team in enumerate(_in_order(teams))}


@once_per_edition
def team_facts(edition: Edition) -> tuple[TeamFacts, ...]:
    """Facts of every team in the order of letters."""
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
    """Visits that teams make, each once, in the order of the routes, without locked doors."""
    return _visits(edition, (s for r in edition.plan.routes for s in r.made))


@once_per_edition
def routed_visits(edition: Edition) -> tuple[Visit, ...]:
    """Visits that teams go to, each once, in the order of the routes, including locked doors."""
    return _visits(edition, (s for r in edition.plan.routes for s in r.stops))


def is_tried_again(edition: Edition, stop: Stop) -> bool:
    """Whether the stop is an attempt at a locked door whose visit has a later stop of any team."""
    return stop.is_attempt and stop.start_s < _last_starts(edition)[stop.visit_id]


def _visits(edition: Edition, stops: Iterable[Stop]) -> tuple[Visit, ...]:
    ids = dict.fromkeys(stop.visit_id for stop in stops)
    return tuple(edition.visits[visit_id] for visit_id in ids if visit_id in edition.visits)


@once_per_edition
def _last_starts(edition: Edition) -> Mapping[str, int]:
    """Latest start of each visit, by its id."""
    stops = sorted((s for r in edition.plan.routes for s in r.stops), key=lambda s: s.start_s)
    return MappingProxyType({s.visit_id: s.start_s for s in stops})


def members_going(edition: Edition) -> dict[str, dict[str, tuple[str, ...]]]:
    """Members on duty at each visit made, by visit id, then by team id."""
    teams = {t.team_id: t for t in edition.plan.teams}
    going: dict[str, dict[str, tuple[str, ...]]] = {}
    for route in edition.plan.routes:
        for stop in route.made:
            going.setdefault(stop.visit_id, {})[route.team_id] = teams[route.team_id].members_at(stop.start_s)
    return going
