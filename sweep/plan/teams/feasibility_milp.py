"""Feasibility of team composition by SCIP on a smaller model, which confirms or refutes CP-SAT's result."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from ortools.linear_solver import pywraplp

from sweep.plan.problem.problem import Problem
from sweep.plan.restricted_master import WHOLE, MasterProblem, Variable
from sweep.plan.teams.district_quota import TeamTemplate
from sweep.plan.teams.membership_rules import counts_as_woman
from sweep.records.people import MARKET_REGULATION, Person

# SCIP's limit counts nodes, to be the same on any machine. Ctrl-C is handled by the caller.
SCIP = "limits/totalnodes = 2000\nmisc/catchctrlc = FALSE"


class FeasibleTeams(NamedTuple):
    """Result of the feasibility model: whether teams that keep the rules exist, and one set of such teams."""

    is_possible: bool | None
    """Whether such teams exist; None: SCIP stopped without a result."""
    templates: Sequence[TeamTemplate]
    """The given team templates, with the districts that the model found."""
    members: list[list[Person]]
    """Officers of each team, no more than its rules require."""


def find_feasible_teams(problem: Problem, people: Sequence[Person], templates: Sequence[TeamTemplate]) -> FeasibleTeams:
    """
    Find teams that keep rules C01-C03, C12 and C19; their districts may differ from those of `templates`.

    Even shares of each agency, recusals and drawn officers are relaxed: if infeasible here, so is the full model.
    """
    officers = [p for p in people if p.is_certified(problem.day)]
    districts = sorted({f.division_code for f in templates} | {p.division_code for p in officers})
    model = MasterProblem(WHOLE, SCIP)
    person_rows = [model.row(1.0) for _ in officers]
    homes: list[dict[str, Variable]] = []
    members: list[list[Variable]] = []
    for _ in templates:
        team_row, women = model.row(1.0), model.row(-problem.rules.min_female)
        certified = {agency: model.row(-n) for agency, n in problem.rules.min_certified.items()}
        homes.append({d: model.column([(team_row, 1.0)], 1.0) for d in districts})
        members.append([])
        for row, p in zip(person_rows, officers, strict=True):
            uses = [(row, 1.0), *([(certified[p.agency], -1.0)] if p.agency in certified else [])]
            uses += [(women, -1.0)] if counts_as_woman(problem, p) else []
            if p.agency == MARKET_REGULATION and not problem.rules.assist_letter:
                # The team must be of the person's district.
                uses.append((model.row(), 1.0))
                uses[-1][0].SetCoefficient(homes[-1][p.division_code], -1.0)
            members[-1].append(model.column(uses, 1.0, gain=-1.0))
    status = model.solver.Solve()
    if status not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
        return FeasibleTeams(False if status == pywraplp.Solver.INFEASIBLE else None, templates, [])
    chosen_districts = [[d for d, x in of.items() if x.solution_value() > 0.5] for of in homes]
    placed = [replace(f, division_code=d[0]) if d else f for f, d in zip(templates, chosen_districts, strict=True)]
    chosen_members = [[p for p, x in zip(officers, of, strict=True) if x.solution_value() > 0.5] for of in members]
    return FeasibleTeams(True, placed, chosen_members)
