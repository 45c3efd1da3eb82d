"""Verification of a plan's upper bound by its proof (P11), and of the plan file by its problem (P12-P14)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple

from geodata.errors import InputError
from geodata.regular_file import read_regular
from sweep.check.bound.recompute_plan_value import check_caps_and_value
from sweep.check.bound.route_above_price import WorkLimitError
from sweep.check.bound.team_options import InvalidProofError
from sweep.check.bound.verify_plan_bounds import check_bound
from sweep.plan.problem.problem import Problem
from sweep.plan.problem.problem_file import problem_sha256, read_problem, write_problem
from sweep.publish.archive.check_derived_keys import inconsistent_keys_without_scenario
from sweep.publish.archive.plan_json import PlanWithPlaces
from sweep.publish.archive.read_plan import plan_text, read_plan_identity, read_plan_json
from sweep.records.bound_proof import BoundProof, proof_file, read_proof
from sweep.records.plan import Plan, Violation

type BoundStatus = Literal["confirmed", "wrong", "no_file", "too_long"]


class BoundCheck(NamedTuple):
    """Result of the verification of a plan's bound."""

    status: BoundStatus
    """
    Result for the bound for the plan's own teams. `no_file`: problem or proof is missing; `too_long`: the verification
    exceeds its work limit.
    """
    violations: tuple[Violation, ...] = ()
    any_teams_status: BoundStatus | None = None
    """Result for the bound over all team compositions; None if missing, or if the plan's own bound is not confirmed."""


def check_bound_of_plan(problem: Path, plan: Path, *, is_outside_edition: bool = True) -> BoundCheck:
    """
    Verify the bound of a plan by its proof file; if `is_outside_edition`, also verify the plan by the problem.

    Parameters
    ----------
    is_outside_edition
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
    read, problem_bytes, proof = read_plan_json(text, plan.name), read_regular(problem), proof_file(plan)
    known = _known(problem_bytes, read, text)
    verified = _verified_bound(problem_bytes, known, read, proof) if proof.is_file() else BoundCheck("no_file")
    breaches = (
        (*_cap_violations(problem_bytes, read, problem.name), *_key_violations(text, known))
        if is_outside_edition
        else ()
    )
    return verified._replace(violations=(*verified.violations, *breaches))


@dataclass(frozen=True, slots=True)
class _Known:
    """Problem and plan with which the keys of the plan file are compared."""

    problem: Problem
    plan: Plan
    named_sha256: str | None
    """Hash of the problem that the plan file names; None without one."""


def _known(problem_bytes: bytes, plan: Plan, text: str) -> _Known | None:
    try:
        return _Known(read_problem(problem_bytes), plan, read_plan_identity(text).problem_sha256)
    except InputError:
        return None


def _comparable_proof(proof: BoundProof, problem_bytes: bytes, known: _Known | None) -> BoundProof:
    """
    Return the proof, without its problem hash if the problem file has other bytes than this program writes.

    Such a file is compared by its content instead; the plan contains the hash of the content.
    """
    if known is None or known.named_sha256 != problem_sha256(known.problem):
        return proof
    is_as_written = problem_bytes == write_problem(known.problem).encode()
    return proof if is_as_written else proof.model_copy(update={"problem_sha256": None})


def _key_violations(text: str, known: _Known | None) -> Iterator[Violation]:
    if known is not None:
        problem = known.problem
        visits = {v.visit_id: v for v in problem.visits}
        places = PlanWithPlaces(known.plan, visits, problem.buildings, problem.bases, {})
        for wrong in inconsistent_keys_without_scenario(text, places, problem.day, problem_sha256(problem)):
            yield Violation("P14", wrong.key, {"got": wrong.got, "want": wrong.expected})


def _verified_bound(problem: bytes, known: _Known | None, plan: Plan, proof: Path) -> BoundCheck:
    try:
        read = read_proof(read_regular(proof))
        is_named = read.problem_sha256 in (None, hashlib.sha256(problem).hexdigest())
        check_bound(problem, plan, read if is_named else _comparable_proof(read, problem, known))
    except WorkLimitError:
        if plan.bound_any_teams is None:
            return BoundCheck("too_long")
        # The bound for these teams may take less time to verify.
        verified = _verified_bound(problem, known, replace(plan, bound_any_teams=None), proof)
        return verified._replace(any_teams_status="too_long") if verified.status == "confirmed" else verified
    except (InvalidProofError, ValueError) as error:
        return BoundCheck("wrong", (Violation("P11", proof.name, {"detail": str(error).splitlines()[0]}),))
    return BoundCheck("confirmed", any_teams_status=None if plan.bound_any_teams is None else "confirmed")


def _cap_violations(problem: bytes, plan: Plan, name: str) -> tuple[Violation, ...]:
    try:
        return tuple(check_caps_and_value(problem, plan))
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        return (Violation("P13", name, {"detail": f"{type(error).__name__} {error!s:.80}"}),)
