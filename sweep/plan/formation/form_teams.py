"""Team formation: selects teams with initial routes, and assigns people to them."""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ortools.sat.python import cp_model

from sweep.plan.cp_sat_solver import cp_sat
from sweep.plan.formation.relaxation import TeamRelaxation
from sweep.plan.formation.select_teams import SelectedTeam, select_teams
from sweep.plan.formation.team_types import make_candidates, may_compose
from sweep.plan.problem.problem import Problem
from sweep.plan.teams.compose_teams import require
from sweep.plan.teams.district_quota import TeamTemplate
from sweep.plan.teams.membership_rules import may_join, most_asked, most_members
from sweep.plan.teams.team_people import movable_people, with_members
from sweep.records.people import Person, Team
from sweep.records.plan import Route, Stop
from sweep.records.visits import Visit

# Deterministic time of CP-SAT, the same on every machine.
DETERMINISTIC_TIME = 0.5


class FormedTeams(NamedTuple):
    """Teams composed of the people on duty by column generation, with their initial routes."""

    teams: list[Team]
    routes: tuple[Route, ...]
    """Initial route of each team, in which only visits, slots and starts are set."""
    relaxation: TeamRelaxation
    """LP relaxation over all candidate teams, with the routes found by pricing as its columns."""


def form_teams(
    problem: Problem,
    teams: Sequence[Team],
    active: Sequence[Team],
    seed: int,
    should_continue: Callable[[], bool],
    seconds: float | None,
) -> FormedTeams | None:
    """
    Compose the active teams again from the people on duty, by column generation; None if no solution was found.

    None too for a single team, given teams, squads, locks, or too many candidates. `teams`: all teams; the people of
    those in reserve are not used. `active`: teams to replace, with the same ids. Pricing ends early if
    `should_continue` returns false. The selection takes at most `seconds`; None: no limit, and the same result on every
    machine. `seed`: CP-SAT's seed for the assignment of people.
    """
    people, n_teams = movable_people(problem, teams), len(active)
    choices = make_candidates(problem, people) if n_teams > 1 and may_compose(problem) else None
    if choices is None:
        return None
    relaxation = TeamRelaxation(choices, problem.rules, n_teams)
    chosen = _chosen(problem, relaxation, n_teams, should_continue, seconds)
    made = _staffed(problem, people, active, chosen, seed) if chosen else None
    return None if made is None else FormedTeams(made, tuple(_routes(made, chosen)), relaxation)


def _chosen(
    problem: Problem,
    relaxation: TeamRelaxation,
    n_teams: int,
    should_continue: Callable[[], bool],
    seconds: float | None,
) -> list[SelectedTeam]:
    """Return `n_teams` selected teams with routes; empty if there is no solution."""
    # Columns within the share `slack` of the bound are added: the best selection may need slightly worse routes. If the
    # selection is more than `far` below the bound, columns up to that gap are added.
    slack, far = 0.002, 0.05
    bound = relaxation.solve(should_continue)
    relaxation.enrich(slack, should_continue)
    began = time.monotonic()
    value, chosen = select_teams(relaxation, problem, n_teams, seconds)
    left = None if seconds is None else seconds - (time.monotonic() - began)
    if value < (1.0 - far) * bound < math.inf and (left is None or left > 0.0):
        relaxation.enrich(1.0 - value / bound, should_continue)
        others = select_teams(relaxation, problem, n_teams, left)
        chosen = others[1] if others[0] > value else chosen
    return chosen


def _routes(teams: Sequence[Team], chosen: Sequence[SelectedTeam]) -> Iterator[Route]:
    """Yield the initial route of each team, with stops at their earliest starts."""
    for team, way in zip(teams, chosen, strict=True):
        stops = (
            Stop(visit.visit_id, slot.slot, visit.building_id, 0, 0, start, start, start)
            for visit, slot, start in way.stops
        )
        yield Route(team.team_id, 0, tuple(stops), 0, 0, 0)


def _staffed(
    problem: Problem,
    people: Sequence[Person],
    teams: Sequence[Team],
    chosen: Sequence[SelectedTeam],
    seed: int,
) -> list[Team] | None:
    """
    Return the selected teams with people assigned, each in place of one of `teams`; None if none was found.

    Recusals (C10), drawn officers (C09), skills and pairs kept apart (C28) may exclude a team from stops of its route.
    The assignment excludes as little value as possible.
    """
    # Points: for a person in a team; for a unit of value closed to the team that has it on its route; for a person too
    # few for a route.
    join_gain, closed_cost, short_cost = 1, 1_000, 50
    model = cp_model.CpModel()
    frames = [TeamTemplate("", way.district, is_reserve=False) for way in chosen]
    joins = {
        (i, t): model.new_bool_var("")
        for i, p in enumerate(people)
        for t, frame in enumerate(frames)
        if may_join(problem, p, frame)
    }
    points: list[cp_model.LinearExprT] = [join_gain * cp_model.LinearExpr.sum(list(joins.values()))]
    for i in range(len(people)):
        model.add_at_most_one([joins[i, t] for t in range(len(chosen)) if (i, t) in joins])
    for t, way in enumerate(chosen):
        mine = {i: joins[i, t] for i in range(len(people)) if (i, t) in joins}
        asked = most_asked([problem.rules.min_certified, *(stop.slot.min_certified for stop in way.stops)])
        require(model, problem, people, mine, asked)
        short = model.new_int_var(0, len(people), "")
        model.add(sum(mine.values()) + short >= way.n_members)
        model.add(sum(mine.values()) <= most_members(problem))
        points.append(-short_cost * short)
        for visit, slot, _ in way.stops:
            is_closed = model.new_bool_var("")
            for group in _cannot(problem, people, mine, visit):
                model.add_bool_or([is_closed, *(~mine[i] for i in group)])
            for i, p in enumerate(people):
                if slot.is_for_drawn and p.person_id in visit.officers:
                    model.add_bool_or([is_closed, *([mine[i]] if i in mine else [])])
            for skill, n in slot.min_skilled.items():
                model.add(sum(x for i, x in mine.items() if skill in people[i].skills) + n * is_closed >= n)
            points.append(-max(1, round(closed_cost * (visit.value + 10.0 * visit.is_must))) * is_closed)
    solver = cp_sat(DETERMINISTIC_TIME, seed)
    model.maximize(cp_model.LinearExpr.sum(points))
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    made = []
    for t, (team, way) in enumerate(zip(teams, chosen, strict=True)):
        members = [p for i, p in enumerate(people) if (i, t) in joins and solver.boolean_value(joins[i, t])]
        codes = team.division_codes if problem.rules.assist_letter else frozenset({way.district})
        made.append(with_members(problem, replace(team, base_id=way.base_id, division_codes=codes), members))
    return made


def _cannot(
    problem: Problem, people: Sequence[Person], mine: Mapping[int, cp_model.IntVar], visit: Visit
) -> Iterator[list[int]]:
    """Yield groups of people, by row in `people`, who as members together exclude a team from the visit."""
    keys = problem.conflict_keys(visit)
    yield from ([i] for i in mine if people[i].recusals & keys)
    row = {people[i].person_id: i for i in mine}
    yield from ([row[x] for x in pair] for pair in visit.keep_apart if all(x in row for x in pair))
