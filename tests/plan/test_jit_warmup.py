"""What is made ready before the clock begins is all that a search enters."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from numba.core.runtime import _nrt_python, rtsys

from sweep.plan import jit_warmup
from sweep.plan.replan import replan_search
from tests.paths import ROOT, compiled_cache


@pytest.fixture(scope="module")
def new_entries() -> list[str]:
    """What a fresh process loads for kinds of arguments not made ready, each after what was done then."""
    command = [sys.executable, "-m", "tests.plan.new_entries"]
    env = {**os.environ, "XDG_CACHE_HOME": compiled_cache()}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.splitlines()


@pytest.mark.parametrize("kind", ["solve", "replan"])
def test_a_search_enters_nothing_that_was_not_made_ready(new_entries: list[str], kind: str) -> None:
    assert [line for line in new_entries if line.startswith(kind)] == []


def held() -> int:
    """Pieces of memory that compiled code has made and not yet freed."""
    memory = rtsys.get_allocation_stats()
    return int(memory.alloc - memory.free)


def test_what_compiled_code_makes_it_frees() -> None:
    # Most of it counts no arrays: what it was given by what it calls would never be freed.
    calls = (jit_warmup.search, jit_warmup.steps_and_proof, replan_search.priced_search)
    for call in calls:
        call()
    _nrt_python.memsys_enable_stats()
    n_made, n_before = rtsys.get_allocation_stats().alloc, held()
    for call in calls:
        call()
    assert rtsys.get_allocation_stats().alloc > n_made
    assert held() == n_before
