"""Why each visit goes where it goes, and inspects whom it inspects, as its papers say (C29)."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from sweep.inputs.visit_reasons_from_inputs import target_reasons
from sweep.records.visits import Slot, TargetReason, Visit
from sweep.scenario.law_and_form_settings import Special
from tests.select.conftest import firms_table, leads_table

LISTS = (Special(number="S-1", firms=("F00", "F09")), Special(number="S-2", firms=("F00", "F02")))
ON_LISTS = TargetReason("F00", "basis", {"track": "special", "basis": "S-1, S-2"})


def reasons(
    track: str, *basis: str, targets: tuple[str, ...], rooms: Sequence[dict[str, str]] = ({},)
) -> tuple[TargetReason, ...]:
    slots = (Slot(0, {"police": 2}, 0),)
    visit = Visit("V-B1", "B1", "370102", track, basis, targets, 3, 0.1, False, slots, ((48_600, 60_300),))
    firms = firms_table([{"credit_class": "A"}, {"credit_class": "C"}, {"credit_class": "D"}])
    table = leads_table([{"uscc": "F02"}] * len(rooms))
    inputs: Any = SimpleNamespace(
        leads=table.assign(**{c: [room.get(c) for room in rooms] for c in ("unit", "floor_label")}),
        firms=firms,
        rechecks=(),
    )
    return target_reasons([visit], inputs, "seed", LISTS)["V-B1"]


@pytest.mark.parametrize("track", ["special", "case"])
def test_a_firm_that_a_list_names_is_there_for_the_list_and_not_for_its_class(track: str) -> None:
    basis = ("S-1", "S-2") if track == "special" else ("L00", "S-1", "S-2")
    assert ON_LISTS in reasons(track, *basis, targets=("F00",))
    assert "class" not in {r.code for r in reasons(track, *basis, targets=("F00",))}


def test_a_visit_on_leads_that_meets_lists_too_gives_both_for_its_building() -> None:
    of_building = [r.code for r in reasons("case", "L00", "S-1", targets=("F00",)) if not r.uscc]
    assert of_building == ["lead", "basis"]


def test_a_firm_that_leads_alone_bring_in_keeps_its_reason() -> None:
    found = {r.uscc: r.code for r in reasons("case", "L00", "S-1", targets=("F02", "F00", "F01"))}
    assert found == {"": "basis", "F02": "lead", "F00": "basis", "F01": "class"}


def test_the_rooms_and_floors_that_leads_name_are_given_the_most_frequent_first() -> None:
    named = ({"unit": "201"}, {"unit": "305", "floor_label": "3"}, {"unit": "305"}, {"floor_label": "5"}, {})
    found = reasons("case", *(f"L{k:02d}" for k in range(5)), targets=(), rooms=named)
    values = [(r.code, *r.values.values()) for r in found if r.code in ("rooms", "floors")]
    assert values == [("rooms", "305 ×2, 201"), ("floors", "5")]
