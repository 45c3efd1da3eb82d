"""What compiled code is given to work on."""

from __future__ import annotations

import sys
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.compiled import borrowed, compiled


class Pair(NamedTuple):
    numbers: NDArray[np.float64]
    shift: int


@compiled
def shifted(pair: Pair) -> float:
    pair = borrowed(pair)
    rows = pair.numbers[1:]
    for n in range(rows.shape[0]):
        rows[n] += pair.shift
    return float(np.sort(rows)[0])


def test_what_is_borrowed_is_the_same_memory_and_still_belongs_to_the_caller() -> None:
    numbers = np.array([9.0, 5.0, 3.0])
    n_before = sys.getrefcount(numbers)
    assert shifted(Pair(numbers, 2)) == 5.0
    assert numbers.tolist() == [9.0, 7.0, 5.0]
    assert sys.getrefcount(numbers) == n_before
