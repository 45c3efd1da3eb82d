"""How leads are followed (C22, C23): each rule costs value here, and is kept all the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geodata.clean.leads import clean_leads
from geodata.datum.datum_names import WGS84
from geodata.read.read_table import read_table
from sweep.check.lead_deadlines import check_c22_due
from sweep.check.lead_deadlines import deadline_on_day as falls_due_for_the_check
from sweep.jobs.stages.build_problem import weights
from sweep.plan.problem.problem import Problem
from sweep.plan.solve import Settings, solve
from sweep.records.buildings import Building, Lead
from sweep.records.people import Team
from sweep.scenario.inspection_hours import Hours
from sweep.scenario.law_and_form_settings import Law, RuleSettings
from sweep.scenario.scenario import Scenario
from sweep.scenario.selection_settings import Select
from sweep.select.lead_due_times import due_seconds, falls_due
from sweep.select.legal_grounds import Grounds
from sweep.select.offer_visits import Offer

MakeBuilding = Callable[..., Building]
MakeOffer = Callable[..., Offer]
MakeProblem = Callable[..., Problem]
MakeTeam = Callable[..., Team]

LIMITS = Settings(seed=1, n_iterations=400)
# B1 is worth 1 and its tip came in a day ago; B2 is worth 1/2, and the team there is gone at 14:24, 24 hours after
# the lead.
LEADS = [{"building_id": "B1"}, {"building_id": "B2", "lead_type": "goip", "age": 0.4}]


def grounds(*off: str) -> Grounds:
    return Grounds(law=Law(certificate="W-1"), off=frozenset(off))


@pytest.mark.parametrize(
    ("off", "visits"),
    [
        pytest.param((), ["V-B2"], id="kept"),
        pytest.param(("C22",), ["V-B1"], id="switched off the one worth more is on offer"),
    ],
)
def test_of_two_places_and_room_for_one_that_with_the_lead_falling_due_is_on_offer(
    off: tuple[str, ...], visits: list[str], make_building: MakeBuilding, make_offer: MakeOffer
) -> None:
    select = Select(draw_share=0.0, n_case_visits_max=1)
    towers = [make_building("B1"), make_building("B2")]
    offer = make_offer(towers, LEADS, select=select, grounds=grounds(*off))
    assert [v.visit_id for v in offer.visits] == visits


@pytest.mark.rule("C22")
@pytest.mark.parametrize(
    ("off", "expected"),
    [
        # A lead that falls due weighs a find: 1/2 + 1 at B2 against 1 at B1.
        pytest.param((), (0.5, ["V-B2"]), id="kept"),
        pytest.param(("C22",), (1.0, ["V-B1"]), id="switched off the one worth more is made"),
    ],
)
def test_of_two_visits_and_time_for_one_that_with_the_lead_falling_due_is_made(
    off: tuple[str, ...],
    expected: tuple[float, list[str]],
    make_building: MakeBuilding,
    make_offer: MakeOffer,
    make_problem: MakeProblem,
    make_team: MakeTeam,
) -> None:
    towers = [make_building("B1"), make_building("B2")]
    offer = make_offer(towers, LEADS, select=Select(draw_share=0.0), grounds=grounds(*off))
    # Both can start at 13:40 alone, and there is one team.
    visits = [replace(v, windows_s=((49_200, 49_200),)) for v in offer.visits]
    plan = solve(make_problem(visits, [make_team("T1")]), LIMITS)
    assert (plan.value, [s.visit_id for r in plan.routes for s in r.stops]) == expected


@pytest.mark.parametrize(
    ("off", "order"),
    [
        # 60 doors by 3 pairs are 12 + 60 = 72 min. By B1 first the ways are 5 + 5 + 5 min, and B2 starts at 14:52,
        # after 14:24; by B2 first they are 20 + 5 + 20 min, and it starts at 13:50.
        pytest.param((), ["V-B2", "V-B1"], id="kept"),
        pytest.param(("C22",), ["V-B1", "V-B2"], id="switched off the shorter way is taken"),
    ],
)
def test_the_longer_way_is_taken_so_that_a_lead_is_followed_before_it_falls_due(
    off: tuple[str, ...],
    order: list[str],
    make_building: MakeBuilding,
    make_offer: MakeOffer,
    make_problem: MakeProblem,
    make_team: MakeTeam,
) -> None:
    towers = [make_building("B1", n_firms=60), make_building("B2", n_firms=60)]
    offer = make_offer(towers, LEADS, firms=[], select=Select(draw_share=0.0), grounds=grounds(*off))
    visits = sorted(offer.visits, key=lambda v: v.visit_id)
    # From B1, B2 and the base, to each of them.
    minutes = np.array([[0, 5, 20], [5, 0, 5], [5, 20, 0]])
    rules = dict.fromkeys(off, "a test without it")
    scenario = Scenario(name="x", day=date(2026, 9, 16), rules=RuleSettings(off=rules))
    given = replace(make_problem(visits, [make_team("T1")], minutes), weights=weights(scenario))
    plan = solve(given, LIMITS)
    assert [s.visit_id for r in plan.routes for s in r.stops] == order


def test_a_lead_due_on_a_day_without_an_hour_is_in_time_all_day_for_the_selection_and_for_the_check(
    tmp_path: Path, world: Any
) -> None:
    path = tmp_path / "leads.csv"
    header = "lead_id,lead_type,lead_source,received_at,反馈期限,building_id\n"
    path.write_text(header + "L1,tip,reported,2026-09-10,2026-09-16,B1\n", encoding="utf-8")
    day = date(2026, 9, 16)
    leads = clean_leads(read_table(path, "leads"), WGS84, day).table
    assert falls_due(leads, day, 7, {}, Hours()).tolist() == [True]
    assert due_seconds(leads, day, {}) == {"B1": (86_399,)}
    # V-B1 starts at 13:40.
    received, due = (leads[name].iloc[0].to_pydatetime() for name in ("received_at", "due_at"))
    inputs = world.given(leads={"L1": Lead("L1", "B1", "tip", received, due)}).inputs
    assert list(check_c22_due(inputs, world.plan)) == []


@pytest.mark.parametrize(
    ("day", "is_due"),
    [
        # Seven working days after Wednesday the 2nd are Friday the 11th.
        pytest.param(date(2026, 9, 10), False, id="Thursday"),
        pytest.param(date(2026, 9, 11), True, id="Friday"),
        pytest.param(date(2026, 9, 12), False, id="Saturday"),
        pytest.param(date(2026, 9, 13), False, id="Sunday"),
    ],
)
def test_a_lead_that_had_until_friday_does_not_fall_due_on_the_days_off_after_it(
    tmp_path: Path, world: Any, day: date, is_due: bool
) -> None:
    path = tmp_path / "leads.csv"
    header = "lead_id,lead_type,lead_source,received_at,building_id\n"
    path.write_text(header + "L1,tip,reported,2026-09-02 10:00,B1\n", encoding="utf-8")
    leads = clean_leads(read_table(path, "leads"), WGS84, day).table
    assert falls_due(leads, day, 7, {}, Hours()).tolist() == [is_due]
    inputs = replace(world.inputs, settings=replace(world.inputs.settings, day=day))
    lead = Lead("L1", "B1", "tip", leads["received_at"].iloc[0].to_pydatetime())
    assert (falls_due_for_the_check(inputs, lead) is not None) == is_due


@pytest.mark.rule("C23")
@pytest.mark.parametrize(
    ("off", "value"),
    [
        # Nine days are four and a half half-lives of two days: B1, worth 1, is no longer on offer, B2, worth 1/2, is.
        pytest.param((), 0.5, id="kept"),
        pytest.param(("C23",), 1.5, id="switched off both are made"),
    ],
)
def test_a_place_whose_leads_have_lost_their_worth_is_left_out(
    off: tuple[str, ...],
    value: float,
    make_building: MakeBuilding,
    make_offer: MakeOffer,
    make_problem: MakeProblem,
    make_team: MakeTeam,
) -> None:
    offer = make_offer(
        [make_building("B1"), make_building("B2")],
        [{"building_id": "B1", "lead_type": "goip", "age": 9.0}, {"building_id": "B2", "age": 9.0}],
        select=Select(draw_share=0.0),
        grounds=grounds(*off),
    )
    assert solve(make_problem(offer.visits, [make_team("T1")]), LIMITS).value == value
