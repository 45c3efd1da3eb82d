"""Random problems, planned, each with what shows its bound."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from geodata.errors import InputError
from sweep.check.bound.team_options import InvalidProofError
from sweep.check.bound.verify_plan_bounds import check_bound
from sweep.plan.compositions.composition_bound import bound_compositions
from sweep.plan.problem.objective import urgency_of
from sweep.plan.problem.problem import Problem
from sweep.plan.problem.problem_file import write_problem
from sweep.plan.solve import Settings, solve
from sweep.records.bound_proof import read_proof
from sweep.records.plan import Plan
from tests.plan.conftest import random_problem
from tests.plan.rich import as_squads, rich_problem
from tests.plan.tied import tied_problem

type Json = dict[str, Any]


@dataclass
class Proven:
    """A plan with its problem and its proof as the files hold them."""

    problem: Json
    plan: Plan
    proof: Json

    def problem_json(self) -> bytes:
        return json.dumps(self.problem).encode()

    def rehash(self) -> None:
        """Make the proof one of the problem as it is now."""
        self.proof["problem_sha256"] = hashlib.sha256(self.problem_json()).hexdigest()

    def fault(self) -> str | None:
        """What the checker has against it; None: the bound is confirmed."""
        try:
            check_bound(self.problem_json(), self.plan, read_proof(json.dumps(self.proof).encode()))
        except (InvalidProofError, ValueError) as error:
            return f"{type(error).__name__} {error!s:.60}"
        return None


def proven(seed: int) -> Proven | None:
    """
    A problem of one of six sorts, of three one with urgency, planned by few rounds or by many.

    None if no teams can be composed.
    """
    rng, kind = np.random.default_rng((seed, 22)), seed % 6
    if kind < 2:
        problem = random_problem(seed, int(rng.integers(6, 22)), int(rng.integers(2, 5)), linked=kind == 1)
    else:
        problem = tied_problem(seed) if kind == 2 else rich_problem(seed, composed=kind > 3)
    problem = as_squads(problem) if kind == 5 else problem
    problem = _as_urgent(problem, rng) if seed // 6 % 3 == 2 else problem
    try:
        plan = solve(problem, Settings(seed=1, n_iterations=int(rng.choice([10, 1_000, 3_000]))))
    except InputError:
        return None
    if plan.proof is None:
        raise ValueError("a plan that was solved has a proof")
    made = Proven(json.loads(write_problem(problem)), plan, json.loads(plan.proof))
    left_out = {u.visit_id for u in plan.unserved}
    is_whole = not any(v.is_must and v.visit_id in left_out for v in problem.visits)
    # With so few rounds the planner does not look for it; its own bound is on plans that serve every must-visit.
    asked = replace(problem, visits=tuple(replace(v, is_must=v.is_must and is_whole) for v in problem.visits))
    if (of_any := bound_compositions(asked, plan.teams, lambda: True)) is not None:
        visits = {v.visit_id for v in problem.visits} - left_out
        made.plan = replace(plan, bound_any_teams=max(of_any.bound - urgency_of(problem, visits), plan.value))
        made.proof["any_teams"] = json.loads(of_any.certificate.model_dump_json()) | {"with_musts": is_whole}
    made.rehash()
    return made


def _as_urgent(problem: Problem, rng: np.random.Generator) -> Problem:
    """Some of the visits are due, for up to what the best is worth."""
    most = max((v.value for v in problem.visits), default=0.0)
    urgency = (most * rng.choice([0.0, 0.0, 0.3, 1.0], len(problem.visits))).tolist()
    return replace(problem, visits=tuple(replace(v, urgency=u) for v, u in zip(problem.visits, urgency, strict=True)))
