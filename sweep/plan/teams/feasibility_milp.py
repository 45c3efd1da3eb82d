"""Feasibility of team composition by SCIP on a smaller model, to confirm or refute CP-SAT's result."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from ortools.linear_solver import pywraplp

from sweep.plan.problem.problem import Problem
from sweep.plan.restricted_master import WHOLE, MasterProblem, Variable
from sweep.plan.teams.district_quota import Frame
from sweep.plan.teams.membership_rules import counts_as_woman
from sweep.records.people import MARKET_REGULATION, Person

# Nodes of its tree after which SCIP gives up: counted, not timed, to be the same anywhere. Ctrl-C is the caller's.
SCIP = "limits/totalnodes = 2000\nmisc/catchctrlc = FALSE"


class Composed(NamedTuple):
    """What came out."""

    is_possible: bool | None
    """None: it was given up."""
    frames: Sequence[Frame]
    """As they were, but for their districts."""
    members: list[list[Person]]
    """The officers whom each team must have, no more."""


def put_together(problem: Problem, people: Sequence[Person], frames: Sequence[Frame]) -> Composed:
    """
    Teams that keep the rules which no team may break (C01-C03, C12, C19), whatever districts they are of.

    Shares of people, recusals and officers drawn are left aside, so that where this has no way there is none.
    """
    officers = [p for p in people if p.is_certified(problem.day)]
    districts = sorted({f.division_code for f in frames} | {p.division_code for p in officers})
    model = MasterProblem(WHOLE, SCIP)
    of_one = [model.row(1.0) for _ in officers]
    homes: list[dict[str, Variable]] = []
    members: list[list[Variable]] = []
    for _ in frames:
        of_team, women = model.row(1.0), model.row(-problem.rules.min_female)
        certified = {agency: model.row(-n) for agency, n in problem.rules.min_certified.items()}
        homes.append({d: model.column([(of_team, 1.0)], 1.0) for d in districts})
        members.append([])
        for row, p in zip(of_one, officers, strict=True):
            uses = [(row, 1.0), *([(certified[p.agency], -1.0)] if p.agency in certified else [])]
            uses += [(women, -1.0)] if counts_as_woman(problem, p) else []
            if p.agency == MARKET_REGULATION and not problem.rules.assist_letter:
                # The team is of the person's district.
                uses.append((model.row(), 1.0))
                uses[-1][0].SetCoefficient(homes[-1][p.division_code], -1.0)
            members[-1].append(model.column(uses, 1.0, gain=-1.0))
    status = model.solver.Solve()
    if status not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
        return Composed(False if status == pywraplp.Solver.INFEASIBLE else None, frames, [])
    in_home = [[d for d, x in of.items() if x.solution_value() > 0.5] for of in homes]
    placed = [replace(f, division_code=d[0]) if d else f for f, d in zip(frames, in_home, strict=True)]
    made = [[p for p, x in zip(officers, of, strict=True) if x.solution_value() > 0.5] for of in members]
    return Composed(True, placed, made)
