"""Run by itself: compiles all of the planner, before any test asks for it."""

from __future__ import annotations

from sweep.plan.jit_warmup import PLANNER
from sweep.plan.replan.replan_search import REPLANNER

if __name__ == "__main__":
    # The later ones call what the first compiles: one process has it at hand for all.
    for ahead in (PLANNER, REPLANNER):
        ahead.make(apart=False)
