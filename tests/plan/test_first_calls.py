"""What is made ready before the clock begins is all that a search enters."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.paths import ROOT, compiled_cache


@pytest.mark.parametrize("kind", ["solve", "replan"])
def test_a_search_enters_nothing_that_was_not_made_ready(kind: str) -> None:
    command = [sys.executable, "-m", "tests.plan.new_entries", kind]
    env = {**os.environ, "XDG_CACHE_HOME": compiled_cache()}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == ""
