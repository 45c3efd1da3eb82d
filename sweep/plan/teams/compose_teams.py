"""Team composition from the roster: assignment of people to teams of both agencies (OR-Tools CP-SAT)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from ortools.sat.python import cp_model
from scipy.optimize import linear_sum_assignment

from geodata.errors import InputError, Issue
from sweep.plan.cp_sat_solver import cp_sat
from sweep.plan.problem.eligibility import may_serve
from sweep.plan.problem.problem import Problem
from sweep.plan.teams.district_quota import TeamTemplate, may_inspect, team_templates
from sweep.plan.teams.feasibility_milp import find_feasible_teams
from sweep.plan.teams.make_teams import new_team
from sweep.plan.teams.membership_rules import counts_as_woman, deal_people, is_complete, may_join, most_members
from sweep.plan.teams.slots_and_team_sizes import police_of_teams
from sweep.plan.teams.visitor_rotation import rotate_members
from sweep.records.people import MARKET_REGULATION, POLICE, Person, Team
from sweep.records.squad_slots import OTHERS_LETTER, POLICE_LETTER

# Deterministic time of CP-SAT, so that the teams are the same on every machine.
DETERMINISTIC_TIME = 0.5
# With more pairs of person and team the model takes too long: people are dealt, and the search exchanges them.
MOST_JOINS = 50_000
# Points: for a unit of value closed to a team by a recusal; for a drawn visit with its officers in one team.
RECUSAL_COST, UNITED_GAIN = 1_000, 10_000


def compose_teams(
    problem: Problem,
    seed: int,
    deterministic_time: float = DETERMINISTIC_TIME,
    n_other_teams: Mapping[str, int] | None = None,
) -> tuple[Team, ...]:
    """
    Return teams that keep rules C01-C03, C10, C12, C18-C20, each with the required officers and women.

    If teams are split, each goes as two squads; the women are in the police squad, which attends every visit. Ids are
    given to the teams so that locks, which name a team by its id, can be kept.

    Parameters
    ----------
    deterministic_time
        Limit of CP-SAT in its own deterministic seconds.
    n_other_teams
        Number of teams of other days that may visit each building, by building id. The weight of a building falls with
        this number, so that recusals and district quotas vary from day to day.

    Raises
    ------
    InputError
        S211 too few people for the number of teams; S212 no feasible composition; S215 none was found, infeasibility is
        not confirmed.
    """
    on_duty = [p for p in problem.people if p.covers(problem.shift_s)]
    n_other_teams = n_other_teams or {}
    share = {v.visit_id: 1.0 / (1 + n_other_teams.get(v.building_id, 0)) for v in problem.visits}
    # Districts are chosen by value without urgency: urgent visits are soon done, the value lasts.
    finds = {v.visit_id: share[v.visit_id] * v.value for v in problem.visits}
    templates: Sequence[TeamTemplate] = team_templates(problem, on_duty, finds)
    visit_values = {v.visit_id: share[v.visit_id] * (v.value + v.urgency) for v in problem.visits}
    members, is_refused = _assign(problem, on_duty, templates, seed, deterministic_time, visit_values)
    if members is None:
        templates, members = _feasible_by_scip(problem, on_duty, templates, is_refused=is_refused)
    members = rotate_members(problem, on_duty, templates, members, visit_values)
    pairs = zip(templates, members, strict=True)
    if problem.rules.is_split:
        return _named_for_locks(problem, [squad for f, people in pairs for squad in _squads(problem, f, people)])
    return _named_for_locks(problem, [_team(problem, f, people) for f, people in pairs])


def _squads(problem: Problem, template: TeamTemplate, people: Sequence[Person]) -> tuple[Team, Team]:
    inspectors = [p for p in people if p.agency == MARKET_REGULATION]
    police = _team(problem, template, [p for p in people if p.agency != MARKET_REGULATION])
    others = _team(problem, template, inspectors)
    return (
        replace(police, team_id=f"{template.team_id}{POLICE_LETTER}", division_codes=problem.districts),
        replace(others, team_id=f"{template.team_id}{OTHERS_LETTER}"),
    )


def _feasible_by_scip(
    problem: Problem, people: Sequence[Person], templates: Sequence[TeamTemplate], *, is_refused: bool
) -> tuple[Sequence[TeamTemplate], list[list[Person]]]:
    """
    Return the teams that SCIP finds after CP-SAT found none: their templates, and the members of each.

    Raise InputError if it finds none: S212 if CP-SAT (`is_refused`) and SCIP both prove that no teams exist, else S215.
    """
    feasible = find_feasible_teams(problem, people, templates)
    if feasible.is_possible:
        return feasible.templates, deal_people(problem, people, feasible.templates, feasible.members)
    n_women = sum(counts_as_woman(problem, p) for p in people)
    code = "S212" if is_refused and feasible.is_possible is False else "S215"
    raise InputError([Issue(code, "roster", {"teams": len(templates), "women": n_women})])


def _assign(
    problem: Problem,
    people: Sequence[Person],
    templates: Sequence[TeamTemplate],
    seed: int,
    deterministic_time: float,
    visit_values: Mapping[str, float],
) -> tuple[list[list[Person]] | None, bool]:
    """Return the people of each team, or None if no teams were found, and whether CP-SAT proves that none exist."""
    # Points: for a person in a team; in addition for a police officer, who also guards exits; for a person outside
    # their district; for each police officer that the visits' slots ask of a team.
    join_gain, police_gain, away_cost, requested_gain = 10, 2, 1, 100
    police = police_of_teams(problem, [f.division_code for f in templates])
    simple = deal_people(problem, people, templates, [()] * len(templates), police)
    is_simple_complete = all(is_complete(problem, team) for team in simple)
    if len(people) * len(templates) > MOST_JOINS and is_simple_complete:
        return simple, False
    model = cp_model.CpModel()
    joins = {
        (i, t): model.new_bool_var(f"{p.person_id}_{f.team_id}")
        for i, p in enumerate(people)
        for t, f in enumerate(templates)
        if may_join(problem, p, f)
    }
    by_person: dict[int, list[cp_model.IntVar]] = {}
    by_team: dict[int, list[int]] = {}
    for (i, t), var in joins.items():
        by_person.setdefault(i, []).append(var)
        by_team.setdefault(t, []).append(i)
    for group in by_person.values():
        model.add_at_most_one(group)
    for t in range(len(templates)):
        _require(model, problem, people, {i: joins[i, t] for i in by_team.get(t, [])})
        for rows in _travel_groups(problem, people, by_team.get(t, [])):
            model.add(sum(joins[i, t] for i in rows) <= most_members(problem))
    draft = _AssignmentModel(model, problem, people, templates, joins)
    n_requested = _spread_evenly(draft, police)
    away = sum(v for (i, t), v in joins.items() if people[i].division_code != templates[t].division_code)
    n_police = sum(v for (i, _), v in joins.items() if people[i].agency == POLICE and people[i].is_officer)
    model.maximize(
        join_gain * sum(joins.values())
        + police_gain * n_police
        + requested_gain * n_requested
        - away_cost * away
        - (_recusal_penalty(draft, visit_values) - _united_gain(draft))
    )
    inside = {(p.person_id, t) for t, team in enumerate(simple) for p in team}
    for (i, t), var in joins.items():
        model.add_hint(var, (people[i].person_id, t) in inside)
    solver = cp_sat(deterministic_time, seed)
    # With drawn officers in the linear relaxation, the best teams of a city are proven in 0.2 s; without, not in 3 s.
    solver.parameters.linearization_level = 2
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return simple if is_simple_complete else None, status == cp_model.INFEASIBLE
    return [[people[i] for i in by_team.get(t, []) if solver.value(joins[i, t])] for t in range(len(templates))], False


def _travel_groups(problem: Problem, people: Sequence[Person], rows: Sequence[int]) -> list[list[int]]:
    if not problem.rules.is_split:
        return [list(rows)]
    return [[i for i in rows if (people[i].agency == MARKET_REGULATION) == is_market] for is_market in (False, True)]


def _require(
    model: cp_model.CpModel, problem: Problem, people: Sequence[Person], joins: Mapping[int, cp_model.IntVar]
) -> None:
    """Require officers of each agency and women in a team (C01, C17, C19); `joins`: variables by row in `people`."""
    for agency, needed in problem.rules.min_certified.items():
        officers = [v for i, v in joins.items() if people[i].agency == agency and people[i].is_certified(problem.day)]
        model.add(sum(officers) >= needed)
    women = [v for i, v in joins.items() if counts_as_woman(problem, people[i])]
    model.add(sum(women) >= problem.rules.min_female)


def _spread_evenly(draft: _AssignmentModel, police: Sequence[int]) -> cp_model.LinearExpr:
    """
    Limit each team's number of police, of market regulation and of helpers to nearly an even share.

    A team gets at most the even share, rounded up, and at least the even share of the people assigned, rounded down. It
    may have more police, up to its number in `police`, (teams,), and then has no lower limit. Market regulation is
    bound to districts: a team may get one more of them, and has no lower limit. People whose recusals would only
    exclude their team from visits may stay without a team.

    Return the sum of the teams' police, each team counted up to its number in `police`.
    """
    model, problem, people, templates, joins = draft
    kinds: dict[tuple[str, bool], list[int]] = {}
    for i in sorted({i for i, _ in joins}):
        kinds.setdefault((people[i].agency, people[i].is_officer), []).append(i)
    has_requested: list[cp_model.IntVar] = []
    for (agency, is_officer), rows in kinds.items():
        n = len(templates)
        share = -(-len(rows) // n)
        most = max(share, problem.rules.min_certified.get(agency, 0) if is_officer else 0)
        n_assigned = sum(joins[i, t] for i in rows for t in range(n) if (i, t) in joins)
        requested = dict(enumerate(police)) if agency == POLICE and is_officer else {}
        for t in range(n):
            group = [joins[i, t] for i in rows if (i, t) in joins]
            model.add(sum(group) <= max(most, requested.get(t, 0)) + (1 if agency == MARKET_REGULATION else 0))
            if requested.get(t):
                has = model.new_int_var(0, requested[t], "")
                model.add(has <= sum(group))
                has_requested.append(has)
            # Market regulation is bound to districts, so its lower share cannot be guaranteed.
            elif agency != MARKET_REGULATION:
                model.add(n * sum(group) >= n_assigned - (n - 1))
    return cp_model.LinearExpr.sum(has_requested)


def _team(problem: Problem, template: TeamTemplate, people: Sequence[Person]) -> Team:
    bases = Counter(p.base_id for p in people if problem.bases[p.base_id].division_code == template.division_code)
    bases = bases or Counter(p.base_id for p in people)
    base_id = min(bases, key=lambda b: (-bases[b], b))
    return replace(
        new_team(problem, template.team_id, base_id, template.division_code, people), is_reserve=template.is_reserve
    )


class _AssignmentModel(NamedTuple):
    model: cp_model.CpModel
    problem: Problem
    people: Sequence[Person]
    templates: Sequence[TeamTemplate]
    joins: Mapping[tuple[int, int], cp_model.IntVar]
    """Whether person `i` is in team `t`, by `(i, t)`; missing pairs are not allowed."""


def _recusal_penalty(draft: _AssignmentModel, visit_values: Mapping[str, float]) -> cp_model.LinearExpr:
    """Return the penalty, in points of the objective, of visits that a member's recusal closes to a team (C10)."""
    model, problem, people, templates, joins = draft
    penalties: list[cp_model.LinearExpr] = []
    for visit in problem.visits:
        keys = problem.conflict_keys(visit)
        recused = [i for i, p in enumerate(people) if p.recusals & keys]
        for t, template in enumerate(templates):
            members = [joins[i, t] for i in recused if (i, t) in joins]
            if members and may_inspect(problem, template, visit.division_code):
                is_excluded = model.new_bool_var(f"{visit.visit_id}_{template.team_id}")
                model.add_max_equality(is_excluded, members)
                penalties.append(max(1, round(RECUSAL_COST * visit_values[visit.visit_id])) * is_excluded)
    return cp_model.LinearExpr.sum(penalties)


def _united_gain(draft: _AssignmentModel) -> cp_model.LinearExpr:
    """Return the gain, in points of the objective, of visits whose drawn officers are all in one team (C09)."""
    model, problem, people, templates, joins = draft
    row = {p.person_id: i for i, p in enumerate(people)}
    united: list[cp_model.LinearExpr] = []
    for visit in problem.visits:
        group = [row[i] for i in visit.officers if i in row]
        for t, template in enumerate(templates):
            if len(group) < max(1, len(visit.officers)) or template.is_reserve:
                continue
            if may_inspect(problem, template, visit.division_code) and all((i, t) in joins for i in group):
                is_united = model.new_bool_var(f"{visit.visit_id}_{template.team_id}_drawn")
                for i in group:
                    model.add_implication(is_united, joins[i, t])
                united.append(UNITED_GAIN * is_united)
    return cp_model.LinearExpr.sum(united)


def _named_for_locks(problem: Problem, teams: Sequence[Team]) -> tuple[Team, ...]:
    """
    Return the composed teams with their ids permuted so that as many locks as possible can be kept.

    Reserve teams keep their ids. An active team changes its id only if that helps a lock.
    """
    active = [t for t in teams if not t.is_reserve]
    if not problem.locks or not active:
        return tuple(teams)
    size = 1 + problem.rules.is_split
    groups = [active[n : n + size] for n in range(0, len(active), size)]
    row_of = {t.team_id: (n, part) for n, group in enumerate(groups) for part, t in enumerate(group)}
    visits = {v.visit_id: v for v in problem.visits}
    # A broken lock outweighs all changes of ids.
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
