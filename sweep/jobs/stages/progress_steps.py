"""The steps of a run as they are reported: reading, cleaning and matching are one, `read`."""

from collections.abc import Callable

from sweep.plan.solve import Progress

STEPS = ("read", "rank", "number", "select", "plan", "check", "publish")


Watch = Callable[[str, Progress | None], None]
