"""Steps of a run in progress reports; reading, cleaning and matching are one step, `read`."""

from collections.abc import Callable

from sweep.plan.solve import Progress

STEPS = ("read", "rank", "number", "select", "plan", "check", "publish")


Watch = Callable[[str, Progress | None], None]
