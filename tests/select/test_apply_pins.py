"""What planners have settled, in the visits on offer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from geodata.errors import InputError
from sweep.records.buildings import Building
from sweep.records.pins import Pin
from sweep.records.visits import Recheck, Slot, Visit
from sweep.scenario.law_and_form_settings import Law, Special
from sweep.scenario.selection_settings import Select
from sweep.select.apply_pins import refuse_never, with_pins
from sweep.select.offer_visits import Offer

MakeBuilding = Callable[..., Building]
MakeOffer = Callable[..., Offer]
DAY = date(2026, 9, 16)


def visit(building_id: str, value: float, **changes: object) -> Visit:
    plain = Visit(
        f"V-{building_id}", building_id, "370102", "case", ("L1",), (), 5, value, False,
        (Slot(0, {"police": 2}, 0),), ((48_600, 60_300),),
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def pin(kind: str, building_id: str, **changes: object) -> Pin:
    return Pin(kind, building_id, f"pins.csv {kind} {building_id}", **changes)  # type: ignore[arg-type]


VISITS = (visit("B1", 0.3), visit("B2", 0.2), visit("B3", 0.1))


def test_a_building_that_is_a_must_is_one_and_no_other_is() -> None:
    visits, faults = with_pins(VISITS, [pin("must", "B3")])
    assert ([v.building_id for v in visits if v.is_must], faults) == (["B3"], ())


def test_a_must_that_is_not_on_offer_is_refused() -> None:
    _, faults = with_pins(VISITS, [pin("must", "B9")])
    assert [(f.code, f.where) for f in faults] == [("S644", "pins.csv must B9")]


def test_no_visit_starts_before_it_may() -> None:
    # 15:00 is 54,000 s.
    visits, faults = with_pins(VISITS, [pin("not_before", "B2", earliest_s=54_000)])
    assert [v.windows_s for v in visits] == [((48_600, 60_300),), ((54_000, 60_300),), ((48_600, 60_300),)]
    assert faults == ()


def test_a_first_start_after_the_window_is_refused() -> None:
    _, faults = with_pins(VISITS, [pin("not_before", "B2", earliest_s=60_301)])
    assert [f.code for f in faults] == ["S646"]


@pytest.mark.parametrize("pair", [("B1", "B2"), ("B2", "B1")])
def test_of_two_that_are_kept_apart_the_one_worth_more_stays(pair: tuple[str, str]) -> None:
    visits, faults = with_pins(VISITS, [pin("not_together", pair[0], other_id=pair[1])])
    assert ([v.building_id for v in visits], faults) == (["B1", "B3"], ())


def test_of_two_that_are_kept_apart_a_must_stays_though_it_is_worth_less() -> None:
    pins = [pin("must", "B3"), pin("not_together", "B1", other_id="B3")]
    visits, faults = with_pins(VISITS, pins)
    assert ([v.building_id for v in visits], faults) == (["B2", "B3"], ())


def test_one_that_is_given_up_keeps_no_third_one_out() -> None:
    # B2 gives way to B1, so B3, which is kept apart from B2 alone, may stay.
    pins = [pin("not_together", "B1", other_id="B2"), pin("not_together", "B2", other_id="B3")]
    assert [v.building_id for v in with_pins(VISITS, pins)[0]] == ["B1", "B3"]


def test_two_that_must_both_be_made_are_not_kept_apart_unseen() -> None:
    drawn = (visit("B1", 0.3, is_must=True, track="routine"), visit("B2", 0.2, is_must=True))
    _, faults = with_pins(drawn, [pin("not_together", "B1", other_id="B2")])
    assert [f.code for f in faults] == ["S647"]


def test_a_building_that_must_be_visited_is_not_given_up(make_firms: Callable[..., pd.DataFrame]) -> None:
    pins = [pin("never", "B1"), pin("never", "B2"), pin("never", "B3")]
    due = Recheck("R-1", "B1", "F1", "", "rectify", DAY, DAY)
    must = Special(
        number="A", firms=("F1", "F2"), is_must=True, level="county", yearly_no=1,
        approved_on=DAY, filed_on=DAY, published_on=DAY,
    )  # fmt: skip
    firms = make_firms([{"uscc": "F1", "building_id": "B1"}, {"uscc": "F2", "building_id": "B2"}])
    with pytest.raises(InputError) as caught:
        refuse_never(pins, [due], Law(special=(must,)), firms, [DAY])
    assert [(f.code, f.values["id"], f.values["rule"]) for f in caught.value.issues] == [
        ("S645", "B1", "C27"),
        ("S645", "B2", "C07"),
    ]


def test_nobody_goes_where_they_never_go_by_lead_or_by_draw(make_building: MakeBuilding, make_offer: MakeOffer) -> None:
    buildings = [make_building(f"B{k}") for k in range(6)]
    offer = make_offer(buildings, [{"building_id": "B1"}], pins=(pin("never", "B1"), pin("never", "B2")))
    places = {v.building_id for v in offer.visits} | {t.building_id for t in offer.draw.tickets}
    assert places and not places & {"B1", "B2"}


def test_a_must_is_on_offer_though_the_limit_would_leave_it_out(
    make_building: MakeBuilding, make_offer: MakeOffer
) -> None:
    buildings = [make_building(f"B{k}") for k in (1, 2)]
    leads = [{"building_id": "B1"}, {"building_id": "B2"}]
    limit = Select(n_case_visits_max=1)
    cases = [v.building_id for v in make_offer(buildings, leads, select=limit).visits if v.track == "case"]
    pinned = make_offer(buildings, leads, select=limit, pins=(pin("must", "B2"),)).visits
    assert (cases, [v.building_id for v in pinned if v.track == "case"]) == (["B1"], ["B2"])
