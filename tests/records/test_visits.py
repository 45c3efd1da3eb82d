"""Which firms the team of each slot of a visit inspects."""

from __future__ import annotations

from dataclasses import replace

from sweep.records.squad_slots import split_slots
from sweep.records.visits import Slot, Visit

JOINT = Slot(0, {"police": 2, "market_regulation": 2}, 2)
VISIT = Visit("V1", "B1", "370102", "case", ("L1",), ("F1", "F2", "F3"), 9, 0.1, False, (JOINT,), ((0, 60),))


def test_the_teams_of_a_visit_inspect_its_firms_in_turn() -> None:
    visit = replace(VISIT, slots=(JOINT, replace(JOINT, slot=1)))
    assert [visit.slot_targets(k) for k in (0, 1)] == [("F1", "F3"), ("F2",)]


def test_squads_share_the_firms_of_a_lead_and_the_drawn_inspectors_have_all_that_were_drawn() -> None:
    visit = replace(VISIT, slots=split_slots([JOINT]))
    assert [visit.slot_targets(k) for k in (0, 1)] == [("F1", "F3"), ("F2",)]
    drawn = replace(visit, track="routine", officers=("M1", "M2"))
    assert [drawn.slot_targets(k) for k in (0, 1)] == [(), ("F1", "F2", "F3")]
