"""The steps of a run, and who watches them."""

from __future__ import annotations

from collections.abc import Callable

from sweep.plan.solve import Progress

STEPS = ("read", "rank", "select", "plan", "check", "publish")


Watch = Callable[[str, Progress | None], None]
