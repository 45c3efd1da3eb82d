"""What several pages say about a plan, worked out once from the edition."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from geodata.divisions import division_name
from geodata.texts import Texts
from sweep.form_items import COUNTED_ITEMS, TICKED_ITEMS
from sweep.publish.edition import Edition
from sweep.publish.palette import ink_on, team_colour, team_dash, team_letter
from sweep.records import Base, Building, Person, Reason, Route, Slot, Stop, Team, Visit


@dataclass(frozen=True, slots=True)
class StopFacts:
    """One stop of a team, with what it refers to."""

    number: int
    """From 1, in the order of the route."""
    stop: Stop
    visit: Visit
    building: Building
    partner_letters: tuple[str, ...]
    """Teams that fill the other slots of the visit and start at the same time."""

    @property
    def slot(self) -> Slot:
        """The place in the visit that this team fills."""
        return next(s for s in self.visit.slots if s.slot == self.stop.slot)

    @property
    def targets(self) -> tuple[str, ...]:
        """The firms that this team inspects, by uscc; its partners inspect the others."""
        return self.visit.slot_targets(self.stop.slot)

    @property
    def ticked(self) -> tuple[str, ...]:
        """The items of the visit's form that are ticked, in the order of the form (C32)."""
        return tuple(item for item in TICKED_ITEMS if item in self.visit.items)

    @property
    def counted(self) -> tuple[str, ...]:
        """Those that are counted."""
        return tuple(item for item in COUNTED_ITEMS if item in self.visit.items)

    @property
    def floors(self) -> tuple[int, int]:
        """First and last floor whose doors this team calls at: an even share, the first slot from the ground up."""
        n, n_slots = self.building.n_floors, len(self.visit.slots)
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
    """None for a team in reserve."""
    stops: tuple[StopFacts, ...]

    @property
    def ink(self) -> str:
        """Black or white, for text on the team's colour."""
        return ink_on(self.colour)

    @property
    def n_stops(self) -> int:
        """Stops of the route, 0 in reserve."""
        return len(self.stops)

    @property
    def service_s(self) -> int:
        """Seconds inside buildings."""
        return sum(s.stop.end_s - s.stop.start_s for s in self.stops)

    @property
    def distance_m(self) -> int:
        """Metres of the whole route, return included."""
        back = self.route.return_distance_m if self.route else 0
        return back + sum(s.stop.distance_m for s in self.stops)

    @property
    def value(self) -> float:
        """Expected finds of its visits; of one that several teams make, its share."""
        return sum(s.visit.value / (1 + len(s.partner_letters)) for s in self.stops)


def team_letters(teams: Iterable[Team]) -> dict[str, str]:
    """A letter for each team by id, in the order of the plan; teams in reserve come last."""
    ordered = sorted(teams, key=lambda t: t.is_reserve)
    return {team.team_id: team_letter(i) for i, team in enumerate(ordered)}


def team_facts(edition: Edition) -> tuple[TeamFacts, ...]:
    """Every team, those on the road first."""
    letters = team_letters(edition.plan.teams)
    routes = {route.team_id: route for route in edition.plan.routes}
    partners: dict[str, list[str]] = {}
    for route in edition.plan.routes:
        for stop in route.stops:
            partners.setdefault(stop.visit_id, []).append(letters[route.team_id])
    result = []
    for index, team in enumerate(sorted(edition.plan.teams, key=lambda t: t.is_reserve)):
        letter, route_of_team = letters[team.team_id], routes.get(team.team_id)
        stops = tuple(
            StopFacts(
                number,
                stop,
                edition.visits[stop.visit_id],
                edition.buildings[stop.building_id],
                tuple(sorted(x for x in partners[stop.visit_id] if x != letter)),
            )
            for number, stop in enumerate(route_of_team.stops if route_of_team else (), start=1)
        )
        members = tuple(edition.persons[person_id] for person_id in team.member_ids)
        base = edition.bases[team.base_id]
        result.append(
            TeamFacts(team, letter, team_colour(index), team_dash(index), base, members, route_of_team, stops)
        )
    return tuple(result)


def served_visits(edition: Edition) -> tuple[Visit, ...]:
    """The visits that some team makes, each once, in the order of the routes."""
    ids = dict.fromkeys(stop.visit_id for route in edition.plan.routes for stop in route.stops)
    return tuple(edition.visits[visit_id] for visit_id in ids if visit_id in edition.visits)


def chance_of_no_find(visits: Iterable[Visit]) -> float:
    """The chance that no visit finds anything, the visits taken as independent: the product of 1 - p."""
    return math.prod(1.0 - min(1.0, max(0.0, visit.value)) for visit in visits)


def label(texts: Texts, key: str, fallback: str) -> str:
    """The text of a key that another stage defines, or the bare word if the catalogue lacks it."""
    return texts(key) if key in texts else fallback


def district_name(code: str, names: Mapping[str, str], texts: Texts) -> str:
    """A division's name: the scenario's own, else the catalogue's, else its code."""
    return names.get(code) or division_name(code, texts)


def building_name(building: Building | None, building_id: str) -> str:
    """The building's name, or its id where it has none."""
    return building.name if building is not None and building.name else building_id


# The place-holders that the sentences of reasons know, and what stands there if a plan edited by hand leaves one out.
_UNKNOWN: Mapping[str, object] = {
    **dict.fromkeys(("needs", "has", "n_teams", "district", "skill", "officers", "visits", "price"), "?"),
    "agency": "police",
}


def reason_texts(texts: Texts, reason: Reason, visit: Visit | None) -> tuple[str, str]:
    """What keeps a visit out of the plan, and what would bring it in."""
    values = {name: reason.values.get(name, unknown) for name, unknown in _UNKNOWN.items()}
    if visit is not None:
        values["district"] = visit.division_code
    values["agency"] = label(texts, f"agency.{values['agency']}", str(values["agency"]))
    what, action = f"reason.{reason.code}.what", f"reason.{reason.code}.action"
    return (
        texts(what, **values) if what in texts else reason.code,
        texts(action, **values) if action in texts else "",
    )
