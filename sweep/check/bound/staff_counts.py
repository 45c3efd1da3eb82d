"""Staff counts from which teams are composed, and the fewest members that a team needs, from problem.json."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from sweep.check.bound.team_options import InvalidProofError
from sweep.records.people import MARKET_REGULATION, POLICE, Person, Team

_PERSON = TypeAdapter(Person)
# Defaults of the rules that problem.json may omit.
_MIN_CERTIFIED, _MIN_FEMALE = {POLICE: 2, MARKET_REGULATION: 2}, 1


@dataclass(frozen=True, slots=True)
class StaffCounts:
    """
    Staff counts, and the minimum numbers of members of a team.

    With a letter of assistance market regulation may work outside its district: all districts then have the code ''.
    """

    tied: Mapping[str, int]
    """Number of market regulation staff by district; they work in teams of that district only (C12)."""
    officers: Mapping[str, int]
    """Number of certified market regulation officers, by district."""
    free: int
    """Number of all other staff, who may be in any team."""
    police: int
    """Number of certified police officers."""
    women: int
    """Number of certified women of any agency."""
    has_letter: bool
    """Whether market regulation may work anywhere (letter of assistance)."""
    bases: Mapping[str, tuple[str, ...]]
    """Bases where a team may start, by district; only districts with enough officers for a team."""
    n_officers: int
    """Minimum number of certified market regulation officers in a team."""
    n_police: int
    """Minimum number of certified police officers in a team."""
    n_women: int
    """Minimum number of certified women in a team."""
    least: int
    """Minimum number of members of a team."""
    max_members: int | None
    """Maximum number of members of a team; None: unlimited."""
    shift_s: tuple[int, int]
    """Start and end of the shift of all teams, seconds after midnight."""

    def staff_district(self, division_code: str) -> str:
        """Return the code under which staff of a district is counted: its own, or '' with a letter of assistance."""
        return "" if self.has_letter else division_code

    def most_members(self, district: str) -> int:
        """Return the maximum number of members of a team of the district."""
        n = self.free + self.tied.get(district, 0)
        return n if self.max_members is None else min(n, self.max_members)

    @property
    def n_teams(self) -> int:
        """Maximum number of simultaneous teams, which share no members."""
        return self.most_teams(self.bases)

    def most_teams(self, districts: Collection[str]) -> int:
        """Return the maximum number of simultaneous teams of these districts."""
        limits = [(sum(self.tied.values()) + self.free) // self.least]
        limits += [sum(self.officers.get(d, 0) // self.n_officers for d in districts)] if self.n_officers else []
        limits += [self.police // self.n_police] if self.n_police else []
        limits += [self.women // self.n_women] if self.n_women else []
        return min(limits)


def read_staff_counts(problem: bytes, planned: Sequence[Team]) -> StaffCounts:
    """
    Return the staff counts of the people available for active teams, without the members of reserve teams.

    `problem`: content of problem.json; `planned`: teams of the plan, of which only the reserve matters.

    Raises
    ------
    InvalidProofError
        If teams are given, locked, split or bound to no district, as the proof does not cover such teams, if a team of
        the plan could not be composed of these people, or if the reserve is too large.
    ValueError, KeyError, TypeError
        If the problem is malformed.
    """
    content = json.loads(problem)
    rules: Mapping[str, Any] = content["rules"]
    needs = rules.get("min_certified", _MIN_CERTIFIED)
    n_officers, has_letter = needs.get(MARKET_REGULATION, 0), rules.get("assist_letter", False)
    # A team without market regulation may serve several districts.
    if content.get("teams") or content.get("locks") or rules.get("is_split") or not (n_officers or has_letter):
        raise InvalidProofError("any_teams: no such teams")
    if sum(t.is_reserve for t in planned) > rules.get("n_reserve", 0):
        raise InvalidProofError("any_teams: reserve")
    day, shift = date.fromisoformat(content["day"]), (content["shift_s"][0], content["shift_s"][1])
    people = list(_people(content, day, shift, planned))
    certified = [p for p in people if p.is_certified(day)]
    tied, officers = (
        Counter("" if has_letter else p.division_code for p in group if p.agency == MARKET_REGULATION)
        for group in (people, certified)
    )
    districts = {""} if has_letter else {v.get("division_code", "") for v in content["visits"]}
    staff = StaffCounts(
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
    _refuse_uncovered_teams(staff, {p.person_id for p in people}, planned)
    return staff


def _people(
    content: Mapping[str, Any], day: date, shift_s: tuple[int, int], planned: Sequence[Team]
) -> Iterator[Person]:
    in_reserve = {person_id for t in planned if t.is_reserve for person_id in t.member_ids}
    for p in map(_PERSON.validate_python, content["people"]):
        if p.person_id not in in_reserve and p.covers(shift_s) and (p.is_certified(day) or not p.is_officer):
            yield p


def _bases(
    content: Mapping[str, Any], people: Sequence[Person], certified: Sequence[Person], district: str
) -> tuple[str, ...]:
    """Return ids of bases where a district's teams may start: those in it if its officers all start there, else all."""
    every = {p.base_id for p in people}
    here = every & {b["base_id"] for b in content["bases"] if b.get("division_code", "") == district}
    at_home = [p.base_id for p in certified if p.agency == MARKET_REGULATION and p.division_code == district]
    is_here = at_home and here.issuperset(at_home) and not content["rules"].get("assist_letter")
    return tuple(sorted(here if is_here else every))


def _refuse_uncovered_teams(staff: StaffCounts, people: Collection[str], planned: Sequence[Team]) -> None:
    for team in planned:
        districts = {""} if staff.has_letter else team.division_codes
        # A district without visits or without possible teams allows any base.
        has_allowed_base = all(team.base_id in staff.bases.get(d, (team.base_id,)) for d in districts)
        is_covered = len(districts) == 1 and has_allowed_base and team.shift_s == staff.shift_s and not team.day
        if not team.is_reserve and not (is_covered and set(team.member_ids) <= set(people)):
            raise InvalidProofError(f"any_teams: {team.team_id}")
