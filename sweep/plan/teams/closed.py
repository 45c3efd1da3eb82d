"""What it costs that teams as composed are kept from visits: recusals, and drawn officers apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ortools.sat.python import cp_model

from sweep.plan.problem.problem import Problem
from sweep.plan.teams.frames import Frame, goes_to
from sweep.records.people import Person

# Points: a find that a recusal closes to a team; a drawn visit whose officers are together.
RECUSAL_COST, UNITED_GAIN = 1_000, 10_000


class Draft(NamedTuple):
    """A model of who joins which team."""

    model: cp_model.CpModel
    problem: Problem
    people: Sequence[Person]
    frames: Sequence[Frame]
    joins: Mapping[tuple[int, int], cp_model.IntVar]
    """Whether person `i` is in team `t`, by `(i, t)`; a pair that is left out cannot be."""


def closed_value(draft: Draft, worth: Mapping[str, float]) -> cp_model.LinearExpr:
    """Points to pay for the visits that are closed to teams (C09, C10), by what each visit counts in finds."""
    return _recused_value(draft, worth) - _united_value(draft)


def _recused_value(draft: Draft, worth: Mapping[str, float]) -> cp_model.LinearExpr:
    """Value of the visits that recusals close, once for each team of the district they are closed to (C10)."""
    model, problem, people, frames, joins = draft
    closed: list[cp_model.LinearExpr] = []
    for visit in problem.visits:
        keys = problem.conflict_keys(visit)
        recused = [i for i, p in enumerate(people) if p.recusals & keys]
        for t, frame in enumerate(frames):
            members = [joins[i, t] for i in recused if (i, t) in joins]
            if members and goes_to(problem, frame, visit.division_code):
                is_closed = model.new_bool_var(f"{visit.visit_id}_{frame.team_id}")
                model.add_max_equality(is_closed, members)
                closed.append(max(1, round(RECUSAL_COST * worth[visit.visit_id])) * is_closed)
    return cp_model.LinearExpr.sum(closed)


def _united_value(draft: Draft) -> cp_model.LinearExpr:
    """What it is worth that the officers drawn for a visit go out together (C09)."""
    model, problem, people, frames, joins = draft
    row = {p.person_id: i for i, p in enumerate(people)}
    united: list[cp_model.LinearExpr] = []
    for visit in problem.visits:
        group = [row[i] for i in visit.officers if i in row]
        for t, frame in enumerate(frames):
            if len(group) < max(1, len(visit.officers)) or frame.is_reserve:
                continue
            if goes_to(problem, frame, visit.division_code) and all((i, t) in joins for i in group):
                is_united = model.new_bool_var(f"{visit.visit_id}_{frame.team_id}_drawn")
                for i in group:
                    model.add_implication(is_united, joins[i, t])
                united.append(UNITED_GAIN * is_united)
    return cp_model.LinearExpr.sum(united)
