"""What compiled code is given to work on."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, NamedTuple

import numpy as np
import pytest
from numba import types
from numpy.typing import NDArray

from geodata.compiled import borrowed, compiled, inner


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


@inner
def halved(x: float) -> float:
    return x / 2.0


@compiled
def quarter(x: float) -> float:
    return halved(halved(x))


@compiled
def added(x: int, y: int) -> int:
    return x + y


def test_what_only_compiled_code_calls_is_refused_to_python() -> None:
    assert quarter(8.0) == 2.0
    with pytest.raises(TypeError, match="halved is called by compiled code only"):
        halved(8.0)


def test_no_two_processes_name_what_they_compile_alike() -> None:
    # Where names met, a search that was made ready by several processes at once drew the lowest number for ever.
    script = """if True:
        import geodata.compiled
        from numba.core.bytecode import FunctionIdentity
        print(FunctionIdentity.from_function(lambda: 0).unique_name)
    """
    names = {subprocess.check_output([sys.executable, "-c", script], text=True) for _ in range(2)}  # noqa: S603
    assert len(names) == 2


def test_a_number_written_in_the_code_makes_no_copy_of_a_function() -> None:
    function: Any = added
    whole, one = types.int64, types.literal(1)
    for kinds in ((whole, one), (one, whole), (whole, whole)):
        function.get_call_template(kinds, {})
    assert list(function.overloads) == [(whole, whole)]
