"""What all teams share, as rows of a linear or an integer program: the slots of visits, and the people by numbers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sweep.plan.formation.team_columns import Choices
from sweep.plan.problem.problem import TeamRules
from sweep.plan.restricted_master import MasterProblem, Row, Variable
from sweep.records.people import MARKET_REGULATION, POLICE


class District(NamedTuple):
    """Rows of the teams of a district."""

    people: Row
    """No more members than people who come, tied or free."""
    tied: Row
    """No fewer tied people come than officers of market regulation are asked for,"""
    free: Row
    """nor fewer free ones than police are."""
    room: Row
    """No more tied people come than there are,"""
    officers: Row
    """nor are more officers asked for than there are."""


class Master(MasterProblem):
    """Teams with routes as columns, which are added one by one; maximises the value of the units that are served."""

    def __init__(self, solver: str, choices: Choices, rules: TeamRules, n_teams: int, parameters: str = "") -> None:
        super().__init__(solver, parameters)
        self.least = {a: rules.min_certified.get(a, 0) for a in (MARKET_REGULATION, POLICE)}
        """Officers whom each team must have."""
        self.n_women = rules.min_female
        room, pool = choices.room, choices.pool
        self.task = [self.row() for _ in pool.unit]
        self.free, self.police, self.women, self.teams = map(self.row, (room.free, room.police, room.women, n_teams))
        self.district: dict[str, District] = {}
        for d in sorted({site.district for site in choices.sites}):
            most = (0.0, 0.0, 0.0, room.tied.get(d, 0), room.officers.get(d, 0))
            self.district[d] = rows = District(*map(self.row, most))
            self.column([(rows.people, -1.0), (rows.tied, -1.0), (rows.room, 1.0)])
            self.column([(rows.people, -1.0), (rows.free, -1.0), (self.free, 1.0)])
        for u, value in enumerate(pool.value.tolist()):
            tasks = np.flatnonzero(pool.unit == u)
            self.column([(self.task[i], pool.demand[i]) for i in tasks], 1.0, value)

    def add(self, district: str, n_members: int, tasks: Sequence[int], asked: Mapping[str, int]) -> Variable:
        """How often a team goes a route past tasks of the pool, whose slots ask for so many officers by agency."""
        rows = self.district[district]
        officers, police = (max(self.least[a], asked.get(a, 0)) for a in (MARKET_REGULATION, POLICE))
        uses = (
            (rows.people, n_members), (rows.tied, officers), (rows.officers, officers), (rows.free, police),
            (self.police, police), (self.women, self.n_women), (self.teams, 1),
        )  # fmt: skip
        return self.column([*uses, *((self.task[task], -n) for task, n in Counter(tasks).items())])
