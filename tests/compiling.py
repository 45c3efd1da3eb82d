"""Program that compiles the whole planner before the tests need it."""

from __future__ import annotations

from sweep.plan.jit_warmup import PLANNER
from sweep.plan.replan.replan_search import REPLANNER

if __name__ == "__main__":
    # Later functions call those compiled first, so one process compiles all of them.
    for ahead in (PLANNER, REPLANNER):
        ahead.make(in_children=False)
