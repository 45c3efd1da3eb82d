"""Warm start: solution of a problem that starts from the teams or routes of plans of similar problems."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sweep.plan.problem.eligibility import active_teams
from sweep.plan.problem.objective import objective
from sweep.plan.problem.problem import Problem
from sweep.plan.solve import Settings, SolveProgress, solve
from sweep.plan.teams.make_teams import teams_of_plan
from sweep.records.people import MARKET_REGULATION, Team
from sweep.records.plan import Plan, Route
from sweep.records.squad_slots import has_police

# Share of the limit for the solve without a warm start.
FRESH_SHARE = 0.5


def solve_from_neighbours(
    problem: Problem,
    settings: Settings,
    near: Sequence[Plan],
    on_progress: Callable[[SolveProgress], None] | None = None,
) -> Plan:
    """
    Return the best plan found from an empty start and from each plan in `near`; these are plans of similar problems.

    The searches share the limits. If `near` is empty, this is `solve`.

    Raises
    ------
    InputError
        If no teams can be composed from the people.
    """
    fresh = solve(problem, settings.part(FRESH_SHARE if near else 1.0), on_progress)
    if not near:
        return fresh
    begins = [begin for plan in near for begin in _begins(problem, fresh, plan)]
    plans = [fresh]
    for teams, routes in begins:
        held = replace(problem, teams=teams)
        plans.append(solve(held, settings.part((1.0 - FRESH_SHARE) / len(begins)), on_progress, routes))
    n_rounds = sum(p.n_iterations for p in plans)
    # Ties go to the first plan, so that a neighbour without gain changes nothing.
    best = max(plans, key=lambda p: objective(problem, p.routes, p.teams).rank)
    return replace(best, n_iterations=n_rounds)


def _begins(problem: Problem, fresh: Plan, near: Plan) -> list[tuple[tuple[Team, ...], Sequence[Route]]]:
    """Return pairs (teams, initial routes): teams of `fresh` and, if allowed, of `near`, both with routes of `near`."""
    begins: list[tuple[tuple[Team, ...], Sequence[Route]]] = [(fresh.teams, _renamed(fresh.teams, near))]
    own = tuple(
        replace(t, shift_s=problem.shift_s, division_codes=_districts(problem, t)) for t in teams_of_plan(problem, near)
    )
    if not problem.teams and _may_be_kept(problem, own):
        begins.append((own, near.routes))
    return begins


def _districts(problem: Problem, team: Team) -> frozenset[str]:
    if problem.rules.assist_letter or _is_police_squad(problem, team):
        return problem.districts
    inside = {*team.member_ids}
    home = {p.division_code for p in problem.people if p.person_id in inside and p.agency == MARKET_REGULATION}
    return frozenset(home) or team.division_codes


def _is_police_squad(problem: Problem, team: Team) -> bool:
    return problem.rules.is_split and has_police(team)


def _may_be_kept(problem: Problem, teams: Sequence[Team]) -> bool:
    people = {p.person_id: p for p in problem.people}
    rules = problem.rules
    return (
        len(teams) == rules.n_all
        and sum(not t.is_reserve for t in teams) == rules.n_active
        and all(i in people and people[i].covers(problem.shift_s) for t in teams for i in t.member_ids)
        and all(map(rules.are_met_by, teams))
        and (rules.max_members is None or all(len(t.member_ids) <= rules.max_members for t in teams))
        # Without a letter a team is of one district.
        and (rules.assist_letter or all(len(t.division_codes) == 1 for t in teams if not _is_police_squad(problem, t)))
    )


def _renamed(teams: Sequence[Team], near: Plan) -> list[Route]:
    """Return the routes of `near`, each given to the team with the same districts and the most members in common."""
    members = {t.team_id: (set(t.member_ids), t.division_codes) for t in near.teams}
    left = list(active_teams(teams))
    renamed = []
    for route in sorted(near.routes, key=lambda r: -len(r.stops)):
        people, districts = members[route.team_id]
        alike = [t for t in left if t.division_codes == districts]
        if alike:
            best = max(alike, key=lambda t: len(people & set(t.member_ids)))
            left.remove(best)
            renamed.append(replace(route, team_id=best.team_id))
    return renamed
