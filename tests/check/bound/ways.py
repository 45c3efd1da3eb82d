"""Ways to make a proof, its problem or its plan wrong: how they are named, tried and picked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy

import numpy as np

from tests.check.bound.proven import Proven

# Changes a copy in place; False where there is nothing to be made wrong.
type Way = Callable[[np.random.Generator, Proven], bool]
# Prizes and prices below this, in units of value, are no great lie.
LEAST = 0.01


def entered(ways: dict[str, Way]) -> Callable[[str], Callable[[Way], Way]]:
    """Decorator that enters a way under its name."""

    def way(name: str) -> Callable[[Way], Way]:
        def enter(function: Way) -> Way:
            ways[name] = function
            return function

        return enter

    return way


def tampered(made: Proven, seed: int, ways: Mapping[str, Way]) -> Iterator[tuple[str, str | None]]:
    """Each way that has something to make wrong, and what the checker says of it."""
    for name, function in ways.items():
        copy = Proven(deepcopy(made.problem), made.plan, deepcopy(made.proof))
        if function(np.random.default_rng(seed), copy):
            yield name, copy.fault()


def pick[T](rng: np.random.Generator, items: list[T]) -> T | None:
    """One of the items; None of none."""
    return items[int(rng.integers(len(items)))] if items else None
