"""Which people make up the chosen teams: numbers become names (OR-Tools CP-SAT)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ortools.sat.python import cp_model

from sweep.plan.cp_sat import cp_sat
from sweep.plan.formation.choice import Chosen
from sweep.plan.problem.problem import Problem
from sweep.plan.teams.frames import Frame
from sweep.plan.teams.joining import counts_as_woman, may_join, most_asked, most_members
from sweep.plan.teams.manned import manned
from sweep.records.people import Person, Team
from sweep.records.visits import Slot, Visit

# CP-SAT's own clock, the same on every machine.
DETERMINISTIC_TIME = 0.5
# Points: a person in a team, a find that is closed to a team whose route has it, a person fewer than its route needs.
JOIN_GAIN, CLOSED_COST, SHORT_COST = 1, 1_000, 50


def staffed(
    problem: Problem,
    people: Sequence[Person],
    teams: Sequence[Team],
    chosen: Sequence[Chosen],
    seed: int,
) -> list[Team] | None:
    """
    The chosen teams with people, each as one of `teams`; None if no way was found to put them together.

    Recusals (C10), drawn officers (C09), skills and pairs kept apart (C28) close as little of their routes as can be.
    """
    model = cp_model.CpModel()
    frames = [Frame("", way.district, is_reserve=False) for way in chosen]
    joins = {
        (i, t): model.new_bool_var("")
        for i, p in enumerate(people)
        for t, frame in enumerate(frames)
        if may_join(problem, p, frame)
    }
    points: list[cp_model.LinearExprT] = [JOIN_GAIN * cp_model.LinearExpr.sum(list(joins.values()))]
    for i in range(len(people)):
        model.add_at_most_one([joins[i, t] for t in range(len(chosen)) if (i, t) in joins])
    for t, way in enumerate(chosen):
        mine = {i: joins[i, t] for i in range(len(people)) if (i, t) in joins}
        _require(model, problem, people, mine, [stop.slot for stop in way.stops])
        short = model.new_int_var(0, len(people), "")
        model.add(sum(mine.values()) + short >= way.n_members)
        model.add(sum(mine.values()) <= most_members(problem))
        points.append(-SHORT_COST * short)
        for visit, slot, _ in way.stops:
            is_closed = model.new_bool_var("")
            for group in _cannot(problem, people, mine, visit):
                model.add_bool_or([is_closed, *(~mine[i] for i in group)])
            for i, p in enumerate(people):
                if slot.is_for_drawn and p.person_id in visit.officers:
                    model.add_bool_or([is_closed, *([mine[i]] if i in mine else [])])
            for skill, n in slot.min_skilled.items():
                model.add(sum(x for i, x in mine.items() if skill in people[i].skills) + n * is_closed >= n)
            points.append(-max(1, round(CLOSED_COST * (visit.value + 10.0 * visit.is_must))) * is_closed)
    solver = cp_sat(DETERMINISTIC_TIME, seed)
    model.maximize(cp_model.LinearExpr.sum(points))
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    made = []
    for t, (team, way) in enumerate(zip(teams, chosen, strict=True)):
        members = [p for i, p in enumerate(people) if (i, t) in joins and solver.boolean_value(joins[i, t])]
        codes = team.division_codes if problem.rules.assist_letter else frozenset({way.district})
        made.append(manned(problem, replace(team, base_id=way.base_id, division_codes=codes), members))
    return made


def _require(
    model: cp_model.CpModel,
    problem: Problem,
    people: Sequence[Person],
    mine: Mapping[int, cp_model.IntVar],
    slots: Sequence[Slot],
) -> None:
    """Officers of each agency and women (C01, C17, C19)."""
    asked = (slot.min_certified for slot in slots)
    for agency, n in most_asked([problem.rules.min_certified, *asked]).items():
        model.add(
            sum(x for i, x in mine.items() if people[i].agency == agency and people[i].is_certified(problem.day)) >= n
        )
    model.add(sum(x for i, x in mine.items() if counts_as_woman(problem, people[i])) >= problem.rules.min_female)


def _cannot(
    problem: Problem, people: Sequence[Person], mine: Mapping[int, cp_model.IntVar], visit: Visit
) -> Iterator[list[int]]:
    """People who together keep a team off the visit."""
    keys = problem.conflict_keys(visit)
    yield from ([i] for i in mine if people[i].recusals & keys)
    row = {people[i].person_id: i for i in mine}
    yield from ([row[x] for x in pair] for pair in visit.keep_apart if all(x in row for x in pair))
