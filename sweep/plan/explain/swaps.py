"""What each unserved visit would cost if everything else of the plan is kept: quick enough for every run."""

from __future__ import annotations

from dataclasses import replace

from sweep.plan.explain.options import Options
from sweep.plan.problem.may_serve import active_teams
from sweep.plan.problem.problem import Problem
from sweep.plan.teams.manned import teams_of_plan
from sweep.records.plan import Plan, Swap

# A visit takes a few milliseconds a team; the less valuable ones are left to `sweep explain`.
MOST_VISITS = 50


def cheapest_swaps(problem: Problem, plan: Plan) -> dict[str, Swap]:
    """
    The cheapest swap for each of the most valuable unserved visits, by visit id; none where no swap brings it in.

    Must-visits are never given up.

    Parameters
    ----------
    problem
        What the plan was made for.
    plan
        Its teams are held.
    """
    teams = teams_of_plan(problem, plan)
    active = active_teams(teams)
    if not active or not plan.unserved:
        return {}
    held = replace(problem, teams=teams, locks=())
    options = Options(held, active, plan.routes)
    visits = {v.visit_id: v for v in held.visits}
    musts = {v.visit_id for v in held.visits if v.is_must}
    unserved = [visits[u.visit_id] for u in plan.unserved if u.visit_id in visits]
    swaps = {}
    for visit in sorted(unserved, key=lambda v: (-v.value, v.visit_id))[:MOST_VISITS]:
        fits = (o for o in options.of(visit) if o.price is not None and not musts.intersection(o.displaced or ()))
        best = min(fits, key=lambda o: (o.price, o.team_id), default=None)
        if best is not None and best.price is not None:
            swaps[visit.visit_id] = Swap(best.team_id, best.displaced or (), best.price)
    return swaps
