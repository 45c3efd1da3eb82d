"""Whether what lies beside a plan shows its bound (P11), and the plan keeps the caps of its problem (P12, P13)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

from geodata.regular_file import read_regular
from sweep.check.bound.bound import check_bound
from sweep.check.bound.caps import check_caps
from sweep.check.bound.routes import TooLongError
from sweep.check.bound.stops import WrongError
from sweep.publish.archive.plan_reading import read_plan_file
from sweep.records.plan import Plan, Violation
from sweep.records.proof import proof_file, read_proof

type Standing = Literal["confirmed", "wrong", "no_file", "too_long"]


class Shown(NamedTuple):
    """How a bound stands."""

    standing: Standing
    violations: tuple[Violation, ...] = ()
    of_any: Standing | None = None
    """How the one for any teams stands; None: there is none, or the other is not confirmed either."""


def shown_bound(problem: Path, plan: Path, *, is_alone: bool = True) -> Shown:
    """
    Whether the bound of a plan is shown by the proof beside it; and the caps and the value that are not kept.

    Parameters
    ----------
    problem
        problem.json.
    plan
        The plan file.
    is_alone
        Whether caps and value are asked: an edition has no caps, and its value is judged from its inputs (P07).

    Raises
    ------
    InputError
        If the plan cannot be read.
    """
    if not problem.is_file():
        return Shown("no_file")
    read, asked, proof = read_plan_file(plan), read_regular(problem), proof_file(plan)
    shown = _shown(asked, read, proof) if proof.is_file() else Shown("no_file")
    breaches = _caps(asked, read, problem.name) if is_alone else ()
    return shown._replace(violations=(*shown.violations, *breaches))


def _shown(problem: bytes, plan: Plan, proof: Path) -> Shown:
    try:
        check_bound(problem, plan, read_proof(read_regular(proof)))
    except TooLongError:
        if plan.bound_any_teams is None:
            return Shown("too_long")
        # The one of these teams may be quicker to see.
        shown = _shown(problem, replace(plan, bound_any_teams=None), proof)
        return shown._replace(of_any="too_long") if shown.standing == "confirmed" else shown
    except (WrongError, ValueError) as error:
        return Shown("wrong", (Violation("P11", proof.name, {"detail": str(error).splitlines()[0]}),))
    return Shown("confirmed", of_any=None if plan.bound_any_teams is None else "confirmed")


def _caps(problem: bytes, plan: Plan, name: str) -> tuple[Violation, ...]:
    try:
        return tuple(check_caps(problem, plan))
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        return (Violation("P13", name, {"detail": f"{type(error).__name__} {error!s:.80}"}),)
