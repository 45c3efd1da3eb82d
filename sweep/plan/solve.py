"""Entry point of the planner: `solve` turns a problem into a plan."""

from collections.abc import Callable, Sequence

import numpy as np

from sweep.plan.bound.branch_and_price import Prover
from sweep.plan.bound.proof_thread import ProofThread, is_closed
from sweep.plan.defer_interrupt import defer_interrupt
from sweep.plan.jit_warmup import PLANNER
from sweep.plan.kernel.people_arrays import make_people, members
from sweep.plan.kernel.problem_arrays import Arrays
from sweep.plan.kernel.search_state import SearchState
from sweep.plan.problem.eligibility import active_teams
from sweep.plan.problem.objective import objective
from sweep.plan.problem.problem import Problem
from sweep.plan.search.annealing_schedule import anneal
from sweep.plan.search.decode_routes import make_routes, served_visits
from sweep.plan.search.encode_problem import make_arrays
from sweep.plan.search.initial_solution import with_routes
from sweep.plan.search.unserved_reasons import unserved_visits
from sweep.plan.solve_budget import SolveBudget
from sweep.plan.solve_settings import Settings, SolveProgress
from sweep.plan.teams.compose_teams import compose_teams
from sweep.plan.teams.make_teams import movable_people, with_members
from sweep.records.bound_proof import proof_json
from sweep.records.people import Team
from sweep.records.plan import Plan, Route

__all__ = ["Settings", "SolveProgress", "solve", "wait_for_compiler"]


def solve(
    problem: Problem,
    settings: Settings,
    on_progress: Callable[[SolveProgress], None] | None = None,
    start: Sequence[Route] = (),
) -> Plan:
    """
    Return the best plan found within the limits; the plan keeps every hard rule.

    Ctrl-C ends the search and returns the best plan so far. On a first run the limit starts after compilation.

    Parameters
    ----------
    start
        Initial routes of given teams; the plan is at least as good as the feasible part of them.

    Raises
    ------
    InputError
        If no teams can be composed from the people.
    """
    wait_for_compiler(on_progress)
    with defer_interrupt() as is_interrupted:
        run = SolveBudget(problem, settings, on_progress, is_interrupted)
        teams = problem.teams or compose_teams(problem, settings.seed)
        active, first = active_teams(teams), start
        if not problem.teams:
            active, first = compose(run, teams, active)
        by_id = {t.team_id: t for t in active}
        teams = tuple(by_id.get(t.team_id, t) for t in teams)
        arrays = make_arrays(problem, active)
        proof = ProofThread(Prover(problem, arrays, active), arrays)
        state = with_routes(problem, arrays, active, first)
        if len(active) and len(problem.visits):
            state = run.route(arrays, active, state, proof)
        return _plan_of(run, teams, active, arrays, state, proof)


def wait_for_compiler(on_progress: Callable[[SolveProgress], None] | None) -> None:
    """Wait until the search is compiled, half a minute or more on a first run; `on_progress` None: no reports."""
    PLANNER.wait(
        on_progress and (lambda share: on_progress(SolveProgress(0.0, 0.0, np.inf, 0, 0, 0.0, compiled=share)))
    )


def _plan_of(
    run: SolveBudget,
    teams: tuple[Team, ...],
    active: Sequence[Team],
    arrays: Arrays,
    state: SearchState,
    proof: ProofThread,
) -> Plan:
    """Return the plan of a search state, with its bounds; `teams` includes the reserve teams, `active` does not."""
    problem, settings = run.problem, run.settings
    routes = make_routes(problem, arrays, state, active)
    parts = objective(problem, routes, active)
    bound, method, shown = proof.certified(state)
    bound = max(bound, parts.finds)  # equal up to rounding when every visit is served
    made = served_visits(problem, state)
    of_any = None if any(v.is_must and v.visit_id not in made for v in problem.visits) else run.of_any
    return Plan(
        status="optimal" if is_closed(parts.finds, bound) else "feasible",
        value=parts.finds,
        bound=bound,
        bound_method=method,
        teams=teams,
        routes=routes,
        unserved=unserved_visits(problem, arrays, state, active) if settings.is_review_wanted else (),
        seed=settings.seed,
        n_iterations=run.n_iterations,
        members_max=problem.rules.max_members,
        proof=proof_json(shown.model_copy(update={"any_teams": of_any and of_any.certificate})),
        bound_any_teams=of_any and max(of_any.bound - parts.due, parts.finds),
        due=parts.due,
        costs=parts.costs,
    )


def compose(run: SolveBudget, teams: Sequence[Team], active: Sequence[Team]) -> tuple[list[Team], tuple[Route, ...]]:
    """
    Exchange members while routes are searched; return the improved active teams and their routes.

    `teams` include the reserve, `active` do not. `run.of_any` gets an upper bound over all compositions, if computed.
    """
    people = movable_people(run.problem, teams)
    arrays, movers = make_arrays(run.problem, active, people), make_people(run.problem, active, people)
    state = with_routes(run.problem, arrays, active, (), members(people, active))
    with run.bound_any(arrays, teams):
        if len(active) > 1 and len(people) and len(run.problem.visits):
            for until in run.compose_shares(arrays):
                state = anneal(arrays, movers, state, *run.phase(arrays, state, until))
    inside = [np.flatnonzero(state.member == k) for k in range(len(active))]
    changed = [with_members(run.problem, t, [people[p] for p in inside[k]]) for k, t in enumerate(active)]
    return changed, make_routes(run.problem, arrays, state, changed)
