"""People for the tests of the rules: by name, all alike but for what a test says."""

from __future__ import annotations

from datetime import date

from sweep.plan.problem.problem import TeamRules
from sweep.plan.solve import Settings
from sweep.records.people import Person
from sweep.records.plan import Plan

DAY = date(2026, 9, 16)
NEEDS = {"police": 2, "market_regulation": 2}
# Enough for the search to find every trade of people that the cases need.
ROUNDS = Settings(seed=1, n_iterations=4_000)
_AGENCY = {"P": ("police", "officer"), "A": ("police", "auxiliary"), "M": ("market_regulation", "inspector")}


def person(person_id: str, **changes: object) -> Person:
    """P: police, A: an auxiliary, M: an inspector; a woman where the number is 1 or 2, at home in 370102."""
    agency, role = _AGENCY[person_id[0]]
    facts = {
        "person_id": person_id, "agency": agency, "role": role, "is_female": person_id[1] in "12",
        "certificate_until": None if role == "auxiliary" else DAY, "base_id": "S", "division_code": "370102",
        "shift_s": (46_800, 64_800),
    }  # fmt: skip
    return Person(**(facts | changes))  # type: ignore[arg-type]


def people(names: str) -> list[Person]:
    return [person(name) for name in names.split()]


def two_teams(*, assist_letter: bool = False) -> TeamRules:
    return TeamRules(2, 0, NEEDS, 1, assist_letter)


def served(plan: Plan) -> set[str]:
    return {s.visit_id for r in plan.routes for s in r.stops}
