"""Which composed team has which id: ids are only names, so a team is named by the locks of the visits it may make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from sweep.plan.problem.may_serve import may_serve
from sweep.plan.problem.problem import Problem
from sweep.records.people import Team


def named_for_locks(problem: Problem, teams: Sequence[Team]) -> tuple[Team, ...]:
    """
    The composed teams under ids by which as many locks as can be are to a team that may make the visit.

    Who goes out and who stands by stays; where locks do not ask for another id, a team keeps its own.
    """
    active = [t for t in teams if not t.is_reserve]
    if not problem.locks or not active:
        return tuple(teams)
    size = 1 + problem.rules.is_split
    groups = [active[n : n + size] for n in range(0, len(active), size)]
    row_of = {t.team_id: (n, part) for n, group in enumerate(groups) for part, t in enumerate(group)}
    visits = {v.visit_id: v for v in problem.visits}
    # A lock that is broken weighs more than all teams that change their ids.
    cost = 1 - np.eye(len(groups), dtype=np.int64)
    for lock in problem.locks:
        if lock.team_id in row_of:
            named, part = row_of[lock.team_id]
            for n, group in enumerate(groups):
                is_kept = may_serve(problem, visits[lock.visit_id], lock.slot, group[part])
                cost[n, named] += 0 if is_kept else len(groups) + 1
    _, named_as = linear_sum_assignment(cost)
    renamed = {
        one.team_id: replace(team, team_id=one.team_id)
        for n, group in enumerate(groups)
        for team, one in zip(group, groups[int(named_as[n])], strict=True)
    }
    return tuple(renamed.get(t.team_id, t) for t in teams)
