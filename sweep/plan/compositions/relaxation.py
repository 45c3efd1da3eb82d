"""
LP relaxation over all team compositions: fractional teams on fractional routes, people counted per district.

Dantzig-Wolfe decomposition (1960) over routes of the team types of each site, with the pricing of the upper bound. Its
value bounds every plan of every team composition.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from ortools.linear_solver import pywraplp

from geodata.array_types import Float64s
from sweep.plan.bound.pricing import best_routes
from sweep.plan.bound.route_columns import possible
from sweep.plan.compositions.shared_rows import TeamMaster
from sweep.plan.compositions.team_columns import CandidateTeams, StaffCounts, TeamColumn
from sweep.plan.kernel.knapsack_bound import fractional_knapsack
from sweep.plan.problem.problem import TeamRules
from sweep.plan.restricted_master import dual_price
from sweep.records.people import MARKET_REGULATION, POLICE

# Routes returned by one pricing; one team type in `STRIDE` of a site is priced in a round.
ROUTES_A_ROUND, STRIDE = 20, 4
TOLERANCE = 1e-9
# Labels compared in one pricing: first few, then more.
FEW_COMPARED, MOST_COMPARED = 100_000, 10_000_000


class TeamRelaxation:
    """LP relaxation whose optimum is an upper bound over all team compositions; a column is a route of a team type."""

    def __init__(self, choices: CandidateTeams, rules: TeamRules) -> None:
        self.choices = choices
        self._rules = rules
        self._master = TeamMaster(choices, rules)
        self._columns: set[TeamColumn] = set()
        self._master.solver.Solve()
        self.prices, self._best = self._duals(), self._unknown()
        self.above = np.inf
        """Largest reduced cost of any route at the current prices."""

    def solve(self, should_continue: Callable[[], bool]) -> float:
        """
        Run column generation; return an upper bound on worth over all team compositions, inf if it stopped early.

        A round prices every fourth (`STRIDE`) team type of a site; four rounds without a new column prove the bound.
        """
        most_compared, first, n_still = FEW_COMPARED, 0, 0
        while should_continue():
            found = self._price(first, most_compared, should_continue)
            first, n_still = (first + 1) % STRIDE, n_still + 1
            if sum([self._add(column) for column in found]):
                n_still = 0
                if self._master.solver.Solve() != pywraplp.Solver.OPTIMAL:
                    break
                self.prices, self._best = self._duals(), self._unknown()
            if n_still == STRIDE:
                self.above = self._above()
                if self.above <= 2.0 * TOLERANCE or most_compared >= MOST_COMPARED:
                    return self.prices.worth(self.choices) + self.choices.most_teams * self.above
                most_compared, n_still = 10 * most_compared, 0
        return np.inf

    def _unknown(self) -> list[Float64s]:
        """Return, for each site, infinite upper bounds on the prizes of a route, one for each team type."""
        return [np.full(len(site.forms), np.inf) for site in self.choices.sites]

    def _above(self) -> float:
        """Return the largest reduced cost of any route; infinite if a team type has not been priced."""
        above: float = 0.0
        for site, best in zip(self.choices.sites, self._best, strict=True):
            for f, form in enumerate(site.forms):
                price = self.prices.of_team(self.choices.room, self._rules, site.district, form.n_least)
                above = max(above, float(best[f:].min()) - price)
        return above

    def _duals(self) -> _Prices:
        m, dual = self._master, dual_price
        return _Prices(
            prizes=np.array([dual(row) for row in m.task]),
            person={d: dual(rows.people) + dual(rows.tied) for d, rows in m.district.items()},
            officer={d: dual(rows.officers) for d, rows in m.district.items()},
            free=max(dual(rows.people) + dual(rows.free) for rows in m.district.values()),
            police=dual(m.police),
            woman=dual(m.women),
            team=dual(m.teams) + TOLERANCE,
        )

    def _price(self, first: int, most_compared: int, should_continue: Callable[[], bool]) -> list[TeamColumn]:
        """Price every `STRIDE`th team type of each site; return columns with a positive reduced cost."""
        found = []
        for s, (site, best) in enumerate(zip(self.choices.sites, self._best, strict=True)):
            for f in range(len(site.forms) - 1 - first, -1, -STRIDE):
                form = site.forms[f]
                price = self.prices.of_team(self.choices.room, self._rules, site.district, form.n_least)
                prize = self.prices.prizes[form.kind.tasks]
                # Upper bound on the prizes of a route: fractional knapsack of stops with their shortest legs.
                team = form.kind.team
                hours = float(max(0, team.shift_hi - team.shift_lo - team.break_s))
                best[f] = min(best[f:].min(), fractional_knapsack(prize, form.seconds, hours))
                # A smaller team has no better route.
                if best[f] <= price + TOLERANCE:
                    continue
                priced = best_routes(
                    team,
                    self.choices.windows_of(form),
                    prize,
                    price,
                    ROUTES_A_ROUND,
                    most_compared,
                    should_continue,
                )
                best[f] = min(best[f], priced.most)
                found += [self._smallest(s, f, route) for route in priced.routes]
        return found

    def _smallest(self, s: int, f: int, route: Sequence[int]) -> TeamColumn:
        """Return the route as a column of the smallest team type of site `s`, up to type `f`, that can drive it."""
        site = self.choices.sites[s]
        tasks = np.array([route], np.int64)
        windows = self.choices.windows_of(site.forms[f])
        while f > 0 and possible(tasks, site.forms[f - 1].kind.team, windows)[0][0]:
            f -= 1
        return s, f, tuple(route)

    def _add(self, column: TeamColumn) -> bool:
        """Add the column to the master problem; return whether it is new."""
        if column in self._columns:
            return False
        s, f, places = column
        site = self.choices.sites[s]
        form = site.forms[f]
        self._master.add(site.district, form.n_least, form.kind.tasks[list(places)].tolist())
        self._columns.add(column)
        return True


class _Prices(NamedTuple):
    """Dual prices of people, teams and visits, >= 0."""

    prizes: Float64s
    """Prize of each task: dual price of one of its team slots, (tasks,)."""
    person: dict[str, float]
    """Dual price of one person bound to a district, by district."""
    officer: dict[str, float]
    """Additional price of a bound person who is certified, by district."""
    free: float
    """Dual price of one person who may be in any district's team."""
    police: float
    """Additional price of a certified police officer."""
    woman: float
    team: float

    def of_team(self, room: StaffCounts, rules: TeamRules, district: str, n: int) -> float:
        """Return a lower bound on the dual price of a team of `n` people in a district."""
        officers, police = (rules.min_certified.get(a, 0) for a in (MARKET_REGULATION, POLICE))
        most_tied = max(officers, min(n - police, room.tied.get(district, 0)))
        person = self.person[district]
        people = min(k * person + (n - k) * self.free for k in (officers, most_tied))
        extra = officers * self.officer[district] + police * self.police
        return people + extra + rules.min_female * self.woman + self.team

    def worth(self, choices: CandidateTeams) -> float:
        """Return the dual objective: prices of people and of the teams, and visits' value above their prizes."""
        pool, room = choices.pool, choices.room
        in_prizes = np.bincount(pool.unit, weights=pool.demand * self.prizes, minlength=len(pool.value))
        worth = float(np.maximum(pool.value - in_prizes, 0.0).sum())
        worth += sum(price * room.tied.get(d, 0) for d, price in self.person.items())
        worth += sum(price * room.officers.get(d, 0) for d, price in self.officer.items())
        worth += self.free * room.free + self.police * room.police + self.woman * room.women
        return worth + self.team * choices.most_teams
