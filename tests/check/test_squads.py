"""The plan of conftest.py with every team gone as two squads: police and market regulation meet at each building."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sweep.check.rule_registry import check_plan
from sweep.records.people import Team
from sweep.records.squad_slots import split_slots
from sweep.records.visits import Slot
from tests.check.conftest import _team

World = Any  # of conftest.py


def broken(world: World) -> list[tuple[str, str]]:
    return [(v.rule_id, v.where) for v in check_plan(world.inputs, world.plan)]


@pytest.fixture
def squads(world: World) -> World:
    """Each visit takes as long as before; each route is gone by both squads of its team."""
    lengths = {(s.visit_id, s.slot): s.end_s - s.start_s for r in world.plan.routes for s in r.stops}
    visits = {}
    for visit_id, v in world.inputs.visits.items():
        halves = [replace(s, service_s=lengths.get((visit_id, s.slot // 2))) for s in split_slots(v.slots)]
        visits[visit_id] = replace(v, slots=tuple(halves))
    teams = [half for t in world.plan.teams for half in _halves(t, world.inputs.persons)]
    routes = [
        replace(r, team_id=r.team_id + name, stops=tuple(replace(s, slot=2 * s.slot + k) for s in r.stops))
        for r in world.plan.routes
        for k, name in enumerate("PM")
    ]
    split = world.given(visits=visits).planned(teams=tuple(teams), routes=tuple(routes))
    return split.scenario("teams", mode="squads")


def _halves(team: Team, persons: Any) -> list[Team]:
    police = tuple(i for i in team.member_ids if i[0] != "M")
    others = tuple(i for i in team.member_ids if i[0] == "M")
    pairs = zip("PM", (police, others), strict=True)
    return [_team(replace(team, team_id=team.team_id + name, member_ids=ids), persons) for name, ids in pairs]


def test_a_slot_becomes_one_for_police_with_its_guards_and_recorder_and_one_for_the_others() -> None:
    joint = (Slot(0, {"police": 4, "market_regulation": 2}, 2, {"recorder": 1}), Slot(1, {"police": 1}, 0))
    assert split_slots(joint) == (
        Slot(0, {"police": 4}, 2, {"recorder": 1}, is_for_drawn=False),
        Slot(1, {"market_regulation": 2}, 0),
        Slot(2, {"police": 1}, 0),
    )


def test_squads_that_meet_at_every_building_break_no_rule(squads: World) -> None:
    assert broken(squads) == []


def test_judged_as_joint_teams_each_squad_lacks_the_other_authority(squads: World) -> None:
    breaches = broken(squads.scenario("teams", mode="joint"))
    assert {where for rule, where in breaches if rule == "C01"} == {"T1P", "T1M", "T2P", "T2M", "T3P", "T3M"}


def test_a_squad_with_one_officer_is_found(squads: World) -> None:
    breaches = broken(squads.person("M02", certificate_until=None))
    assert ("C01", "T1M") in breaches


def test_a_visit_that_one_authority_makes_alone_is_found(squads: World) -> None:
    slots = squads.inputs.visits["V-B5"].slots[:1]
    alone = squads.visit("V-B5", slots=slots)
    route = next(r for r in alone.plan.routes if r.team_id == "T1M")
    alone = alone.route("T1M", stops=route.stops[:-1], return_s=route.stops[-2].end_s + 600)
    assert ("C01", "V-B5") in broken(alone)


def test_squads_that_start_apart_are_found(squads: World) -> None:
    apart = squads.stop("T1M", "V-B5", start_s=55_460, end_s=57_980).route("T1M", return_s=58_580)
    assert ("C16", "V-B5") in broken(apart)


def test_police_of_the_squad_stand_at_every_exit(squads: World) -> None:
    # T1P has four police, two of whom inspect: two exits, and not three.
    assert broken(squads.building("B1", n_exits=2)) == []
    assert broken(squads.building("B1", n_exits=3)) == [("C17", "V-B1")]


def test_who_acts_at_once_has_a_recorder_with_the_police_and_needs_none_with_the_others(squads: World) -> None:
    at_once = squads.visit("V-B1", warrant="", is_immediate=True)
    assert broken(at_once) == [("C14", "T1P V-B1")]
    assert broken(at_once.person("P01", skills=frozenset({"recorder"}))) == []


def test_the_officers_drawn_are_in_the_squad_of_market_regulation(squads: World) -> None:
    assert broken(squads.visit("V-B5", officers=("M01", "M02"))) == []
    assert ("C09", "V-B5") in broken(squads.visit("V-B5", officers=("M01", "M03")))
