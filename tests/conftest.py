"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# A first call that compiles or loads a grid takes seconds on a busy machine: how long an example takes is no fact.
settings.register_profile("sweep", deadline=None)
settings.load_profile("sweep")
