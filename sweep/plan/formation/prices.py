"""What the people, the visits and the teams are worth by the duals of a relaxation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geodata.arrays import Float64s
from sweep.plan.formation.choices import Choices
from sweep.plan.formation.room import Room
from sweep.plan.problem.problem import TeamRules
from sweep.records.people import MARKET_REGULATION, POLICE


class Prices(NamedTuple):
    """What the people and the visits are worth, >= 0."""

    prizes: Float64s
    """Prize of each task of the pool."""
    person: dict[str, float]
    """What somebody is worth who is tied to a district, by district."""
    officer: dict[str, float]
    """What one who is certified is worth beyond that."""
    free: float
    """What somebody is worth who may be in any team."""
    police: float
    """What one who is certified is worth beyond that."""
    woman: float
    team: float

    def of_team(self, room: Room, rules: TeamRules, district: str, n: int) -> float:
        """The least that a team of so many people costs."""
        officers, police = (rules.min_certified.get(a, 0) for a in (MARKET_REGULATION, POLICE))
        most_tied = max(officers, min(n - police, room.tied.get(district, 0)))
        person = self.person[district]
        people = min(k * person + (n - k) * self.free for k in (officers, most_tied))
        extra = officers * self.officer[district] + police * self.police
        return people + extra + rules.min_female * self.woman + self.team

    def worth(self, choices: Choices, n_teams: int) -> float:
        """What all people and so many teams are worth, and visits beyond their prizes."""
        pool, room = choices.pool, choices.room
        in_prizes = np.bincount(pool.unit, weights=pool.demand * self.prizes, minlength=len(pool.value))
        worth = float(np.maximum(pool.value - in_prizes, 0.0).sum())
        worth += sum(price * room.tied.get(d, 0) for d, price in self.person.items())
        worth += sum(price * room.officers.get(d, 0) for d, price in self.officer.items())
        worth += self.free * room.free + self.police * room.police + self.woman * room.women
        return worth + self.team * n_teams
