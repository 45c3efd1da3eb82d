"""Each field of what the planner is asked is set by the product, or by a benchmark set that needs it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from sweep.plan.problem.problem import Problem, Weights
from sweep.records.people import Team
from sweep.records.visits import Slot, Visit
from tests.paths import ROOT

RECORDS = (Problem, Visit, Team, Slot, Weights)
# Fields that only sets with joint visits or precedence ask for: home care with synchronised services (HHCRSP, UHHC) and
# jobs on several devices (OPS). A problem file may have them, too.
OF_SETS = {
    "Problem.lags": "hhcrsp",
    "Slot.service_s": "ops",
    "Team.starts_with_shift": "uhhc",
    "Visit.is_due_at_end": "uhhc",
    "Visit.preferred": "uhhc",
    "Weights.travel": "hhcrsp",
    "Weights.largest_lateness": "hhcrsp",
    "Weights.waiting": "uhhc",
    "Weights.largest_idle": "uhhc",
    "Weights.unpreferred": "uhhc",
}


def set_fields(path: Path) -> Iterator[str]:
    """The fields that a module gives to a new record, by place or by keyword, or to a copy of one by keyword."""
    names = {record.__name__: [f.name for f in fields(record)] for record in RECORDS}
    for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
        called = call.func.id if isinstance(call.func, ast.Name) else ""
        keywords = {keyword.arg for keyword in call.keywords}
        if called in names:
            given = {*names[called][: len(call.args)], *keywords}
            yield from (f"{called}.{name}" for name in names[called] if name in given)
        elif called == "replace":
            # The planner's own copies of a problem only leave things out.
            own_copies = {"Problem"} if ROOT / "sweep" / "plan" in path.parents else set()
            yield from (f"{name}.{key}" for name in names.keys() - own_copies for key in keywords & {*names[name]})


def test_each_field_has_a_producer_in_the_product_or_in_a_set_of_joint_visits() -> None:
    # These modules read a problem from a file, which gives any field.
    readers = {*(ROOT / "sweep" / "plan" / "problem").rglob("*.py")}
    modules = {*(ROOT / "sweep").rglob("*.py")} - readers
    made = {name for path in modules for name in set_fields(path)}
    every = {f"{record.__name__}.{field.name}" for record in RECORDS for field in fields(record)}
    assert every - made == OF_SETS.keys()


def test_each_field_of_a_set_is_named_by_its_benchmark() -> None:
    folder = ROOT / "tests" / "benchmarks" / "plan"
    words = {name: (folder / f"{of}.py").read_text("utf-8") for name, of in OF_SETS.items()}
    assert [name for name, text in words.items() if name.partition(".")[2] not in text] == []
