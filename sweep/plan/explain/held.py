"""What every question about a plan holds: its teams, and the pins to teams that it keeps."""

from __future__ import annotations

from dataclasses import replace

from sweep.plan.problem.may_serve import active_teams
from sweep.plan.problem.problem import Problem
from sweep.plan.teams.manned import teams_of_plan
from sweep.records.plan import Plan


def held(problem: Problem, plan: Plan) -> Problem:
    """
    The problem with the teams of the plan, and with the locks to them alone that the plan does not break.

    A lock to a time binds a solve to the plan that is asked about, and a lock to a team that has left binds it to
    nothing: both are dropped.
    """
    teams = teams_of_plan(problem, plan)
    active = {team.team_id for team in active_teams(teams)}
    by_slot = {(s.visit_id, s.slot): r.team_id for r in plan.routes for s in r.made}
    locks = tuple(
        lock
        for lock in problem.locks
        if lock.start_s is None
        and lock.team_id in active
        and by_slot.get((lock.visit_id, lock.slot), lock.team_id) == lock.team_id
    )
    return replace(problem, teams=teams, locks=locks)
