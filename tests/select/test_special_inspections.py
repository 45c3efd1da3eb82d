"""Special inspections among the visits on offer: musts, several lists of one building, and those that wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sweep.records.buildings import Building
from sweep.records.visits import Recheck, Visit
from sweep.scenario.law_and_form_settings import Law, Special
from sweep.scenario.scenario import Scenario
from sweep.scenario.selection_settings import Select
from sweep.select.law_and_draw_warnings import law_warnings
from sweep.select.legal_grounds import Grounds
from sweep.select.offer_visits import Offer

MakeBuilding = Callable[..., Building]
MakeOffer = Callable[..., Offer]
ON = dict.fromkeys(("approved_on", "filed_on", "published_on"), date(2026, 9, 1))
NO_DRAW = Select(draw_share=0.0)
REASON = "all are of one chain that was found to sell cards"
WAITS = {"A": ("B2",)}


def listing(number: str, *firms: str, is_must: bool = False, reason: str | None = None) -> Special:
    given: dict[str, Any] = {"level": "county", "yearly_no": 1, **ON}
    return Special(number=number, firms=firms, is_must=is_must, blanket_reason=reason, **given)


def grounds(*lists: Special) -> Grounds:
    return Grounds(law=Law(special=lists))


def by_building(offer: Offer) -> dict[str, Visit]:
    return {v.building_id: v for v in offer.visits}


def test_a_list_that_must_be_made_is_a_must_on_a_visit_that_leads_make_too(
    make_building: MakeBuilding, make_offer: MakeOffer
) -> None:
    must = listing("A", "B1-F00", "B2-F00", is_must=True)
    towers = [make_building("B1"), make_building("B2"), make_building("B3")]
    leads: list[dict[str, object]] = [{}, {"building_id": "B3"}]
    offer = make_offer(towers, leads, select=NO_DRAW, grounds=grounds(must))
    found = {b: (v.track, v.is_must) for b, v in by_building(offer).items()}
    assert found == {"B1": ("case", True), "B2": ("special", True), "B3": ("case", False)}


def test_a_list_of_firms_that_leads_name_too_is_a_must_all_the_same(
    make_building: MakeBuilding, make_offer: MakeOffer
) -> None:
    must = listing("A", "B1-F00", is_must=True)
    (visit,) = make_offer([make_building("B1")], [{"uscc": "B1-F00"}], select=NO_DRAW, grounds=grounds(must)).visits
    assert (visit.basis, visit.is_must) == (("L00",), True)


@pytest.mark.parametrize("leads", [[], [{}]], ids=["of their own", "on leads"])
def test_all_lists_that_name_firms_of_a_building_are_done_on_one_visit(
    make_building: MakeBuilding, make_offer: MakeOffer, leads: list[dict[str, object]]
) -> None:
    lists = listing("A", "B1-F00"), listing("B", "B1-F01", is_must=True)
    (visit,) = make_offer([make_building("B1", 20)], leads, select=NO_DRAW, grounds=grounds(*lists)).visits
    # Those that must be made come first.
    assert [b for b in visit.basis if b in ("A", "B")] == ["B", "A"]
    assert {"B1-F00", "B1-F01"} <= set(visit.targets) and visit.is_must


@pytest.mark.parametrize(
    ("reason", "targets", "basis"),
    [
        # A fifth of five firms is one, and lists with a reason on record stand beside it (C08).
        pytest.param(None, ("B1-F01",), ("B",), id="the list that must be made takes the share"),
        pytest.param(REASON, ("B1-F01", "B1-F00"), ("B", "A"), id="one with a reason goes beyond it"),
    ],
)
def test_lists_of_one_building_keep_to_its_share_together(
    make_building: MakeBuilding, make_offer: MakeOffer, reason: str | None, targets: tuple[str, ...], basis: object
) -> None:
    lists = listing("A", "B1-F00", reason=reason), listing("B", "B1-F01", is_must=True)
    (visit,) = make_offer([make_building("B1", 5)], select=NO_DRAW, grounds=grounds(*lists)).visits
    assert (visit.targets, visit.basis) == (targets, basis)


@pytest.mark.parametrize(
    ("leads", "is_done"),
    [pytest.param([], False, id="it rests"), pytest.param([{"building_id": "B2"}], True, id="a newer lead")],
)
def test_a_list_waits_while_its_building_rests_unless_a_lead_goes_there(
    make_building: MakeBuilding, make_offer: MakeOffer, leads: list[dict[str, object]], is_done: bool
) -> None:
    offer = make_offer(
        [make_building("B1"), make_building("B2")],
        leads,
        [{"building_id": "B2"}],
        select=NO_DRAW,
        grounds=grounds(listing("A", "B2-F00", is_must=True)),
    )
    assert "B2-F00" in {u for v in offer.visits for u in v.targets} if is_done else not offer.visits
    assert offer.waiting == ({} if is_done else WAITS)


@pytest.mark.parametrize(
    ("is_must", "firms", "withheld", "waiting"),
    [
        pytest.param(True, 1, False, WAITS, id="a must"),
        pytest.param(False, 1, False, {}, id="no must"),
        pytest.param(True, 0, False, {}, id="no firm of it may be inspected"),
        pytest.param(True, 1, True, {}, id="under investigation, which nobody may see"),
    ],
)
def test_only_a_must_that_could_be_made_is_said_to_wait(
    make_building: MakeBuilding,
    make_offer: MakeOffer,
    is_must: bool,
    firms: int,
    withheld: bool,
    waiting: dict[str, tuple[str, ...]],
) -> None:
    offer = make_offer(
        [make_building("B2")],
        history=[{"building_id": "B2"}],
        firms=[{"uscc": f"F{k}", "building_id": "B2"} for k in range(firms)],
        select=NO_DRAW,
        withheld=frozenset({"B2"} if withheld else ()),
        grounds=grounds(listing("A", "F0", is_must=is_must)),
    )
    assert offer.waiting == waiting


def test_a_list_waits_where_a_firm_is_only_looked_at_again(make_building: MakeBuilding, make_offer: MakeOffer) -> None:
    due = Recheck("R-1", "B2", "B2-F03", "", "rectify", date(2026, 9, 9), date(2026, 9, 16))
    must = grounds(listing("A", "B2-F00", is_must=True))
    offer = make_offer([make_building("B2")], rechecks=[due], select=NO_DRAW, grounds=must)
    assert (by_building(offer)["B2"].basis, offer.waiting) == (("R-1",), WAITS)


@pytest.mark.parametrize(
    ("named", "firms", "waiting"),
    [
        pytest.param({}, ("F00",), WAITS, id="in a dwelling"),
        pytest.param({}, ("F00", "F01"), WAITS, id="one of two in a dwelling"),
        pytest.param({"F00": "D-1"}, ("F00", "F01"), {}, id="a certificate names it"),
    ],
)
def test_a_list_waits_where_a_firm_of_it_is_in_a_dwelling_that_no_certificate_names(
    make_building: MakeBuilding,
    make_offer: MakeOffer,
    named: dict[str, str],
    firms: tuple[str, ...],
    waiting: dict[str, tuple[str, ...]],
) -> None:
    law = Law(special=(listing("A", *firms, is_must=True),), dwelling_certificates=named)
    rows: list[dict[str, object]] = [{"building_id": "B2"} for _ in range(10)]
    rows[0] |= {"unit_use": "dwelling"}
    offer = make_offer([make_building("B2")], firms=rows, select=NO_DRAW, grounds=Grounds(law=law))
    assert offer.waiting == waiting


def test_a_list_that_waits_is_noted(make_building: MakeBuilding, make_offer: MakeOffer, make_history: Any) -> None:
    must = grounds(listing("A", "B2-F00", is_must=True))
    offer = make_offer([make_building("B2")], history=[{"building_id": "B2"}], select=NO_DRAW, grounds=must)
    scenario = Scenario(name="x", day=date(2026, 9, 16), law=must.law)
    (note,) = (
        n
        for n in law_warnings(scenario.select, scenario.law, scenario.day, make_history([]), offer, ())
        if n.code == "S655"
    )
    assert dict(note.values) == {"number": "A", "n": 1, "buildings": ("B2",), "days": 30}
