"""Callback for a run's progress: the step, named as in `sweep.terminal.progress`, and the solver's progress."""

from collections.abc import Callable

from sweep.plan.solve import SolveProgress

ProgressCallback = Callable[[str, SolveProgress | None], None]
