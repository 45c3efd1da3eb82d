"""Callback of a run's progress: the step, as in `sweep.terminal.progress`, and how far the solver is."""

from collections.abc import Callable

from sweep.plan.solve import SolveProgress

ProgressCallback = Callable[[str, SolveProgress | None], None]
