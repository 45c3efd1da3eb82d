"""What compiled code is given to work on."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import numba
import numpy as np
import pytest
from numba.core.errors import NumbaError
from numpy.typing import NDArray

from geodata.compiled_random_integers import drawn_below
from geodata.numba_options import compiled, compiled_internal, compiled_lean, inner_with_arrays
from geodata.tuple_by_reference import pass_by_reference
from tests.paths import ROOT


@pass_by_reference
class Pair(NamedTuple):
    numbers: NDArray[np.float64]
    shift: int


@compiled
def shifted(pair: Pair) -> float:
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


@compiled_internal
def halved(x: float) -> float:
    return x / 2.0


@compiled
def quarter(x: float) -> float:
    return halved(halved(x))


def test_what_only_compiled_code_calls_is_refused_to_python() -> None:
    assert quarter(8.0) == 2.0
    with pytest.raises(TypeError, match="halved may be called by compiled code only"):
        halved(8.0)


@inner_with_arrays
def doubled(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    return 2.0 * numbers


@compiled_lean
def first_of_doubled(numbers: NDArray[np.float64]) -> float:
    return float(doubled(numbers)[0])


@compiled_lean
def largest(numbers: NDArray[np.float64]) -> float:
    return float(np.sort(numbers)[-1])


@compiled_lean
def last(numbers: NDArray[np.float64]) -> float:
    behind = numbers[1:]
    return float(behind[behind.shape[0] - 1])


def test_what_counts_no_arrays_reads_those_that_it_is_given() -> None:
    numbers = np.array([9.0, 5.0, 3.0])
    n_before = sys.getrefcount(numbers)
    assert last(numbers) == 3.0
    assert sys.getrefcount(numbers) == n_before


def test_what_counts_no_arrays_may_neither_make_one_nor_be_given_one() -> None:
    with pytest.raises(TypeError, match="first_of_doubled: a lean function cannot get an array"):
        first_of_doubled(np.ones(3))
    with pytest.raises(NumbaError):
        largest(np.ones(3))


@compiled
def draw(rng: np.random.Generator, n: int, counts: NDArray[np.int64]) -> None:
    for _ in range(100_000):
        counts[drawn_below(rng, n)] += 1


def test_whole_numbers_below_another_are_drawn_each_as_often() -> None:
    counts = np.zeros(7, np.int64)
    draw(np.random.default_rng(1), 7, counts)
    assert counts.sum() == 100_000
    # Four standard errors of a share of a seventh.
    assert np.abs(counts - 100_000 / 7).max() < 4.0 * math.sqrt(100_000 * (1 / 7) * (6 / 7))


def test_no_two_processes_name_what_they_compile_alike() -> None:
    # Where names met, a search that was made ready by several processes at once drew the lowest number for ever.
    script = """if True:
        import geodata.numba_options
        from numba.core.bytecode import FunctionIdentity
        print(FunctionIdentity.from_function(lambda: 0).unique_name)
    """
    names = {subprocess.check_output([sys.executable, "-c", script], text=True) for _ in range(2)}  # noqa: S603
    assert len(names) == 2


def test_a_numba_without_the_private_parts_compiles_by_its_public_ones(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("""if True:
        import warnings
        import numba.core.codegen as codegen
        codegen.JITCodeLibrary = type("Another", (), {})
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            from geodata.numba_options import compiled, compiled_internal
        (warning,) = said
        @compiled_internal
        def halved(x):
            return x / 2.0
        @compiled
        def quarter(x):
            return halved(halved(x))
        print(quarter(8.0), halved(8.0), warning.message)
    """)
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    said = subprocess.check_output([sys.executable, script], text=True, env=environment)  # noqa: S603
    assert said.startswith("2.0 4.0 numba lacks Another._optimize_final_module, ")


def test_what_only_compiled_code_calls_is_no_machine_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_made(function: Any) -> bool:
        (made,) = function.overloads.values()
        return bool(made.library._is_made)

    # Functions with an empty cache of their own: from the user's cache only `quarter` would be loaded.
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    called: Any = compiled_internal(halved.py_func)  # type: ignore[attr-defined]

    @compiled
    def caller(x: float) -> float:
        return float(called(called(x)))

    assert caller(8.0) == 2.0
    assert (is_made(caller), is_made(called)) == (True, False)


def test_an_install_asks_for_a_numba_that_is_neither_too_old_nor_too_new() -> None:
    (needed,) = (need for need in metadata.requires("sweep") or () if need.startswith("numba"))
    assert needed == "numba<0.69,>=0.68"
