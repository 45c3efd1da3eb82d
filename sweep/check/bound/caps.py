"""A plan judged from problem.json alone: caps are kept (P12), the value is what it says (P13)."""

from __future__ import annotations

from collections.abc import Iterator

from sweep.check.bound.case import read_case
from sweep.records.plan import Plan, Violation

# The value is a sum of floats; of large ones, so much of it.
VALUE_TOLERANCE = 1e-6


def check_caps(problem: bytes, plan: Plan) -> Iterator[Violation]:
    """
    Each cap that the plan breaks, and a value that is not that of the visits on their days.

    Raises
    ------
    ValueError, KeyError, TypeError
        If the problem cannot be read.
    """
    case = read_case(problem, plan.teams)
    stops = [(r.team_id, s) for r in plan.routes for s in r.made]
    served = {s.visit_id for _, s in stops}
    for cap_id, cap in case.caps.items():
        taken = sum(cap.loads.get(visit_id, 0) for visit_id in served)
        if taken > cap.most:
            yield Violation("P12", cap_id, {"taken": taken, "most": cap.most})
    value = sum(case.visits[s.visit_id].value_on(case.teams[k].day) for k, s in stops if s.slot == 0)
    if abs(value - plan.value) > VALUE_TOLERANCE * max(1.0, value):
        yield Violation("P13", "value", {"detail": f"{plan.value:.6f} != {value:.6f}"})
