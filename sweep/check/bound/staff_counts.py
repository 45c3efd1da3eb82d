"""The people whom teams can be made of, by numbers, and what a team must have: from problem.json and the reserve."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from sweep.check.bound.team_options import WrongError
from sweep.records.people import MARKET_REGULATION, POLICE, Person, Team

_PERSON = TypeAdapter(Person)
# What a rule asks for that problem.json does not name.
_MIN_CERTIFIED, _MIN_FEMALE = {POLICE: 2, MARKET_REGULATION: 2}, 1


@dataclass(frozen=True, slots=True)
class Roster:
    """The people, and what a team must have. Where market regulation may go anywhere all is one district, ''."""

    tied: Mapping[str, int]
    """Those of market regulation by district: they are in teams of it only (C12)."""
    officers: Mapping[str, int]
    """Certified ones among them."""
    free: int
    """All others, who may be in any team."""
    police: int
    """Certified ones among them."""
    women: int
    """Certified ones, of any agency."""
    has_letter: bool
    """Whether market regulation may go anywhere."""
    bases: Mapping[str, tuple[str, ...]]
    """Where a team may start, by district; only districts that have officers for a team."""
    n_officers: int
    """Fewest certified ones of market regulation in a team."""
    n_police: int
    n_women: int
    least: int
    """Fewest people in a team."""
    max_members: int | None
    shift_s: tuple[int, int]

    def home_of(self, division_code: str) -> str:
        """District as it is named here."""
        return "" if self.has_letter else division_code

    def most_members(self, district: str) -> int:
        """Most people in a team of the district."""
        n = self.free + self.tied.get(district, 0)
        return n if self.max_members is None else min(n, self.max_members)

    @property
    def n_teams(self) -> int:
        """Most teams that there can be at a time: none shares its people with another."""
        return self.most_teams(self.bases)

    def most_teams(self, districts: Collection[str]) -> int:
        """Most teams of these districts that there can be at a time."""
        rooms = [(sum(self.tied.values()) + self.free) // self.least]
        rooms += [sum(self.officers.get(d, 0) // self.n_officers for d in districts)] if self.n_officers else []
        rooms += [self.police // self.n_police] if self.n_police else []
        rooms += [self.women // self.n_women] if self.n_women else []
        return min(rooms)


def read_roster(problem: bytes, planned: Sequence[Team]) -> Roster:
    """
    The people who may be in a team that goes out: not those in reserve, who stand by.

    Raises
    ------
    WrongError
        If the plan's teams are none of those that can be made, or more stand by than should.
    ValueError, KeyError, TypeError
        If it cannot be read.
    """
    content = json.loads(problem)
    rules: Mapping[str, Any] = content["rules"]
    needs = rules.get("min_certified", _MIN_CERTIFIED)
    n_officers, has_letter = needs.get(MARKET_REGULATION, 0), rules.get("assist_letter", False)
    # A team without market regulation may be of several districts.
    if content.get("teams") or content.get("locks") or rules.get("is_split") or not (n_officers or has_letter):
        raise WrongError("any_teams: no such teams")
    if sum(t.is_reserve for t in planned) > rules.get("n_reserve", 0):
        raise WrongError("any_teams: reserve")
    day, shift = date.fromisoformat(content["day"]), (content["shift_s"][0], content["shift_s"][1])
    people = list(_people(content, day, shift, planned))
    certified = [p for p in people if p.is_certified(day)]
    tied, officers = (
        Counter("" if has_letter else p.division_code for p in group if p.agency == MARKET_REGULATION)
        for group in (people, certified)
    )
    districts = {""} if has_letter else {v.get("division_code", "") for v in content["visits"]}
    roster = Roster(
        tied=tied,
        officers=officers,
        free=len(people) - tied.total(),
        police=sum(p.agency == POLICE for p in certified),
        women=sum(p.is_female for p in certified),
        has_letter=has_letter,
        bases={d: _bases(content, people, certified, d) for d in sorted(districts) if officers[d] >= n_officers},
        n_officers=n_officers,
        n_police=needs.get(POLICE, 0),
        n_women=rules.get("min_female", _MIN_FEMALE),
        least=max(1, sum(needs.values())),
        max_members=rules.get("max_members"),
        shift_s=shift,
    )
    _refuse_others(roster, {p.person_id for p in people}, planned)
    return roster


def _people(
    content: Mapping[str, Any], day: date, shift_s: tuple[int, int], planned: Sequence[Team]
) -> Iterator[Person]:
    """Who is on duty, counts or helps, and does not stand by."""
    held = {person_id for t in planned if t.is_reserve for person_id in t.member_ids}
    for p in map(_PERSON.validate_python, content["people"]):
        if p.person_id not in held and p.covers(shift_s) and (p.is_certified(day) or not p.is_officer):
            yield p


def _bases(
    content: Mapping[str, Any], people: Sequence[Person], certified: Sequence[Person], district: str
) -> tuple[str, ...]:
    """A team starts at a base of its people in its district, or where none of them may have one there at any."""
    every = {p.base_id for p in people}
    here = every & {b["base_id"] for b in content["bases"] if b.get("division_code", "") == district}
    at_home = [p.base_id for p in certified if p.agency == MARKET_REGULATION and p.division_code == district]
    is_here = at_home and here.issuperset(at_home) and not content["rules"].get("assist_letter")
    return tuple(sorted(here if is_here else every))


def _refuse_others(roster: Roster, people: Collection[str], planned: Sequence[Team]) -> None:
    """The plan's own teams must be some of those that can be made."""
    for team in planned:
        districts = {""} if roster.has_letter else team.division_codes
        # Where nothing is on offer, or no team can be, there is nothing to be done either.
        is_there = all(team.base_id in roster.bases.get(d, (team.base_id,)) for d in districts)
        is_one = len(districts) == 1 and is_there and team.shift_s == roster.shift_s and not team.day
        if not team.is_reserve and not (is_one and set(team.member_ids) <= set(people)):
            raise WrongError(f"any_teams: {team.team_id}")
