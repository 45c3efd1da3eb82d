"""Whether what lies beside a plan shows its bound (P11)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

from geodata.errors import InputError, Issue
from sweep.check.bound.bound import check_bound
from sweep.check.bound.routes import TooLongError
from sweep.check.bound.tree import WrongError
from sweep.publish.archive.plan_reading import read_plan_json
from sweep.records.plan import Violation
from sweep.records.proof import proof_file, read_proof

type Standing = Literal["confirmed", "wrong", "no_file", "too_long"]


class Shown(NamedTuple):
    """How a bound stands."""

    standing: Standing
    violations: tuple[Violation, ...] = ()


def shown_bound(problem: Path, plan: Path) -> Shown:
    """
    Whether the bound of a plan is shown by the proof beside it.

    Parameters
    ----------
    problem
        problem.json.
    plan
        The plan file.

    Raises
    ------
    InputError
        If the plan cannot be read.
    """
    proof = proof_file(plan)
    if not (problem.is_file() and proof.is_file()):
        return Shown("no_file")
    try:
        text = plan.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Issue("S305", str(plan))]) from error
    read = read_plan_json(text, plan.name)
    try:
        check_bound(problem.read_bytes(), read, read_proof(proof.read_bytes()))
    except TooLongError:
        return Shown("too_long")
    except (WrongError, ValueError) as error:
        return Shown("wrong", (Violation("P11", proof.name, {"detail": str(error).splitlines()[0]}),))
    return Shown("confirmed")
