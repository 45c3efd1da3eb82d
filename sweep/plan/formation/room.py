"""The people whom all teams share, by numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sweep.plan.problem.problem import Problem, TeamRules
from sweep.records.people import MARKET_REGULATION, POLICE, Person


@dataclass(frozen=True, slots=True)
class Room:
    """The people that all teams share. Where market regulation may go anywhere there is one district, named ""."""

    tied: Mapping[str, int]
    """Who may only be in the teams of a district, by district (C12)."""
    officers: Mapping[str, int]
    """Certified ones among them."""
    free: int
    """Who may be in any team."""
    police: int
    """Certified ones."""
    women: int
    """Certified ones."""

    def most_teams(self, rules: TeamRules, districts: Collection[str]) -> int:
        """Most teams of these districts that there can be at a time."""
        officers, police = (rules.min_certified.get(a, 0) for a in (MARKET_REGULATION, POLICE))
        rooms = [(sum(self.tied.values()) + self.free) // max(1, sum(rules.min_certified.values()))]
        rooms += [sum(self.officers.get(d, 0) // officers for d in districts)] if officers else []
        rooms += [n // least for n, least in ((self.police, police), (self.women, rules.min_female)) if least]
        return min(rooms)


def room_of(problem: Problem, people: Sequence[Person]) -> Room:
    """What the people who are put into teams make room for."""
    certified = [p for p in people if p.is_certified(problem.day)]
    tied = [p for p in people if p.agency == MARKET_REGULATION]
    return Room(
        tied=Counter(home_of(problem, p.division_code) for p in tied),
        officers=Counter(home_of(problem, p.division_code) for p in certified if p.agency == MARKET_REGULATION),
        free=len(people) - len(tied),
        police=sum(p.agency == POLICE for p in certified),
        women=sum(p.is_female for p in certified),
    )


def home_of(problem: Problem, division_code: str) -> str:
    """District as `Room` names it."""
    return "" if problem.rules.assist_letter else division_code
