"""What a solve is asked for beside its problem, and what it tells on the way."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of a solve. With `n_iterations` the plan is the same on every run, whatever the time it takes."""

    seed: int = 1
    time_limit_s: float = 20.0
    n_iterations: int | None = None
    is_proof_wanted: bool = True
    """Without it the bound is the one that is there at once, and both cores search."""
    is_review_wanted: bool = True
    """Without it the plan says of no visit why it was left out."""
    form_s: float | None = None
    """Seconds to price routes, and as many to choose, for forming teams beside the limit; None: a share of it."""

    def part(self, share: float) -> Settings:
        """The same seed with a share of the limits."""
        n = self.n_iterations
        return Settings(self.seed, share * self.time_limit_s, None if n is None else max(1, round(share * n)))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a solve has come."""

    share: float
    """Share of the limit used up, in [0, 1]."""
    value: float
    """What the routes are worth; while they are searched before their teams there may yet be nobody to go them."""
    bound: float
    """Infinite until there is one."""
    n_served: int
    n_iterations: int
    elapsed_s: float
    compiled: float = 1.0
    """Share of the search that is compiled, in [0, 1]: below 1 on a first run, whose clock has not begun."""
