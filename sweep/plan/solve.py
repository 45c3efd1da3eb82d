"""The door to the planner: a problem in, a plan out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sweep.plan.bound.proof import Proof, is_closed
from sweep.plan.bound.prover import Prover
from sweep.plan.composed import compose
from sweep.plan.first_calls import PLANNER
from sweep.plan.interrupt import held_interrupt
from sweep.plan.problem.may_serve import active_teams
from sweep.plan.problem.problem import Problem
from sweep.plan.run import Run
from sweep.plan.search.layout import make_arrays
from sweep.plan.search.routes import make_routes, plan_value, served_visits
from sweep.plan.search.unserved import unserved_visits
from sweep.plan.search.warm import empty_state, with_routes
from sweep.plan.settings import Progress, Settings
from sweep.plan.teams.compose import compose_teams
from sweep.records.people import Team
from sweep.records.plan import Plan, Route
from sweep.records.proof import proof_json

__all__ = ["Progress", "Settings", "solve", "wait_for_compiler"]


def solve(
    problem: Problem,
    settings: Settings,
    watch: Callable[[Progress], None] | None = None,
    start: Sequence[Route] = (),
) -> Plan:
    """
    The best plan found within the limits, never one that breaks a hard rule. Ctrl-C gives the best one so far.

    On a first run what is to be compiled is compiled before the time limit begins.

    Parameters
    ----------
    start
        Routes of given teams to begin with; the plan is at least as good as what of them can be kept.

    Raises
    ------
    InputError
        If no teams can be composed from the people.
    """
    wait_for_compiler(watch)
    with held_interrupt() as is_cut_short:
        return _solve(problem, Run(problem, settings, watch, is_cut_short), start)


def wait_for_compiler(watch: Callable[[Progress], None] | None) -> None:
    """Return once the search is compiled: on a first run after half a minute or more, with the progress of that."""
    PLANNER.wait(watch and (lambda share: watch(Progress(0.0, 0.0, np.inf, 0, 0, 0.0, compiled=share))))


def _solve(problem: Problem, run: Run, start: Sequence[Route]) -> Plan:
    settings = run.settings
    teams = problem.teams or compose_teams(problem, settings.seed)
    active = active_teams(teams)
    formed, first = None, None
    if not problem.teams:
        active, first, formed = compose(run, teams, active)
    teams = _replaced(teams, active)
    arrays = make_arrays(problem, active)
    proof = Proof(Prover(problem, arrays, active), arrays)
    state = empty_state(arrays)
    with_routes(problem, arrays, state, active, first if first is not None else start)
    if len(active) and len(problem.visits):
        state = run.route(arrays, active, state, proof, lambda: run.bound_any(teams, formed))
    value = plan_value(problem, arrays, state)
    bound, method, shown = proof.certified(state)
    bound = max(bound, value)  # equal up to rounding when everything is served
    made = served_visits(problem, state)
    of_any = None if any(v.is_must and v.visit_id not in made for v in problem.visits) else run.of_any
    return Plan(
        status="optimal" if is_closed(value, bound) else "feasible",
        value=value,
        bound=bound,
        bound_method=method,
        teams=tuple(teams),
        routes=make_routes(problem, arrays, state, active),
        unserved=unserved_visits(problem, arrays, state, active) if settings.is_review_wanted else (),
        seed=settings.seed,
        n_iterations=run.n_iterations,
        members_max=problem.rules.max_members,
        proof=proof_json(shown.model_copy(update={"any_teams": of_any and of_any.shown})),
        bound_any_teams=of_any and max(of_any.on_value(problem, made), value),
    )


def _replaced(teams: Sequence[Team], active: Sequence[Team]) -> tuple[Team, ...]:
    by_id = {t.team_id: t for t in active}
    return tuple(by_id.get(t.team_id, t) for t in teams)
