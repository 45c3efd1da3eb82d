"""Which row a slot has: the slots of all visits, visit by visit in the problem's order, are the first tasks."""

from __future__ import annotations

from sweep.plan.problem.problem import Problem
from sweep.records.visits import Slot, Visit


def slot_tasks(problem: Problem) -> list[tuple[Visit, Slot]]:
    """The visit and the slot of each task, by row."""
    return [(visit, slot) for visit in problem.visits for slot in visit.slots]


def task_rows(problem: Problem) -> dict[tuple[str, int], int]:
    """Row of each slot, by visit id and number of the slot."""
    return {(visit.visit_id, slot.slot): row for row, (visit, slot) in enumerate(slot_tasks(problem))}
