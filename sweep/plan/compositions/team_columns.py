"""Candidate teams by site and size, columns (a team with a route), and the staff counts they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from geodata.array_types import Float64s
from sweep.plan.bound.components import Component, IdenticalTeams
from sweep.plan.bound.team_kind_arrays import TaskWindows
from sweep.plan.problem.problem import Problem, TeamRules
from sweep.records.people import MARKET_REGULATION, POLICE, Person
from sweep.records.visits import Slot, Visit


class TeamType(NamedTuple):
    """Team type: teams of one site whose sizes give the same service times."""

    kind: IdenticalTeams
    n_least: int
    """Smallest number of members of this type; `kind` and `seconds` hold for its largest number of members."""
    seconds: Float64s
    """Seconds of the shortest leg into each task plus its service time, (tasks,)."""


@dataclass(frozen=True, slots=True, eq=False)
class TeamSite:
    """District and base from which teams can start, with the possible team types there."""

    district: str
    team_types: tuple[TeamType, ...]
    """Team types by ascending size; all have the same tasks in the same order."""


# Column of the master problem: index of a site, index in its `team_types`, and stops as positions in its tasks.
type TeamColumn = tuple[int, int, tuple[int, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class CandidateTeams:
    """All sites and team types from which teams may be formed, their tasks, and the people available."""

    pool: Component
    """All candidate teams as one component, with the units that they can serve."""
    sites: tuple[TeamSite, ...]
    staff: StaffCounts
    """Numbers of people that all teams share."""
    most_teams: int
    """Maximum number of teams at one time."""
    least_sizes: tuple[int, ...]
    """Smallest team size of each team type of any site, ascending, including types that `TeamSite.team_types` omits."""
    slots: tuple[tuple[Visit, Slot], ...]
    """Visit and team slot of each row of the arrays."""
    unfillable: Mapping[int, float]
    """Value plus urgency of the unit of each slot that no team can fill, by index in `slots`."""
    must_bonus: float
    """Sum of the extra values in `pool` that give must-visits priority, to be subtracted from a bound on `pool`."""

    def windows_of(self, team_type: TeamType) -> TaskWindows:
        """Return the start windows of a team type's tasks, in the order of `team_type.kind.tasks`."""
        return TaskWindows(self.pool.windows.window[team_type.kind.tasks])


@dataclass(frozen=True, slots=True)
class StaffCounts:
    """
    Numbers of available people by district.

    If market regulation staff may work in any district (assist letter, C12), all are counted under the one key "".
    """

    tied: Mapping[str, int]
    """Number of people who may be only in a district's teams, by district (C12)."""
    officers: Mapping[str, int]
    """Number of certified officers among the people of `tied`, by district."""
    free: int
    """Number of people who may be in any team."""
    police: int
    """Number of certified police officers."""
    women: int
    """Number of certified women."""

    def most_teams(self, rules: TeamRules, districts: Collection[str]) -> int:
        """Return the most simultaneous teams of `districts` that these numbers of people allow under `rules`."""
        officers, police = (rules.min_certified.get(a, 0) for a in (MARKET_REGULATION, POLICE))
        limits = [(sum(self.tied.values()) + self.free) // max(1, sum(rules.min_certified.values()))]
        limits += [sum(self.officers.get(d, 0) // officers for d in districts)] if officers else []
        limits += [n // least for n, least in ((self.police, police), (self.women, rules.min_female)) if least]
        return min(limits)


def staff_counts(problem: Problem, people: Sequence[Person]) -> StaffCounts:
    """Return the staff counts of the people available for teams."""
    certified = [p for p in people if p.is_certified(problem.day)]
    tied = [p for p in people if p.agency == MARKET_REGULATION]
    return StaffCounts(
        tied=Counter(staff_district(problem, p.division_code) for p in tied),
        officers=Counter(staff_district(problem, p.division_code) for p in certified if p.agency == MARKET_REGULATION),
        free=len(people) - len(tied),
        police=sum(p.agency == POLICE for p in certified),
        women=sum(p.is_female for p in certified),
    )


def staff_district(problem: Problem, division_code: str) -> str:
    """
    Return the key under which `StaffCounts` counts a district's market regulation staff; police have no districts.

    It is the district's code, or "" if an assistance letter lets them work in any district (C12).
    """
    return "" if problem.rules.assist_letter else division_code
