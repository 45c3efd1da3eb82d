"""How long a county's job may take before it counts as one that hangs."""

from __future__ import annotations

from sweep.province.messages import Job

PATIENCE_S = 1_800.0
"""For all but the search: to compile on a first run, to read the files, to publish."""
PATIENCE_SHARE = 10.0
"""And so many times the solver's limit."""
SLOWEST_RATE = 20.0
"""Rounds a second of the slowest search that is waited for, where rounds are the limit."""
GRACE_S = 30.0
"""A child that does not end itself when its time is over is ended by its parent so much later."""


def patience_s(job: Job, usual_s: float = PATIENCE_S) -> float:
    """Seconds after which whoever does the job is ended."""
    limit_s = float(job.overrides.get("solver.time_limit_s", 0.0))
    n_rounds = int(job.overrides.get("solver.iterations", 0))
    return usual_s + PATIENCE_SHARE * limit_s + n_rounds / SLOWEST_RATE
