"""Verification of a plan's upper bound by its proof (P11), and of the plan file by its problem (P12-P14)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple

from geodata.errors import InputError
from geodata.regular_file import read_regular
from sweep.check.bound.recomputed_value import check_caps_and_value
from sweep.check.bound.route_above_price import WorkLimitError
from sweep.check.bound.team_options import InvalidProofError
from sweep.check.bound.verify import check_bound
from sweep.plan.problem.problem import Problem
from sweep.plan.problem.problem_file import problem_sha256, read_problem, write_problem
from sweep.publish.archive.derived_keys import wrong_keys_alone
from sweep.publish.archive.plan_json import PlanWithPlaces
from sweep.publish.archive.read_plan import plan_text, read_plan_json, read_plan_papers
from sweep.records.bound_proof import BoundProof, proof_file, read_proof
from sweep.records.plan import Plan, Violation

type BoundStatus = Literal["confirmed", "wrong", "no_file", "too_long"]


class BoundCheck(NamedTuple):
    """Result of the verification of a plan's bound."""

    standing: BoundStatus
    """
    Result for the bound for the plan's own teams. `no_file`: problem or proof is missing; `too_long`: the verification
    exceeds its work limit.
    """
    violations: tuple[Violation, ...] = ()
    of_any: BoundStatus | None = None
    """Result for the bound over all team compositions; None if missing, or if the plan's own bound is not confirmed."""


def check_bound_of_plan(problem: Path, plan: Path, *, is_alone: bool = True) -> BoundCheck:
    """
    Verify the bound of a plan by the proof file next to it; if `is_alone`, also verify the plan by the problem.

    Parameters
    ----------
    is_alone
        Whether to check too that the plan keeps the problem's caps, and that the other keys of the plan file follow
        from the problem. Not needed in an edition, which has no caps and whose values follow from its inputs (P07).

    Raises
    ------
    InputError
        If the plan cannot be read.
    """
    if not problem.is_file():
        return BoundCheck("no_file")
    text = plan_text(plan)
    read, asked, proof = read_plan_json(text, plan.name), read_regular(problem), proof_file(plan)
    known = _known(asked, read, text)
    shown = _shown(asked, known, read, proof) if proof.is_file() else BoundCheck("no_file")
    breaches = (*_caps(asked, read, problem.name), *_keys(text, known)) if is_alone else ()
    return shown._replace(violations=(*shown.violations, *breaches))


@dataclass(frozen=True, slots=True)
class _Known:
    """Problem and plan with which the keys of the plan file are compared."""

    problem: Problem
    plan: Plan
    named_sha256: str | None
    """Hash of the problem that the plan file names; None without one."""


def _known(asked: bytes, plan: Plan, text: str) -> _Known | None:
    """Return the problem and the plan that the plan file must agree with; None if the problem is unreadable."""
    try:
        return _Known(read_problem(asked), plan, read_plan_papers(text).problem_sha256)
    except InputError:
        return None


def _named(proof: BoundProof, asked: bytes, known: _Known | None) -> BoundProof:
    """
    Return the proof, without its problem hash if the problem file has other bytes than this program writes.

    Such a file is compared by its content instead; the plan contains the hash of the content.
    """
    if known is None or known.named_sha256 != problem_sha256(known.problem):
        return proof
    is_as_written = asked == write_problem(known.problem).encode()
    return proof if is_as_written else proof.model_copy(update={"problem_sha256": None})


def _keys(text: str, known: _Known | None) -> Iterator[Violation]:
    """Yield a violation for each key of the plan file that contradicts the plan or its problem (P14)."""
    if known is not None:
        problem = known.problem
        visits = {v.visit_id: v for v in problem.visits}
        places = PlanWithPlaces(known.plan, visits, problem.buildings, problem.bases, {})
        for wrong in wrong_keys_alone(text, places, problem.day, problem_sha256(problem)):
            yield Violation("P14", wrong.key, {"got": wrong.got, "want": wrong.expected})


def _shown(problem: bytes, known: _Known | None, plan: Plan, proof: Path) -> BoundCheck:
    try:
        read = read_proof(read_regular(proof))
        is_named = read.problem_sha256 in (None, hashlib.sha256(problem).hexdigest())
        check_bound(problem, plan, read if is_named else _named(read, problem, known))
    except WorkLimitError:
        if plan.bound_any_teams is None:
            return BoundCheck("too_long")
        # The bound for these teams may take less time to verify.
        shown = _shown(problem, known, replace(plan, bound_any_teams=None), proof)
        return shown._replace(of_any="too_long") if shown.standing == "confirmed" else shown
    except (InvalidProofError, ValueError) as error:
        return BoundCheck("wrong", (Violation("P11", proof.name, {"detail": str(error).splitlines()[0]}),))
    return BoundCheck("confirmed", of_any=None if plan.bound_any_teams is None else "confirmed")


def _caps(problem: bytes, plan: Plan, name: str) -> tuple[Violation, ...]:
    try:
        return tuple(check_caps_and_value(problem, plan))
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        return (Violation("P13", name, {"detail": f"{type(error).__name__} {error!s:.80}"}),)
