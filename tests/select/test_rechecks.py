"""Items to look at again, and places that nobody may go to, among the visits on offer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sweep.records.buildings import Building
from sweep.records.visits import Recheck, Visit
from sweep.select.offer_visits import Offer

MakeBuilding = Callable[..., Building]
MakeOffer = Callable[..., Offer]


def item(building_id: str, uscc: str | None, **changes: Any) -> Recheck:
    fields = {"unit": "", "reason": "rectify", "opened_on": date(2026, 9, 9), "due_on": date(2026, 9, 16)} | changes
    return Recheck(f"R-p1-{building_id}-{uscc}", building_id, uscc, **fields)


def visits(offer: Offer) -> dict[str, Visit]:
    return {v.building_id: v for v in offer.visits}


def test_a_due_item_is_on_offer_as_a_case_that_must_not_be_left_out(
    make_building: MakeBuilding, make_offer: MakeOffer
) -> None:
    buildings = [make_building("B1"), make_building("B2")]
    visit = visits(make_offer(buildings, rechecks=[item("B1", "B1-F03")]))["B1"]
    assert (visit.track, visit.basis, visit.targets) == ("case", ("R-p1-B1-B1-F03",), ("B1-F03",))
    assert visit.is_must
    # One door of ten: a tenth of the building's value 1. Nobody stands at the exits.
    # It disturbs for 3 min at the door and 20 of inspection, whatever else is in the building.
    assert visit.disturbance == 23.0
    assert (visit.n_firms, visit.value, [s.n_guards for s in visit.slots]) == (1, 0.1, [0])


def test_a_building_with_live_leads_gets_one_visit_for_both(make_building: MakeBuilding, make_offer: MakeOffer) -> None:
    offer = make_offer([make_building("B1")], [{"uscc": "B1-F07"}], rechecks=[item("B1", "B1-F03")])
    (visit,) = offer.visits
    assert (visit.basis, visit.is_must, visit.n_firms) == (("L00", "R-p1-B1-B1-F03"), True, 10)
    assert visit.targets[:2] == ("B1-F03", "B1-F07")


def test_what_is_looked_at_again_on_a_case_visit_takes_minutes_of_its_firms_too(
    make_building: MakeBuilding, make_offer: MakeOffer
) -> None:
    # Ten doors of 3 min, and 20 min for each of the two firms chosen and the two looked at again (C24).
    offer = make_offer([make_building("B1")], [{}], rechecks=[item("B1", f"B1-F0{k}") for k in (8, 9)])
    (visit,) = offer.visits
    assert len(visit.targets) == 4 and visit.disturbance == 110.0


def test_the_cap_and_the_rest_do_not_keep_anybody_from_looking_again(
    make_building: MakeBuilding, make_offer: MakeOffer
) -> None:
    history = [{"uscc": "B1-F03", "age": k} for k in (7, 100, 200)]
    assert "B1" in visits(make_offer([make_building("B1")], history=history, rechecks=[item("B1", "B1-F03")]))


def test_a_building_that_is_looked_at_again_is_not_drawn_too(
    make_building: MakeBuilding, make_offer: MakeOffer
) -> None:
    offer = make_offer([make_building(f"B{k}") for k in range(6)], rechecks=[item("B1", "B1-F03")])
    assert "B1" not in {t.building_id for t in offer.draw.tickets}
    assert len(offer.visits) == len({v.building_id for v in offer.visits})


def test_looking_again_warns_nobody_and_waits_for_no_other_tower(
    make_building: MakeBuilding, make_offer: MakeOffer
) -> None:
    buildings = [make_building("B1", complex_id="K"), make_building("B2", complex_id="K")]
    offer = make_offer(buildings, [{"building_id": "B2"}], rechecks=[item("B1", "B1-F03")])
    assert [v.link_group for v in offer.visits] == [None, None]


def test_a_firm_at_fault_in_two_buildings_is_looked_at_again_in_both_and_nowhere_else(
    make_building: MakeBuilding, make_offer: MakeOffer
) -> None:
    # It is registered in B3 now, where a lead is about another firm.
    buildings = [make_building("B1"), make_building("B2"), make_building("B3", n_firms=2)]
    firms = [{"uscc": u, "building_id": "B3"} for u in ("F1", "F2")]
    items = [item("B1", "F1"), item("B2", "F1")]
    found = visits(make_offer(buildings, [{"building_id": "B3", "uscc": "F2"}], firms=firms, rechecks=items))
    assert [b for b, v in sorted(found.items()) if "F1" in v.targets] == ["B1", "B2"]
    assert [found[b].is_must for b in ("B1", "B2")] == [True, True]


def test_where_a_firm_is_due_where_it_is_and_elsewhere_the_lead_on_it_is_followed_too(
    make_building: MakeBuilding, make_offer: MakeOffer
) -> None:
    buildings = [make_building("B1"), make_building("B2", n_firms=1)]
    items = [item("B2", "F1"), item("B1", "F1")]
    found = visits(
        make_offer(
            buildings,
            [{"building_id": "B2", "uscc": "F1"}],
            firms=[{"uscc": "F1", "building_id": "B2"}],
            rechecks=items,
        )
    )
    assert found["B2"].basis == ("L00", "R-p1-B2-F1")
    assert (found["B1"].basis, found["B1"].targets) == (("R-p1-B1-F1",), ("F1",))


def test_a_recheck_answers_no_lead(make_building: MakeBuilding, make_offer: MakeOffer) -> None:
    # The lead came in five days ago, and two days later somebody looked at a firm again.
    lead = {"age": 5.0, "lead_type": "call_room"}
    looked = {"age": 3.0, "track": "case"}
    assert visits(make_offer([make_building("B1")], [lead], [looked])) == {}
    visit = visits(make_offer([make_building("B1")], [lead], [looked | {"ground": "recheck"}]))["B1"]
    assert visit.basis == ("L00",)


def test_a_unit_without_a_registered_firm_is_looked_at_as_a_door(
    make_building: MakeBuilding, make_offer: MakeOffer
) -> None:
    visit = visits(make_offer([make_building("B1")], rechecks=[item("B1", None, unit="1203")]))["B1"]
    assert (visit.targets, visit.n_firms) == ((), 1)


def test_a_place_under_investigation_is_not_on_offer_by_lead_by_draw_or_to_look_again(
    make_building: MakeBuilding, make_offer: MakeOffer
) -> None:
    # Worth the most of all, with a live lead and an item that is due: and yet nobody goes.
    buildings = [make_building(f"B{k}") for k in range(4)]
    offer = make_offer(buildings, [{"building_id": "B0"}], rechecks=[item("B0", "B0-F01")], withheld=frozenset({"B0"}))
    assert "B0" not in visits(offer)
    assert "B0" not in {t.building_id for t in offer.draw.tickets} | {f.building_id for f in offer.draw.firms}
