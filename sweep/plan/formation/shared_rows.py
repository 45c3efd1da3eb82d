"""Rows (constraints) shared by all teams in the linear and the integer program: visits' slots and staff counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sweep.plan.formation.team_columns import CandidateTeams
from sweep.plan.problem.problem import TeamRules
from sweep.plan.restricted_master import MasterProblem, Row, Variable
from sweep.records.people import MARKET_REGULATION, POLICE


class DistrictRows(NamedTuple):
    """Constraints on the people of a district's teams; bound people serve one district only, free people any."""

    people: Row
    """Members <= people assigned, bound or free."""
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

    def __init__(
        self, solver: str, choices: CandidateTeams, rules: TeamRules, n_teams: int, parameters: str = ""
    ) -> None:
        super().__init__(solver, parameters)
        self.least = {a: rules.min_certified.get(a, 0) for a in (MARKET_REGULATION, POLICE)}
        """Certified officers required in each team, by agency."""
        self.n_women = rules.min_female
        room, pool = choices.room, choices.pool
        self.task = [self.row() for _ in pool.unit]
        self.free, self.police, self.women, self.teams = map(self.row, (room.free, room.police, room.women, n_teams))
        self.district: dict[str, DistrictRows] = {}
        for d in sorted({site.district for site in choices.sites}):
            most = (0.0, 0.0, 0.0, room.tied.get(d, 0), room.officers.get(d, 0))
            self.district[d] = rows = DistrictRows(*map(self.row, most))
            self.column([(rows.people, -1.0), (rows.tied, -1.0), (rows.room, 1.0)])
            self.column([(rows.people, -1.0), (rows.free, -1.0), (self.free, 1.0)])
        for u, value in enumerate(pool.value.tolist()):
            tasks = np.flatnonzero(pool.unit == u)
            self.column([(self.task[i], pool.demand[i]) for i in tasks], 1.0, value)

    def add(self, district: str, n_members: int, tasks: Sequence[int], asked: Mapping[str, int]) -> Variable:
        """
        Add and return the column of a team of `n_members` people in a district.

        `tasks`: tasks that its route serves, as indices in the component. `asked`: officers that they require, by
        agency; the rules may require more.
        """
        rows = self.district[district]
        officers, police = (max(self.least[a], asked.get(a, 0)) for a in (MARKET_REGULATION, POLICE))
        uses = (
            (rows.people, n_members), (rows.tied, officers), (rows.officers, officers), (rows.free, police),
            (self.police, police), (self.women, self.n_women), (self.teams, 1),
        )  # fmt: skip
        return self.column([*uses, *((self.task[task], -n) for task, n in Counter(tasks).items())])
