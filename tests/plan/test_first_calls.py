"""What is made ready before the clock begins is all that a search enters."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

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
