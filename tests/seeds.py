"""Property tests over many seeds: a few in every run, the others in slow runs."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import pytest

N_FAST = 10


def over_seeds(seeds: Sequence[int], *, n_fast: int = N_FAST) -> Callable[[Callable[..., None]], Any]:
    """
    Call a test once for each seed, as two test items.

    Parameters
    ----------
    seeds
        Values of the test's argument `seed`; a failure names the seed in a note.
    n_fast
        Number of seeds in the item that always runs; the others form an item marked `slow`.
    """
    fast, others = seeds[:n_fast], seeds[n_fast:]
    items = [pytest.param(fast, id=f"{len(fast)} seeds")]
    if others:
        items.append(pytest.param(others, id=f"{len(others)} more seeds", marks=pytest.mark.slow))

    def decorate(test: Callable[..., None]) -> Any:
        @pytest.mark.parametrize("seeds", items)
        def repeated(seeds: Sequence[int], **fixtures: object) -> None:
            for seed in seeds:
                try:
                    test(seed=seed, **fixtures)
                except BaseException as error:
                    error.add_note(f"seed {seed}")
                    raise

        marks = [*getattr(test, "pytestmark", []), *repeated.pytestmark]
        functools.update_wrapper(repeated, test)
        signature = inspect.signature(test)
        others = [p for name, p in signature.parameters.items() if name != "seed"]
        seeds_first = inspect.Parameter("seeds", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        repeated.__signature__ = signature.replace(parameters=[seeds_first, *others])
        repeated.pytestmark = marks
        return repeated

    return decorate
