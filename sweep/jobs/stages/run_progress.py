"""Callback for a run's progress: the step, named as in `sweep.terminal.progress`, and the solver's progress."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sweep.plan.solve import SolveProgress

# Share of a run that each step takes: reading and publishing take seconds, the solver its limit.
STEPS = {"read": 0.1, "rank": 0.05, "number": 0.2, "select": 0.05, "plan": 0.4, "check": 0.05, "publish": 0.15}


type ProgressCallback = Callable[[str, SolveProgress | None], None]


def share_done(step: str, inside: SolveProgress | None) -> float:
    """
    Return the share of a run that is done, in [0, 1], given the current step, a key of `STEPS`.

    `inside`: progress of the solver within the step; None: the step begins.
    """
    names = list(STEPS)
    return sum(STEPS[s] for s in names[: names.index(step)]) + STEPS[step] * (inside.share if inside else 0.0)
