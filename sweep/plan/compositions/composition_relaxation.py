"""
LP relaxation over all team compositions: fractional teams on fractional routes, people counted per district.

Dantzig-Wolfe decomposition (1960) over routes of the team types of each site, with the pricing of the upper bound. Its
value bounds every plan of every team composition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from ortools.linear_solver import pywraplp

from geodata.array_types import Float64s
from sweep.plan.bound.pricing import best_routes
from sweep.plan.bound.route_columns import possible
from sweep.plan.compositions.team_columns import CandidateTeams, TeamColumn
from sweep.plan.kernel.knapsack_bound import fractional_knapsack
from sweep.plan.problem.problem import TeamRules
from sweep.plan.restricted_master import LINEAR, MasterProblem, Row, dual_price
from sweep.records.people import MARKET_REGULATION, POLICE

# Routes returned by one pricing; one team type in `STRIDE` of a site is priced in a round.
ROUTES_A_ROUND, STRIDE = 20, 4
TOLERANCE = 1e-9
# Labels compared in one pricing: first few, then more.
FEW_COMPARED, MOST_COMPARED = 100_000, 10_000_000


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


class TeamRelaxation:
    """LP relaxation whose optimum is an upper bound over all team compositions; a column is a route of a team type."""

    def __init__(self, candidates: CandidateTeams, rules: TeamRules) -> None:
        self.candidates = candidates
        self._rules = rules
        self._master = TeamMaster(candidates, rules)
        self._columns: set[TeamColumn] = set()
        self._solve_master()
        self.largest_reduced_cost = np.inf
        """Largest reduced cost of any route at the current prices."""

    def solve(self, should_continue: Callable[[], bool]) -> float:
        """
        Run column generation; return an upper bound over all team compositions, inf if it stopped early.

        A round prices every fourth (`STRIDE`) team type of a site; four rounds without a new column prove the bound.
        """
        most_compared, first, n_without_new = FEW_COMPARED, 0, 0
        while should_continue():
            found = self._price(first, most_compared, should_continue)
            first, n_without_new = (first + 1) % STRIDE, n_without_new + 1
            if sum([self._add(column) for column in found]):
                n_without_new = 0
                if not self._solve_master():
                    break
            if n_without_new == STRIDE:
                self.largest_reduced_cost = self._largest_reduced_cost()
                if self.largest_reduced_cost <= 2.0 * TOLERANCE or most_compared >= MOST_COMPARED:
                    gap = self.candidates.most_teams * self.largest_reduced_cost
                    return self.prices.dual_objective(self.candidates) + gap
                most_compared, n_without_new = 10 * most_compared, 0
        return np.inf

    def _solve_master(self) -> bool:
        m, dual = self._master, dual_price
        is_optimal: bool = m.solver.Solve() == pywraplp.Solver.OPTIMAL
        self.prices = _Prices(
            prizes=np.array([dual(row) for row in m.task]),
            person={d: dual(rows.people) + dual(rows.tied) for d, rows in m.district.items()},
            officer={d: dual(rows.officers) for d, rows in m.district.items()},
            free=max(dual(rows.people) + dual(rows.free) for rows in m.district.values()),
            police=dual(m.police),
            woman=dual(m.women),
            team=dual(m.teams) + TOLERANCE,
        )
        # Upper bounds on the prizes of a route, one for each team type of each site.
        self._best = [np.full(len(site.team_types), np.inf) for site in self.candidates.sites]
        return is_optimal

    def _largest_reduced_cost(self) -> float:
        largest: float = 0.0
        for site, best in zip(self.candidates.sites, self._best, strict=True):
            for f, team_type in enumerate(site.team_types):
                price = self._team_price(site.district, team_type.n_least)
                largest = max(largest, float(best[f:].min()) - price)
        return largest

    def _team_price(self, district: str, n: int) -> float:
        """Return a lower bound on the dual price of a team of `n` people in a district."""
        prices, rules = self.prices, self._rules
        officers, police = (rules.min_certified.get(a, 0) for a in (MARKET_REGULATION, POLICE))
        most_tied = max(officers, min(n - police, self.candidates.staff.tied.get(district, 0)))
        people = min(k * prices.person[district] + (n - k) * prices.free for k in (officers, most_tied))
        extra = officers * prices.officer[district] + police * prices.police
        return people + extra + rules.min_female * prices.woman + prices.team

    def _price(self, first: int, most_compared: int, should_continue: Callable[[], bool]) -> list[TeamColumn]:
        """Price every `STRIDE`th team type of a site from offset `first` on; return columns that improve the master."""
        found = []
        for s, (site, best) in enumerate(zip(self.candidates.sites, self._best, strict=True)):
            for f in range(len(site.team_types) - 1 - first, -1, -STRIDE):
                team_type = site.team_types[f]
                price = self._team_price(site.district, team_type.n_least)
                prize = self.prices.prizes[team_type.kind.tasks]
                # Upper bound on the prizes of a route: fractional knapsack of stops with their shortest legs.
                team = team_type.kind.team
                hours = float(max(0, team.shift_hi - team.shift_lo - team.break_s))
                best[f] = min(best[f:].min(), fractional_knapsack(prize, team_type.seconds, hours))
                # A smaller team has no better route.
                if best[f] <= price + TOLERANCE:
                    continue
                windows = self.candidates.windows_of(team_type)
                priced = best_routes(team, windows, prize, price, ROUTES_A_ROUND, most_compared, should_continue)
                best[f] = min(best[f], priced.most)
                found += [self._smallest(s, f, route) for route in priced.routes]
        return found

    def _smallest(self, s: int, f: int, route: Sequence[int]) -> TeamColumn:
        """Return a route of team type `f` as a column of the site's smallest team type that can drive it."""
        site = self.candidates.sites[s]
        tasks = np.array([route], np.int64)
        windows = self.candidates.windows_of(site.team_types[f])
        while f > 0 and possible(tasks, site.team_types[f - 1].kind.team, windows)[0][0]:
            f -= 1
        return s, f, tuple(route)

    def _add(self, column: TeamColumn) -> bool:
        if column in self._columns:
            return False
        s, f, places = column
        site = self.candidates.sites[s]
        team_type = site.team_types[f]
        self._master.add(site.district, team_type.n_least, team_type.kind.tasks[list(places)].tolist())
        self._columns.add(column)
        return True


class _Prices(NamedTuple):
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

    def dual_objective(self, candidates: CandidateTeams) -> float:
        pool, staff = candidates.pool, candidates.staff
        in_prizes = np.bincount(pool.unit, weights=pool.demand * self.prizes, minlength=len(pool.value))
        total = float(np.maximum(pool.value - in_prizes, 0.0).sum())
        total += sum(price * staff.tied.get(d, 0) for d, price in self.person.items())
        total += sum(price * staff.officers.get(d, 0) for d, price in self.officer.items())
        total += self.free * staff.free + self.police * staff.police + self.woman * staff.women
        return total + self.team * candidates.most_teams
