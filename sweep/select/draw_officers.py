"""
Random draw of the officers for drawn visits, the second draw of 双随机.

Each officer of the district has a ticket for each drawn visit. In the order of the draw, a visit takes the smallest
tickets of officers who are not recused and not taken by an earlier visit. If too few are left, an existing pair is
reused as a whole, since teams stay together all day: the pair with the smallest ticket.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sweep.records.buildings import Building
from sweep.records.draw import OfficerTicket
from sweep.records.people import Person
from sweep.records.visits import Visit
from sweep.select.draw_buildings import ticket
from sweep.select.offer_visits import Offer

type Group = tuple[str, ...]
"""Officers whom one drawn visit took; a later visit may reuse a whole group."""


@dataclass(frozen=True, slots=True)
class OfficerPool:
    """Officers who may be drawn for the visits of a day, and the number that a visit needs of each agency."""

    persons: Sequence[Person]
    day: date
    shift_s: tuple[int, int]
    """Start and end of the time that an officer must be on duty, seconds after midnight."""
    needs: Mapping[str, int]
    """Number of officers to draw for a visit, by agency."""
    is_anywhere: bool = False
    """Whether an assistance letter lets officers work outside their home district (C12)."""

    def eligible(self, agency: str, division_code: str) -> list[Person]:
        """Return the agency's certified officers on duty all `shift_s`; only the district's unless `is_anywhere`."""
        return [
            p
            for p in self.persons
            if p.agency == agency
            and p.is_certified(self.day)
            and p.covers(self.shift_s)
            and (self.is_anywhere or p.division_code == division_code)
        ]


def buildings_without_officers(pool: OfficerPool, buildings: Mapping[str, Building]) -> dict[str, str]:
    """
    Return buildings with too few eligible officers, by id, with the reason: `district` or `recusal`.

    `district`: too few in the district; `recusal`: too few without those who are recused. The buildings are left out of
    the draw's pool, since a visit drawn there could not be made.
    """
    districts = {b.division_code for b in buildings.values()}
    eligible = {(a, d): pool.eligible(a, d) for a in pool.needs for d in districts}
    partial = {key: [p for p in people if p.recusals] for key, people in eligible.items()}
    found: dict[str, str] = {}
    for building_id, building in buildings.items():
        keys = _place_keys(building)
        for agency, n in pool.needs.items():
            where = agency, building.division_code
            n_recused = sum(bool(p.recusals & keys) for p in partial[where])
            if len(eligible[where]) < n:
                found[building_id] = "district"
            elif len(eligible[where]) - n_recused < n:
                found.setdefault(building_id, "recusal")
    return found


def with_officers(offer: Offer, pool: OfficerPool, buildings: Mapping[str, Building]) -> Offer:
    """Return the offer with the drawn officers in each drawn visit, and with the log of the officers' draw."""
    place = {t.building_id: k for k, t in enumerate(offer.draw.tickets)}
    drawn = sorted((v for v in offer.visits if v.track == "routine"), key=lambda v: place[v.building_id])
    log = draw_officers(drawn, pool, buildings, offer.draw.seed)
    visits = tuple(replace(v, officers=drawn_officers(log.get(v.visit_id, ()))) for v in offer.visits)
    officers = tuple(ticket for v in drawn for ticket in log[v.visit_id])
    return replace(offer, visits=visits, draw=replace(offer.draw, officers=officers))


def draw_officers(
    visits: Iterable[Visit], pool: OfficerPool, buildings: Mapping[str, Building], seed: str
) -> dict[str, list[OfficerTicket]]:
    """
    Return the log of the draw by visit id: every officer of `pool.eligible` in ticket order, with the ticket's result.

    For each agency, a visit gets as many officers as `pool.needs` states: the first that no earlier visit has taken. If
    too few are left, the visit gets a whole group of an earlier visit whose members may all inspect the building. If
    there is no such group, the visit gets no officers of the agency.

    `visits` are in the order in which they were drawn. The result of a ticket is its `OfficerTicket.status`.
    """
    groups: dict[tuple[str, str], list[Group]] = defaultdict(list)
    log: dict[str, list[OfficerTicket]] = {}
    for visit in visits:
        log[visit.visit_id] = []
        for agency, n in sorted(pool.needs.items()):
            where = "" if pool.is_anywhere else visit.division_code
            log[visit.visit_id] += _draw_one(
                visit, pool.eligible(agency, where), n, groups=groups[agency, where], buildings=buildings, seed=seed
            )
    return log


def drawn_officers(log: Iterable[OfficerTicket]) -> tuple[str, ...]:
    """Return the ids of the drawn officers in a visit's log, in ticket order."""
    return tuple(t.person_id for t in log if t.status == "drawn")


def _draw_one(
    visit: Visit, people: list[Person], n: int, groups: list[Group], buildings: Mapping[str, Building], seed: str
) -> list[OfficerTicket]:
    tickets = sorted((ticket(seed, f"{visit.building_id}|{p.person_id}"), p.person_id, p) for p in people)
    keys = _place_keys(buildings[visit.building_id]) | set(visit.targets)
    recused = {i for _, i, p in tickets if p.recusals & keys}
    free, rotated = _parted([i for _, i, _ in tickets if i not in recused], visit.keep_apart)
    drawn = _choose(free, n, groups)
    taken = set().union(*groups)
    status = {i: "taken" if i in taken else "alternate" for i in free}
    status |= dict.fromkeys(recused, "recused") | dict.fromkeys(rotated, "rotated") | dict.fromkeys(drawn, "drawn")
    return [OfficerTicket(visit.visit_id, i, p.agency, t, status[i]) for t, i, p in tickets]


def _place_keys(building: Building) -> set[str]:
    return {i for i in (building.building_id, building.property_company_id, building.landlord_id) if i}


def _parted(ids: Sequence[str], pairs: Sequence[tuple[str, str]]) -> tuple[list[str], set[str]]:
    """Split `ids` into officers to draw, with at most one of each of the last visit's `pairs` (C28), and the rest."""
    free: list[str] = []
    for i in ids:
        if not any(i in pair and other in pair for pair in pairs for other in free):
            free.append(i)
    return free, set(ids) - set(free)


def _choose(free: Sequence[str], n: int, groups: list[Group]) -> Group:
    """
    Return the first `n` officers of `free` whom no earlier visit has taken, and add them to `groups`.

    If fewer are left, return a group of an earlier visit whose members are all in `free`; without any, an empty group.
    """
    taken = set().union(*groups)
    untaken = [i for i in free if i not in taken]
    if len(untaken) >= n:
        groups.append(tuple(untaken[:n]))
        return groups[-1]
    place = {i: k for k, i in enumerate(free)}
    whole = [g for g in groups if all(i in place for i in g)]
    return min(whole, key=lambda g: min(place[i] for i in g), default=())
