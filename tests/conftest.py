"""What holds for every test."""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import settings

# Machine code goes to the user's cache as it is now, not to one that a test makes for itself: there each session would
# compile everything again.
import geodata.compiled  # noqa: F401
from sweep.plan.first_calls import PLANNER
from sweep.plan.replan.first_calls import REPLANNER
from tests.chromium import browser as browser

# From so many tests on some will plan.
MANY = 1_000

# A first call that compiles or loads a grid takes seconds on a busy machine: how long an example takes is no fact.
settings.register_profile("sweep", deadline=None)
settings.load_profile("sweep")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let one worker compile the planner beside the first tests, and keep Python from counting all modules anew."""
    if os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0" and len(session.items) > MANY:
        PLANNER.begin()
        REPLANNER.begin()
    # A tenth of the time went into looking for garbage among what stays to the end.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1_000)
