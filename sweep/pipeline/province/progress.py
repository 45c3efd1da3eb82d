"""How far a province is, county by county."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Step = Literal["curves", "allocation", "plans", "publish"]
STEPS: tuple[Step, ...] = ("curves", "allocation", "plans", "publish")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a province is."""

    step: Step
    n_done: int
    n_all: int
    county_id: str = ""
    """The county that was done last."""
    is_found: bool = False
    """Whether its result was there already."""


Watch = Callable[[Progress], None]
