"""C26 and C27 on the paper day: one thing changed, and it is named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sweep.check.rule_registry import check_plan
from sweep.records.visits import Recheck, TargetReason

World = Any  # of conftest.py
ITEM = Recheck("R-p1-B1-F", "B1", "F-B1", "", "rectify", date(2026, 9, 9), date(2026, 9, 16))


def breaches(world: World) -> list[tuple[str, str]]:
    return [(v.rule_id, v.where) for v in check_plan(world.inputs, world.plan)]


def looked_at(world: World, **changes: Any) -> World:
    """The item is due, and V-B1 looks at it too."""
    basis = (*world.inputs.visits["V-B1"].basis, ITEM.recheck_id)
    return world.given(rechecks={ITEM.recheck_id: ITEM}).visit("V-B1", **{"basis": basis, "is_must": True} | changes)


def test_a_visit_to_a_place_under_investigation_is_named(world: World) -> None:
    # Offered, and made by T1.
    assert breaches(world.given(withheld=frozenset({"B5"}))) == [("C26", "V-B5"), ("C26", "T1 V-B5")]


def test_a_place_under_investigation_that_nobody_goes_to_is_no_breach(world: World) -> None:
    assert breaches(world.given(withheld=frozenset({"B9"}))) == []


def test_a_visit_on_the_investigation_track_is_named(world: World) -> None:
    assert ("C26", "V-B4") in breaches(world.visit("V-B4", track="investigation"))


def test_a_due_item_that_a_visit_looks_at_is_no_breach(world: World) -> None:
    assert breaches(looked_at(world)) == []


@pytest.mark.rule("C27", "found")
def test_a_due_item_that_no_visit_looks_at_is_named(world: World) -> None:
    assert breaches(world.given(rechecks={ITEM.recheck_id: ITEM})) == [("C27", "R-p1-B1-F")]


@pytest.mark.parametrize(
    "changes", [{"is_must": False}, {"targets": ("F-B9",)}], ids=["may be left out", "another firm"]
)
def test_a_visit_that_does_not_really_look_is_named(world: World, changes: dict[str, Any]) -> None:
    assert breaches(looked_at(world, **changes)) == [("C27", "V-B1 R-p1-B1-F")]


def test_an_item_at_a_place_under_investigation_waits(world: World) -> None:
    item = Recheck("R-p1-B9-F", "B9", "F9", "", "rectify", date(2026, 9, 9), date(2026, 9, 16))
    assert breaches(world.given(rechecks={"R-p1-B9-F": item}, withheld=frozenset({"B9"}))) == []


def test_an_item_in_a_dwelling_that_no_certificate_names_waits(world: World) -> None:
    item = Recheck("R-p1-B1-H", "B1", "F-H", "", "rectify", date(2026, 9, 9), date(2026, 9, 16))
    home = world.given(rechecks={"R-p1-B1-H": item}, dwellings=frozenset({"F-H"}))
    assert breaches(home) == []
    assert breaches(home.scenario("law", dwelling_certificates={"F-H": "D-1"})) == [("C27", "R-p1-B1-H")]


def test_a_visit_that_only_looks_again_needs_no_guards(world: World) -> None:
    # Three exits and no guard: a breach of C17 on a lead, none here.
    world = world.building("B1", n_exits=3)
    assert ("C17", "V-B1") in breaches(world)
    assert breaches(looked_at(world, basis=(ITEM.recheck_id,))) == []


def reasons(world: World) -> dict[str, tuple[TargetReason, ...]]:
    visits = world.inputs.visits.values()
    return {v.visit_id: tuple(TargetReason(u, "lead") for u in ("", *v.targets)) for v in visits}


def test_every_target_with_a_reason_is_no_breach(world: World) -> None:
    assert breaches(world.given(reasons=reasons(world))) == []


@pytest.mark.parametrize(("lost", "where"), [("", "V-B1"), ("F-B1", "V-B1 F-B1")], ids=["building", "firm"])
def test_a_target_without_a_reason_is_named(world: World, lost: str, where: str) -> None:
    left = reasons(world)
    left["V-B1"] = tuple(r for r in left["V-B1"] if r.uscc != lost)
    assert breaches(world.given(reasons=left)) == [("C29", where)]
