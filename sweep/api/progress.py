"""Progress of a job as a callback for scripts: `on_progress(share, text)`."""

from collections.abc import Callable

from geodata.message_catalogue import Texts
from sweep.jobs.stages.run_progress import ProgressCallback, share_done
from sweep.plan.solve import SolveProgress

type OnProgress = Callable[[float, str], None]
"""Function called with the share of the work done, in [0, 1], and a text."""


def reporter(on_progress: OnProgress | None, texts: Texts) -> ProgressCallback:
    """Return a progress callback for jobs that calls `on_progress` with the share done and a text; None: no calls."""

    def report(step: str, inside: SolveProgress | None) -> None:
        if on_progress is not None:
            on_progress(share_done(step, inside), texts(f"command.step.{step}"))

    return report
