"""Entry point of the planner: `solve` turns a problem into a plan."""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from sweep.plan.bound.bound_improvement import Prover
from sweep.plan.bound.proof_thread import ProofThread, is_closed
from sweep.plan.formation.form_teams import FormedTeams, form_teams
from sweep.plan.interrupt import defer_interrupt
from sweep.plan.jit_warmup import PLANNER
from sweep.plan.kernel.annealing import score
from sweep.plan.kernel.people_arrays import People, make_people, members
from sweep.plan.kernel.problem_arrays import NONE, Arrays
from sweep.plan.kernel.search_state import SearchState
from sweep.plan.problem.eligibility import active_teams
from sweep.plan.problem.objective import objective
from sweep.plan.problem.problem import Problem
from sweep.plan.search.anneal_search import anneal
from sweep.plan.search.decode_routes import make_routes, served_visits
from sweep.plan.search.encode_problem import make_arrays
from sweep.plan.search.initial_solution import with_routes
from sweep.plan.search.unserved_reasons import unserved_visits
from sweep.plan.solve_budget import SolveBudget, may_form
from sweep.plan.solve_settings import Settings, SolveProgress
from sweep.plan.teams.compose_teams import compose_teams
from sweep.plan.teams.team_people import movable_people, with_members
from sweep.records.bound_proof import proof_json
from sweep.records.people import Person, Team
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
        active, first, formed = active_teams(teams), start, None
        if not problem.teams:
            active, first, formed = compose(run, teams, active)
        by_id = {t.team_id: t for t in active}
        teams = tuple(by_id.get(t.team_id, t) for t in teams)
        arrays = make_arrays(problem, active)
        proof = ProofThread(Prover(problem, arrays, active), arrays)
        state = with_routes(problem, arrays, active, first)
        if len(active) and len(problem.visits):
            state = run.route(arrays, active, state, proof, lambda: run.bound_any(teams, formed))
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
    """Return the plan of a search state with its bounds; `teams` include the reserve, `active` do not."""
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
        proof=proof_json(shown.model_copy(update={"any_teams": of_any and of_any.shown})),
        bound_any_teams=of_any and max(of_any.on_value(problem, made), parts.finds),
        due=parts.due,
        costs=parts.costs,
    )


class _Draft(NamedTuple):
    """Teams whose members may still change, with the arrays of teams and people, and routes."""

    teams: Sequence[Team]
    arrays: Arrays
    movers: People
    state: SearchState


def compose(
    run: SolveBudget, teams: Sequence[Team], active: Sequence[Team]
) -> tuple[list[Team], tuple[Route, ...], FormedTeams | None]:
    """
    Exchange members while routes are searched; return the improved active teams, their routes, and the formed teams.

    `teams` include the reserve, `active` do not. With enough time, both the active teams and newly formed ones are
    searched for a short time, and members are exchanged in the better set. Without it, no teams are formed (None).
    """
    people, settings = movable_people(run.problem, teams), run.settings
    is_open = len(active) > 1 and len(people) > 0 and len(run.problem.visits) > 0
    is_long = settings.form_s is not None or may_form(settings.time_limit_s, settings.n_iterations)
    draft, formed = _draft(run, people, active, ()), None
    if is_open and is_long:
        draft, formed = _tried(run, draft, people, teams)
    if is_open:
        draft = _searched(run, draft, run.compose_share(draft.arrays))
    inside: list[list[int]] = [[] for _ in draft.teams]
    for p, k in enumerate(draft.state.member):
        if k != NONE:
            inside[k].append(p)
    changed = [with_members(run.problem, t, [people[p] for p in inside[k]]) for k, t in enumerate(draft.teams)]
    return changed, make_routes(run.problem, draft.arrays, draft.state, changed), formed


def _tried(
    run: SolveBudget, draft: _Draft, people: Sequence[Person], teams: Sequence[Team]
) -> tuple[_Draft, FormedTeams | None]:
    """Return the better of the draft and a draft of newly formed teams, each searched briefly, and the formed teams."""
    # Formed teams can be worse than evenly spread ones if their selection was cut short.
    brief = 0.05
    draft = _searched(run, draft, run.share + brief)
    formed = _form(run, teams, draft.teams)
    run.reset_limit()
    if formed is None:
        return draft, None
    other = _searched(run, _draft(run, people, formed.teams, formed.routes), run.share + brief)
    return max(draft, other, key=lambda each: score(each.arrays, each.state)), formed


def _form(run: SolveBudget, teams: Sequence[Team], active: Sequence[Team]) -> FormedTeams | None:
    """
    Form new active teams by column generation; None if not applicable or no solution was found.

    Pricing routes of all team types takes a fifth of the limit, and selecting teams among them another.
    """
    n_rounds, limit_s, form_s = run.settings.n_iterations, run.settings.time_limit_s, run.settings.form_s
    part_s = 0.2 * limit_s if form_s is None else form_s
    began = time.monotonic()
    until = began + part_s if n_rounds is None else np.inf

    def should_continue() -> bool:
        return time.monotonic() < until and not run.is_interrupted()

    most_s = part_s if n_rounds is None else None
    formed = form_teams(run.problem, teams, active, run.settings.seed, should_continue, most_s)
    if form_s is not None:
        run.began += time.monotonic() - began
    return formed


def _draft(run: SolveBudget, people: Sequence[Person], active: Sequence[Team], routes: Sequence[Route]) -> _Draft:
    arrays, movers = make_arrays(run.problem, active, people), make_people(run.problem, active, people)
    return _Draft(active, arrays, movers, with_routes(run.problem, arrays, active, routes, members(people, active)))


def _searched(run: SolveBudget, draft: _Draft, until: float) -> _Draft:
    """Return the draft after a search that ends when the share `until` of the limit is used."""
    a, movers, state = draft.arrays, draft.movers, draft.state
    return draft._replace(state=anneal(a, movers, state, *run.phase(a, state, until)))
