"""Rows (constraints) of the linear program that all teams share: visits' slots and staff counts."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sweep.plan.compositions.team_columns import CandidateTeams
from sweep.plan.problem.problem import TeamRules
from sweep.plan.restricted_master import LINEAR, MasterProblem, Row
from sweep.records.people import MARKET_REGULATION, POLICE


class DistrictRows(NamedTuple):
    """Constraints on the people of a district's teams; bound people serve one district only, free people any."""

    people: Row
    """Team members <= people assigned to the district, bound or free."""
    tied: Row
    """Bound people assigned >= required officers of market regulation."""
    free: Row
    """Free people assigned >= required police."""
    room: Row
    """Bound people assigned <= bound people available."""
    officers: Row
    """Required officers <= certified officers available."""


class TeamMaster(MasterProblem):
    """Master problem whose columns are teams with routes; maximises the value of the served units."""

    def __init__(self, candidates: CandidateTeams, rules: TeamRules) -> None:
        super().__init__(LINEAR)
        self._rules = rules
        staff, pool = candidates.staff, candidates.pool
        self.task = [self.row() for _ in pool.unit]
        self.free, self.police, self.women, self.teams = map(
            self.row, (staff.free, staff.police, staff.women, candidates.most_teams)
        )
        self.district: dict[str, DistrictRows] = {}
        for d in sorted({site.district for site in candidates.sites}):
            most = (0.0, 0.0, 0.0, staff.tied.get(d, 0), staff.officers.get(d, 0))
            self.district[d] = rows = DistrictRows(*map(self.row, most))
            self.column([(rows.people, -1.0), (rows.tied, -1.0), (rows.room, 1.0)])
            self.column([(rows.people, -1.0), (rows.free, -1.0), (self.free, 1.0)])
        for u, value in enumerate(pool.value.tolist()):
            tasks = np.flatnonzero(pool.unit == u)
            self.column([(self.task[i], pool.demand[i]) for i in tasks], 1.0, value)

    def add(self, district: str, n_members: int, tasks: Sequence[int]) -> None:
        """Add the column of a team: `n_members` people in a district, serving `tasks` (rows of the component)."""
        rows = self.district[district]
        officers, police = (self._rules.min_certified.get(a, 0) for a in (MARKET_REGULATION, POLICE))
        uses = (
            (rows.people, n_members), (rows.tied, officers), (rows.officers, officers), (rows.free, police),
            (self.police, police), (self.women, self._rules.min_female), (self.teams, 1),
        )  # fmt: skip
        self.column([*uses, *((self.task[task], -n) for task, n in Counter(tasks).items())])
