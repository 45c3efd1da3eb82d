"""Which visits that are published already may be made yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import pytest

from sweep.records.pins import Pin
from sweep.records.visits import Slot, Visit
from sweep.scenario.selection_settings import Select
from sweep.select.legal_grounds import Grounds
from sweep.select.recheck_published_visits import still_allowed_visits
from sweep.select.selection_tables import Tables
from tests.select.conftest import DAY, building, firms_table, history_table, leads_table

SELECT = Select(cooldown_days=30)
LEAD = {"lead_id": "L1", "age": 20.0}
LOOK = {"age": 10.0, "officers": "P1;P2"}
SIX = tuple({"age": 40.0, "uscc": "F00", "visit_id": f"V{k}"} for k in range(6))


def tables(leads: Sequence[Mapping[str, object]], history: Sequence[Mapping[str, object]], **more: object) -> Tables:
    firms = firms_table([{"unit_use": "office"}, {"unit_use": "dwelling"}])
    ranking = pd.DataFrame({"building_id": ["B1"], "value": [1.0]})
    rows = (leads_table([dict(x) for x in leads]), history_table([dict(x) for x in history]))
    given = {"buildings": {"B1": building("B1")}, "pins": (), "withheld": frozenset(), **more}
    return Tables(firms=firms, leads=rows[0], history=rows[1], ranking=ranking, **given)  # type: ignore[arg-type]


def visit(track: str, *basis: str, targets: tuple[str, ...] = ("F00",)) -> Visit:
    slots = (Slot(0, {"police": 2}, 0),)
    return Visit("V-B1", "B1", "370102", track, basis, targets, 3, 0.1, False, slots, ((48_600, 60_300),))


@pytest.mark.parametrize(
    ("made", "leads", "history", "more", "is_allowed"),
    [
        (visit("routine", "seed"), (), (), {}, True),
        (visit("routine", "seed"), (), (), {"buildings": {}}, False),
        (visit("routine", "seed"), (), (), {"withheld": frozenset({"B1"})}, False),
        (visit("routine", "seed"), (), (), {"pins": (Pin("never", "B1", "pins.csv row 2"),)}, False),
        (visit("routine", "seed"), (), (LOOK,), {}, False),
        (visit("routine", "seed"), (), SIX, {}, False),
        (visit("case", "L1"), (LEAD,), SIX, {}, True),
        (visit("routine", "seed", targets=("F01",)), (), (), {}, False),
        (visit("case", "L1"), (LEAD,), (LOOK,), {}, False),
        (visit("case", "L1"), (LEAD | {"age": 5.0},), (LOOK,), {}, True),
        (visit("case", "L1"), (), (), {}, False),
        (visit("case", "L1"), (LEAD | {"building_id": "B2"},), (), {}, False),
        (visit("special", "A-1"), (), (), {}, False),
    ],
    ids=[
        "nothing has come in",
        "the building is there no more",
        "an investigation",
        "a pin",
        "a visit by others",
        "a cap that is used up",
        "a cap that binds no visit on leads",
        "a dwelling that no certificate names",
        "a visit after the lead",
        "a visit before the lead",
        "a lead that is there no more",
        "a lead that is of another building",
        "a list that is there no more",
    ],
)
def test_a_published_visit_may_be_made_while_it_might_be_on_offer(
    made: Visit,
    leads: Sequence[Mapping[str, object]],
    history: Sequence[Mapping[str, object]],
    more: Mapping[str, object],
    is_allowed: bool,
) -> None:
    kept = still_allowed_visits(tables(leads, history, **more), [made], DAY, SELECT, Grounds())
    assert [v.visit_id for v in kept] == (["V-B1"] if is_allowed else [])


def test_a_published_visit_is_kept_from_the_pair_that_was_there_since() -> None:
    (kept,) = still_allowed_visits(
        tables((LEAD | {"age": 5.0},), (LOOK,)), [visit("case", "L1")], DAY, SELECT, Grounds()
    )
    assert kept.keep_apart == (("P1", "P2"),)
