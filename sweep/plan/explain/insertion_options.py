"""Options of each team for one more visit: visits to drop for it, or minutes that it lacks; other teams are fixed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from sweep.plan.feasible.shortest_times_through_visits import ShortestPaths
from sweep.plan.feasible.team_obstacles import obstacles, rule_text
from sweep.plan.kernel.annealing import score
from sweep.plan.kernel.problem_arrays import LATEST, NONE
from sweep.plan.kernel.route_schedule import compute_starts
from sweep.plan.kernel.route_times import end_of_duty
from sweep.plan.kernel.search_state import SearchState, copy_state, insert_task, remove_task, remove_unit
from sweep.plan.kernel.synchronised_insertion import insert_unit
from sweep.plan.problem.problem import Problem
from sweep.plan.search.encode_problem import make_arrays, must_value, n_must_values
from sweep.plan.search.initial_solution import with_routes
from sweep.records.people import Team
from sweep.records.plan import Route
from sweep.records.visits import Visit


@dataclass(frozen=True, slots=True)
class Option:
    """Option of one team for serving one unserved visit: visits that it gives up, or minutes that it lacks."""

    team_id: str
    rules: tuple[str, ...]
    """Keys of the rules that exclude this team from the visit with any route; empty: the team is eligible."""
    displaced: tuple[str, ...] | None
    """Ids of the cheapest visits for the team to give up, perhaps empty; None if giving up visits does not help."""
    price: float | None
    """Loss of the objective by the swap, not counting weights of must-visits and locks; < 0: a gain; None: no swap."""
    minutes_missing: int | None
    """Minutes by which the shift must be longer so that the team gives up no visit; None if no extension helps."""


@dataclass(frozen=True, slots=True)
class Swapped:
    """Cheapest way for one team to serve a visit by giving up others, with the resulting routes."""

    team_id: str
    displaced: tuple[str, ...]
    """Ids of the visits that the team gives up."""
    is_allowed: bool
    """Whether no must-visit or locked visit is among them."""
    price: float
    """Loss of the plan's objective, as `Option.price`."""
    state: SearchState


class Options:
    """Options of each active team of one plan for serving a further visit; the other teams' routes are fixed."""

    def __init__(self, problem: Problem, teams: Sequence[Team], routes: Sequence[Route]) -> None:
        self.problem, self.teams, self._routes = problem, teams, routes
        self._paths = ShortestPaths(problem)
        self.arrays = make_arrays(problem, teams)
        self._state = with_routes(problem, self.arrays, teams, routes)
        self.score, self._must_value = score(self.arrays, self._state), must_value(problem)
        self._locked = {lock.visit_id for lock in problem.locks}
        self._row = {v.visit_id: n for n, v in enumerate(problem.visits)}
        self._members: dict[int, list[Visit]] = defaultdict(list)
        for visit in problem.visits:
            self._members[self._unit(visit)].append(visit)
        self._rng = np.random.default_rng(0)

    def of(self, visit: Visit) -> tuple[Option, ...]:
        """Return the option of each team for a visit: first swaps, by price, then the others, by minutes missing."""
        options = [self._of_team(visit, k) for k in range(len(self.teams))]
        return tuple(sorted(options, key=_rank))

    def cheapest(self, visit: Visit, day: int | None = None, *, may_displace: bool = True) -> Swapped | None:
        """
        Return the cheapest swap that serves a visit, on `day` (None: any day), and drops no must-visit or locked visit.

        None if there is no such swap. Without `may_displace` the visit must fit without dropping any other.
        """
        allowed = (k for k, t in enumerate(self.teams) if day in (None, t.day) and not self._rules_against(visit, k))
        swaps = (x for k in allowed if (x := self._swapped(visit, k)) is not None and x.is_allowed)
        found = (x for x in swaps if may_displace or not x.displaced)
        return min(found, key=lambda x: (x.price, x.team_id), default=None)

    def _of_team(self, visit: Visit, k: int) -> Option:
        team_id, rules = self.teams[k].team_id, self._rules_against(visit, k)
        if rules:
            return Option(team_id, rules, None, None, None)
        swap, missing = self._swapped(visit, k), self._minutes_missing(visit, k)
        if swap is None:
            return Option(team_id, (), None, None, missing)
        return Option(team_id, (), swap.displaced, swap.price, missing)

    def _rules_against(self, visit: Visit, k: int) -> tuple[str, ...]:
        by_slot = [
            tuple(rule_text(r) for r in obstacles(self._paths, visit, s.slot, self.teams[k])) for s in visit.slots
        ]
        return min(by_slot, key=len)

    def _swapped(self, visit: Visit, k: int) -> Swapped | None:
        """Return the cheapest swap by which team k serves `visit`; None if no set of its visits makes room."""
        a, unit = self.arrays, self._unit(visit)
        tasks = self._state.stop["task"][k, : self._state.team["length"][k]]
        mine = dict.fromkeys(u for u in a.task["unit"][tasks].tolist() if u != NONE)
        for units in self._cheapest(list(mine)):
            trial = copy_state(self._state)
            for u in units:
                remove_unit(a, trial, u)
            trial.team["is_touched"] = True
            compute_starts(a, trial)
            # A unit of several tasks needs several teams, this one among them.
            only = np.full(len(a.team), len(visit.slots) > 1 or len(self._members[unit]) > 1)
            only[k] = True
            if insert_unit(a, trial, unit, only, np.inf, 0.0, self._rng) and self._is_in(trial, unit, k):
                lost = [v for u in units for v in self._members[u]]
                n_musts = self._n_must_values(units)
                price = self.score - score(a, trial) - self._must_value * (n_musts - self._n_must_values([unit]))
                return Swapped(self.teams[k].team_id, tuple(v.visit_id for v in lost), n_musts == 0, price, trial)
        return None

    def _cheapest(self, units: Sequence[int]) -> Iterator[tuple[int, ...]]:
        # At most three visits are given up: more would be a new route.
        sets = [c for n in range(min(len(units), 3) + 1) for c in combinations(units, n)]
        return iter(sorted(sets, key=lambda c: (self._n_must_values(c), self._value(c), len(c))))

    def _n_must_values(self, units: Sequence[int]) -> int:
        """Return how many times the units' value includes `must_value`: once for a must-visit, 101 times for a lock."""
        return sum(n_must_values(v, self._locked) for u in units for v in self._members[u])

    def _value(self, units: Sequence[int]) -> float:
        return float(self.arrays.units["value"][list(units)].sum()) - self._must_value * self._n_must_values(units)

    def _unit(self, visit: Visit) -> int:
        return int(self.arrays.task["unit"][self.arrays.node_start[self._row[visit.visit_id]]])

    def _is_in(self, state: SearchState, unit: int, k: int) -> bool:
        tasks = self.arrays.unit_tasks[self.arrays.unit_start[unit] : self.arrays.unit_start[unit + 1]]
        return any(state.fill["team"][i] == k for i in tasks)

    def _minutes_missing(self, visit: Visit, k: int) -> int | None:
        """Return the minutes that team k's shift lacks for the visit; None if it has several slots or fits nowhere."""
        a, unit = self.arrays, self._unit(visit)
        if a.unit_start[unit + 1] - a.unit_start[unit] > 1:
            return None
        team = a.team.copy()
        # Shift extension that is tried.
        team["shift_hi"][k] = min(LATEST, team["shift_hi"][k] + (6 * 3_600))
        wide = a._replace(team=team)
        state = with_routes(self.problem, wide, self.teams, self._routes)
        i, least = int(a.units["first"][unit]), None
        if state.team["length"][k] >= state.stop.shape[1]:
            return None
        for p in range(int(state.team["length"][k]) + 1):
            insert_task(wide, state, i, k, p)
            state.team["is_touched"] = True
            if compute_starts(wide, state):
                late = max(0, end_of_duty(wide, state, k) - int(a.team["shift_hi"][k]))
                least = late if least is None else min(least, late)
            remove_task(wide, state, i)
        return None if least is None else -(-least // 60)


def _rank(option: Option) -> tuple[bool, float, float, int, str]:
    missing = option.minutes_missing
    return (
        option.price is None,
        option.price or 0.0,
        np.inf if missing is None else missing,
        len(option.rules),
        option.team_id,
    )
