"""Earliest starts of urgent visits: optional visits, travel and published times give way to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from sweep.plan.problem.problem import Problem, Weights
from sweep.plan.problem.worth import caps_left, plan_worth
from sweep.plan.replan.day import after
from sweep.plan.replan.rest import Rest, partners
from sweep.plan.settings import Settings
from sweep.plan.solve import solve
from sweep.records.plan import Plan, Route

# Rounds of each search: few visits are left in it.
N_ROUNDS = 300
# What a second costs where the urgent visit is alone: its travel breaks ties.
LATE_COST = 1e-6
# Where other visits are in the way, the earliest start is searched for to the minute.
EXACT_S = 60


def with_soonest_starts(rest: Rest, plan: Plan, urgent: Sequence[str], seed: int) -> tuple[Rest, tuple[Route, ...]]:
    """
    The rest of a day in which urgent visits start at their earliest, and routes that do so.

    Must-visits are made as well, and visits of the plan whose lead or promise falls due; nothing else delays a team.

    Parameters
    ----------
    urgent
        Ids of visits that came up on the day and must be made; the first goes before the others.
    """
    known = {v.visit_id for v in rest.problem.visits}
    waiting = [i for i in dict.fromkeys(urgent) if i in known]
    problem = _only(rest.problem, _kept(rest, plan), 0.0)
    limits = Settings(seed, n_iterations=N_ROUNDS, is_proof_wanted=False, is_review_wanted=False)
    if not waiting:
        return rest, ()
    made = solve(problem, limits, start=plan.routes)
    for visit_id in waiting:
        least_s = _start(solve(_only(problem, {visit_id}, LATE_COST), limits), visit_id)
        problem, made = _soonest(problem, made, visit_id, least_s, limits)
    cut = {v.visit_id: v for v in problem.visits if v.visit_id in waiting}
    visits = (replace(v, windows_s=cut[v.visit_id].windows_s) if v.visit_id in cut else v for v in rest.problem.visits)
    return replace(rest, problem=replace(rest.problem, visits=tuple(visits))), made.routes


def _soonest(
    problem: Problem, made: Plan, visit_id: str, least_s: int | None, limits: Settings
) -> tuple[Problem, Plan]:
    """The problem with the visit's windows up to its earliest start, and a plan of it that serves as much as before."""
    last_s = _start(made, visit_id)
    if least_s is None or last_s is None:
        return problem, made
    trial_s = least_s
    while last_s > trial_s:
        trial = solve(_until(problem, visit_id, trial_s), limits, start=made.routes)
        start_s = _start(trial, visit_id)
        if start_s is not None and plan_worth(problem, trial) >= plan_worth(problem, made):
            made, last_s = trial, start_s
        else:
            least_s = trial_s + EXACT_S
        trial_s = (least_s + last_s) // 2
    return _until(problem, visit_id, last_s), made


def _kept(rest: Rest, plan: Plan) -> set[str]:
    """Ids of the visits that an urgent one may not drop, with all that are made together with them."""
    published = {s.visit_id for r in plan.routes for s in r.stops}
    kept = {v.visit_id for v in rest.problem.visits if v.is_must or (v.urgency > 0 and v.visit_id in published)}
    while more := {b for a, b in partners(rest.problem) if a in kept and b not in kept}:
        kept |= more
    return kept


def _only(problem: Problem, kept: Collection[str], late_cost: float) -> Problem:
    """The problem of these visits, in which each counts as much as any other; late is a start later than it may be."""
    return replace(
        problem,
        visits=tuple(
            replace(
                v,
                value=float(not v.is_must),
                values=(),
                urgency=0.0,
                due_s=v.windows_s[0][0],
                dues_s=(),
                disturbance=0.0,
            )
            for v in problem.visits
            if v.visit_id in kept
        ),
        lags=tuple(x for x in problem.lags if x.before in kept and x.after in kept),
        locks=tuple(x for x in problem.locks if x.visit_id in kept),
        caps=caps_left(problem, kept, ()),
        weights=Weights(lateness=late_cost),
    )


def _until(problem: Problem, visit_id: str, last_s: int) -> Problem:
    visits = (after(v, 0, last_s) if v.visit_id == visit_id else v for v in problem.visits)
    return replace(problem, visits=tuple(visits))


def _start(plan: Plan, visit_id: str) -> int | None:
    return next((s.start_s for r in plan.routes for s in r.stops if s.visit_id == visit_id), None)
