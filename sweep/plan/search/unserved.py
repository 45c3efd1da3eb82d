"""Why a visit is not served: each rule taken alone, against teams with empty routes, then against the finished ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sweep.plan.kernel.arrays import FORBIDDEN, LATEST, NONE, Arrays
from sweep.plan.kernel.insertion import best_place
from sweep.plan.kernel.joint import insert_unit
from sweep.plan.kernel.state import State
from sweep.plan.kernel.times import way
from sweep.plan.problem.problem import Problem
from sweep.plan.search.warm import empty_state
from sweep.records.people import Team
from sweep.records.plan import Reason, Unserved
from sweep.records.visits import Visit


def unserved_visits(problem: Problem, arrays: Arrays, state: State, teams: Sequence[Team]) -> tuple[Unserved, ...]:
    """Every visit that is not in the routes, with the first rule that keeps it out."""
    left_out = []
    task = 0
    for visit in problem.visits:
        tasks = range(task, task + len(visit.slots))
        task += len(visit.slots)
        if state.fill["team"][tasks[0]] == NONE:
            case = _Case(arrays, teams, visit, tasks)
            reason = case.by_people() or case.by_place() or case.by_company()
            left_out.append(Unserved(visit.visit_id, visit.building_id, (reason,)))
    return tuple(left_out)


@dataclass(frozen=True, slots=True)
class _Case:
    """One unserved visit and the teams that it could have."""

    arrays: Arrays
    teams: Sequence[Team]
    visit: Visit
    tasks: range

    def _local(self) -> list[int]:
        return [k for k, t in enumerate(self.teams) if self.visit.division_code in t.division_codes]

    def _allowed(self) -> list[int]:
        return [k for k in self._local() if all(self.arrays.service[k, i] != FORBIDDEN for i in self.tasks)]

    def by_people(self) -> Reason | None:
        """No team here, too few officers, too few teams for the slots, or all recused."""
        local = self._local()
        if not local:
            return Reason("NO_TEAM_IN_DISTRICT", {"district": self.visit.division_code})
        for slot in self.visit.slots:
            for agency, needs in slot.min_certified.items():
                has = max(self.teams[k].n_certified.get(agency, 0) for k in local)
                if has < needs:
                    return Reason("NO_TEAM_WITH_OFFICERS", {"agency": agency, "needs": needs, "has": has})
            for skill, needs in slot.min_skilled.items():
                has = max(self.teams[k].n_skilled.get(skill, 0) for k in local)
                if has < needs:
                    return Reason("NO_TEAM_WITH_SKILL", {"skill": skill, "needs": needs, "has": has})
        officers = set(self.visit.officers) if any(s.is_for_drawn for s in self.visit.slots) else set()
        if not any(officers <= set(self.teams[k].member_ids) for k in local):
            return Reason("NO_TEAM_WITH_DRAWN", {"officers": ", ".join(self.visit.officers)})
        n_slots, n_allowed = len(self.visit.slots), len(self._allowed())
        if len(local) < n_slots:
            return Reason("TOO_FEW_TEAMS", {"needs": n_slots, "has": len(local)})
        same = [k for k in local if any(set(self.teams[k].member_ids).issuperset(p) for p in self.visit.keep_apart)]
        if n_allowed < n_slots <= n_allowed + len(same):
            return Reason("SAME_PAIR", {"n_teams": len(same)})
        if n_allowed < n_slots:
            return Reason("RECUSED", {"n_teams": len(local) - n_allowed})
        return None

    def by_place(self) -> Reason | None:
        """No road there and back, or no way to start in the window and be back in the shift."""
        a, here, allowed = self.arrays, self.arrays.task["place"][self.tasks[0]], self._allowed()
        if all(
            max(way(a, k, a.team["base"][k], here), way(a, k, here, a.team["end"][k])) >= a.unreachable for k in allowed
        ):
            return Reason("NO_ROAD")
        rng = np.random.default_rng(0)
        empty = empty_state(a)
        if all(best_place(a, empty, i, k, -LATEST, LATEST, 0.0, rng)[0] == NONE for i in self.tasks for k in allowed):
            return Reason("WINDOW_MISSED", {"needs": self._least_minutes()})
        return None

    def by_company(self) -> Reason:
        """Its group needs more teams than there are, or has no common time left, or no route has room."""
        a, unit = self.arrays, int(self.arrays.task["unit"][self.tasks[0]])
        n_together = int(a.unit_start[unit + 1] - a.unit_start[unit])
        if n_together > 1 and not insert_unit(
            a, empty_state(a), unit, np.ones(len(a.team), np.bool_), np.inf, 0.0, np.random.default_rng(0)
        ):
            return Reason("TOO_FEW_TEAMS", {"needs": n_together, "has": len(self._local())})
        if n_together > len(self.tasks):
            return Reason("LINKED_VISIT_UNSERVED", {"group": self.visit.link_group or "", "n_teams": n_together})
        return Reason("NO_TIME_LEFT", {"needs": self._least_minutes()})

    def _least_minutes(self) -> int:
        """Minutes that the visit takes from a base and back, at the least."""
        a, here = self.arrays, self.arrays.task["place"][self.tasks[0]]
        least = min(
            a.service[k, i] + way(a, k, a.team["base"][k], here) + way(a, k, here, a.team["end"][k])
            for i in self.tasks
            for k in self._allowed()
        )
        return int(np.ceil(least / 60))
