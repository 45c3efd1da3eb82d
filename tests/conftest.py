"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# Machine code goes to the user's cache as it is now, not to one that a test makes for itself: there each session would
# compile everything again.
import geodata.compiled  # noqa: F401

# A first call that compiles or loads a grid takes seconds on a busy machine: how long an example takes is no fact.
settings.register_profile("sweep", deadline=None)
settings.load_profile("sweep")
