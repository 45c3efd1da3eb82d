"""Settings of a solve, and the progress that it reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of a solve. With `n_iterations` set, the plan is the same on every run and machine."""

    seed: int = 1
    time_limit_s: float = 20.0
    """Limit in seconds; with `n_iterations` it does not end the search."""
    n_iterations: int | None = None
    """Limit in rounds of the search; None: only `time_limit_s` applies."""
    is_proof_wanted: bool = True
    """Whether to prove an upper bound in parallel; if false, there is only the knapsack bound."""
    is_review_wanted: bool = True
    """Whether the plan gives reasons for unserved visits."""

    def part(self, share: float) -> Settings:
        """Return settings with the same seed and `share` of the limits; the other fields have their default values."""
        n = self.n_iterations
        return Settings(self.seed, share * self.time_limit_s, None if n is None else max(1, round(share * n)))


@dataclass(frozen=True, slots=True)
class SolveProgress:
    """Progress of a solve, for the progress callback."""

    share: float
    """Share of the limit used so far, in [0, 1]."""
    value: float
    """Objective of the routes without its costs."""
    bound: float
    """Upper bound on that objective; infinite until one is known."""
    n_served: int
    """Number of served visits."""
    n_iterations: int
    """Rounds of the search so far."""
    elapsed_s: float
    compiled: float = 1.0
    """Share of the search that is compiled, in [0, 1]; the time limit starts at 1."""
