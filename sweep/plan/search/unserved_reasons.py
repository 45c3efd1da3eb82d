"""Reasons for unserved visits: rules that exclude teams, travel and time, caps, cost, or lack of time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from sweep.plan.kernel.annealing import score
from sweep.plan.kernel.insertion import best_place
from sweep.plan.kernel.problem_arrays import FORBIDDEN, LATEST, NONE, Arrays
from sweep.plan.kernel.route_schedule import compute_starts
from sweep.plan.kernel.route_times import travel_time
from sweep.plan.kernel.search_state import SearchState, copy_state, remove_unit
from sweep.plan.kernel.synchronised_insertion import insert_unit
from sweep.plan.problem.blamed_rules import caps_reached, reason_of_rule, rules_to_blame
from sweep.plan.problem.eligibility import may_serve, rules_against
from sweep.plan.problem.problem import Problem, task_rows
from sweep.plan.search.initial_solution import empty_state
from sweep.records.people import Team
from sweep.records.plan import Reason, Unserved
from sweep.records.visits import Visit


def unserved_visits(
    problem: Problem, arrays: Arrays, state: SearchState, teams: Sequence[Team]
) -> tuple[Unserved, ...]:
    """Return every unserved visit with its reasons; `teams`: active teams, in the order of the arrays."""
    left_out = []
    first = state.fill["team"][arrays.node_start[: len(problem.visits)]]
    served = [v.visit_id for v, k in zip(problem.visits, first, strict=True) if k != NONE]
    rows = task_rows(problem)
    empty, full, musts = empty_state(arrays), copy_state(state), copy_state(state)
    for unit in np.flatnonzero(~(arrays.units["is_locked"] | (arrays.units["value"] >= arrays.must_value))):
        if musts.fill["team"][arrays.units["first"][unit]] != NONE:
            remove_unit(arrays, musts, int(unit))
    for routes in (full, musts):
        routes.team["is_touched"] = True
        compute_starts(arrays, routes)
    locked_to = {(lock.visit_id, lock.slot): lock.team_id for lock in problem.locks}
    for visit in problem.visits:
        tasks = [rows[visit.visit_id, s.slot] for s in visit.slots]
        if state.fill["team"][tasks[0]] == NONE:
            locks = [locked_to.get((visit.visit_id, s.slot)) for s in visit.slots]
            case = _Case(problem, arrays, empty, full, musts, teams, visit, tasks, locks)
            reasons = case.by_people() or case.by_place() or case.by_caps(served) or case.by_worth()
            reasons = reasons or case.by_company()
            left_out.append(Unserved(visit.visit_id, visit.building_id, reasons))
    return tuple(left_out)


@dataclass(frozen=True, slots=True)
class _Case:
    """Unserved visit, with the plan's state and the teams that might serve it."""

    problem: Problem
    arrays: Arrays
    empty: SearchState
    """State without routes."""
    full: SearchState
    """State with the routes of the plan."""
    musts: SearchState
    """State with the stops of must-visits and pinned visits only."""
    teams: Sequence[Team]
    visit: Visit
    tasks: Sequence[int]
    """Task row of each of the visit's slots."""
    locks: Sequence[str | None]
    """Id of the team to which each slot is locked; None for a slot without a lock."""

    def _local(self) -> list[Team]:
        return [t for t in self.teams if self.visit.division_code in t.division_codes]

    def _allowed(self) -> list[tuple[int, int]]:
        """Return (team, task) for each team that may fill a slot of the visit."""
        k, x = np.nonzero(self.arrays.service[:, self.tasks] != FORBIDDEN)
        return list(zip(k.tolist(), np.array(self.tasks)[x].tolist(), strict=True))

    def by_people(self) -> tuple[Reason, ...]:
        problem, visit, local = self.problem, self.visit, self._local()
        for slot, named in zip(visit.slots, self.locks, strict=True):
            able = (t.team_id for t in self.teams if may_serve(problem, visit, slot.slot, t))
            if named is not None and named not in able:
                return (Reason("PINNED_TEAM", {"team": named}),)
        if not local:
            return (Reason("NO_TEAM_IN_DISTRICT", {"district": visit.division_code}),)
        by_slot = []
        for slot, locked_to in zip(visit.slots, self.locks, strict=True):
            teams = local if locked_to is None else [t for t in self.teams if t.team_id == locked_to]
            by_slot.append({t.team_id: frozenset(rules_against(problem, visit, slot.slot, t)) for t in teams})
        to_blame = rules_to_blame(by_slot)
        if to_blame:
            teams = [t for t in self.teams if any(t.team_id in by_team for by_team in by_slot)]
            return tuple(reason_of_rule(problem, visit, slot, rule, teams) for rule, slot in to_blame.items())
        if len(local) < len(visit.slots):
            return (Reason("TOO_FEW_TEAMS", {"needs": len(visit.slots), "has": len(local)}),)
        return ()

    def by_place(self) -> tuple[Reason, ...]:
        a, here, allowed = self.arrays, self.arrays.task["place"][self.tasks[0]], self._allowed()
        if all(
            max(travel_time(a, a.team["base"][k], here), travel_time(a, here, a.team["end"][k])) >= LATEST
            for k, _ in allowed
        ):
            return (Reason("NO_ROAD"),)
        rng = np.random.default_rng(0)
        if all(best_place(a, self.empty, i, k, rng)[0] == NONE for k, i in allowed):
            return (Reason("WINDOW_MISSED", {"needs": self._least_minutes()}),)
        return ()

    def by_caps(self, served: Collection[str]) -> tuple[Reason, ...]:
        a, visits = self.arrays, self.problem.visits
        is_mine = a.task["unit"][a.node_start[: len(visits)]] == a.task["unit"][self.tasks[0]]
        return caps_reached(self.problem, [visits[n].visit_id for n in np.flatnonzero(is_mine)], served)

    def by_worth(self) -> tuple[Reason, ...]:
        before, after = score(self.arrays, self.full), self._score_with(self.full)
        return (Reason("NOT_WORTH_ITS_COST"),) if after is not None and after <= before else ()

    def _score_with(self, routes: SearchState) -> float | None:
        """Return the score of the routes with the visit and its linked visits added; None if they do not fit."""
        a, unit = self.arrays, int(self.arrays.task["unit"][self.tasks[0]])
        if not insert_unit(a, routes, unit, np.ones(len(a.team), np.bool_), np.inf, 0.0, np.random.default_rng(0)):
            return None
        after = score(a, routes)
        remove_unit(a, routes, unit)
        compute_starts(a, routes)
        return after

    def by_company(self) -> tuple[Reason, ...]:
        """Return reasons that lie in other visits: few teams for a link group, a linked visit, low value, no time."""
        group, n_local = self.visit.link_group, len(self._local())
        visits = [v for v in self.problem.visits if group is not None and v.link_group == group] or [self.visit]
        n_together = sum(len(v.slots) for v in visits)
        if n_together > n_local and all(v.division_code == self.visit.division_code for v in visits):
            return (Reason("TOO_FEW_TEAMS", {"needs": n_together, "has": n_local}),)
        if n_together > len(self.tasks):
            return (Reason("LINKED_VISIT_UNSERVED", {"group": group or "", "n_teams": n_together}),)
        if self._score_with(self.musts) is not None:
            return (Reason("LOW_VALUE"),)
        return (Reason("NO_TIME_LEFT", {"needs": self._least_minutes()}),)

    def _least_minutes(self) -> int:
        a, here = self.arrays, self.arrays.task["place"][self.tasks[0]]
        k, i = np.array(self._allowed()).T
        team = a.team[k]
        back = a.travel[0, here, team["end"]]
        # A missing leg would overflow 32 bits.
        least = (a.service[k, i].astype(np.int64) + a.travel[0, team["base"], here] + back).min()
        return int(np.ceil(least / 60))
