"""How a site is entered (C13, C14, C16-C18, C21): each rule costs value here, and is kept all the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from sweep.jobs.stages.build_problem import service_minutes
from sweep.jobs.stages.rank_day import n_reserve
from sweep.plan.problem.problem import Problem, TeamRules
from sweep.plan.solve import Settings, solve
from sweep.records.buildings import Building
from sweep.records.people import Person, Team
from sweep.records.visits import Visit
from sweep.scenario.inspection_hours import AfterHoursApproval, Hours
from sweep.scenario.law_and_form_settings import Law, RuleSettings
from sweep.scenario.plan_settings import PlanSettings
from sweep.scenario.scenario import Scenario
from sweep.scenario.selection_settings import Select
from sweep.select.legal_grounds import Grounds
from sweep.select.make_visits import TeamSize
from sweep.select.offer_visits import Offer

MakeBuilding = Callable[..., Building]
MakeOffer = Callable[..., Offer]
MakeProblem = Callable[..., Problem]
MakeTeam = Callable[..., Team]
MakeVisit = Callable[..., Visit]

DAY = date(2026, 9, 16)
NEEDS = {"police": 2, "market_regulation": 2}
LIMITS = Settings(seed=1, n_iterations=400)
NO_DRAW = Select(draw_share=0.0)


def made(problem: Problem) -> tuple[float, set[str]]:
    """Value of the plan, and the visits in it."""
    plan = solve(problem, LIMITS)
    return plan.value, {s.visit_id for r in plan.routes for s in r.stops}


@pytest.mark.rule("C13")
@pytest.mark.parametrize(
    ("approval", "value"),
    [
        # B1 and B2, worth 1 and 1/2; 4 pairs are 12 + 3 x 10 / 4 = 19.5 min inside, and it is 5 min to anywhere.
        # Out at 17:10, at B1 from 17:15 to 17:34:30, at B2 from 17:39:30: nobody may start after 17:30.
        pytest.param(None, 1.0, id="kept"),
        pytest.param(AfterHoursApproval(number="N-1", approved_on=DAY), 1.5, id="with an approval both are made"),
    ],
)
def test_a_second_visit_that_would_start_after_hours_is_left_out(
    approval: AfterHoursApproval | None,
    value: float,
    make_building: MakeBuilding,
    make_offer: MakeOffer,
    make_problem: MakeProblem,
    make_team: MakeTeam,
) -> None:
    evening = PlanSettings(
        shift_start_s=61_800, shift_end_s=75_600, window_start_s=61_800, window_end_s=72_000, inspection_minutes=0.0
    )
    grounds = Grounds(law=Law(certificate="W-1"), hours=Hours(approval=approval))
    offer = make_offer(
        [make_building("B1"), make_building("B2")],
        [{"building_id": "B1"}, {"building_id": "B2"}],
        select=NO_DRAW,
        plan=evening,
        grounds=grounds,
    )
    visits = [replace(v, slots=(replace(v.slots[0], min_certified=NEEDS, n_guards=0),)) for v in offer.visits]
    assert [v.value for v in visits] == [1.0, 0.5]
    given = make_problem(visits, [make_team("T1", shift=(61_800, 75_600))])
    assert made(replace(given, minutes=evening.minutes))[0] == value


@pytest.mark.rule("C14")
@pytest.mark.parametrize(
    ("law", "skills", "value"),
    [
        pytest.param(Law(), {}, 0.0, id="kept"),
        pytest.param(Law(certificate="W-1"), {}, 1.0, id="a certificate opens it"),
        pytest.param(Law(), {"recorder": 1}, 1.0, id="and so does a recorder"),
    ],
)
def test_a_place_without_certificate_is_left_out_by_a_team_without_recorder(
    law: Law,
    skills: dict[str, int],
    value: float,
    make_building: MakeBuilding,
    make_offer: MakeOffer,
    make_problem: MakeProblem,
    make_team: MakeTeam,
) -> None:
    # B1 is worth 1; its 2 exits and the 2 who inspect take 4 police, as many as the team has.
    offer = make_offer([make_building("B1")], [{}], select=NO_DRAW, grounds=Grounds(law=law))
    team = replace(make_team("T1"), n_skilled=skills)
    assert made(make_problem(offer.visits, [team]))[0] == value


@pytest.mark.rule("C16")
@pytest.mark.parametrize(
    ("complex_id", "expected"),
    [
        # One team cannot start at B1 and at B2 within 5 min: each takes 19.5 min. So both are left to 1/3 at B3,
        # though there is time for all three: 1 + 1/2 + 1/3.
        pytest.param("K", (1 / 3, {"V-B3"}), id="kept"),
        pytest.param(None, (11 / 6, {"V-B1", "V-B2", "V-B3"}), id="towers of no complex are all made"),
    ],
)
def test_both_towers_are_left_out_if_no_two_teams_can_start_there_together(
    complex_id: str | None,
    expected: tuple[float, set[str]],
    make_building: MakeBuilding,
    make_offer: MakeOffer,
    make_problem: MakeProblem,
    make_team: MakeTeam,
) -> None:
    towers = [make_building("B1", complex_id=complex_id), make_building("B2", complex_id=complex_id)]
    offer = make_offer(
        [*towers, make_building("B3")],
        [{"building_id": b} for b in ("B1", "B2", "B3")],
        select=NO_DRAW,
        grounds=Grounds(law=Law(certificate="W-1")),
    )
    value, visits = made(make_problem(offer.visits, [make_team("T1")]))
    assert (pytest.approx(value), visits) == expected


@pytest.mark.rule("C17")
@pytest.mark.parametrize(
    ("n_exits", "expected"),
    [
        # The team has 4 police, 2 of whom inspect: it guards 2 exits, of B2 worth 1/2, not the 3 of B1 worth 1.
        pytest.param(3, (0.5, {"V-B2"}), id="kept"),
        pytest.param(2, (1.5, {"V-B1", "V-B2"}), id="with an exit less both are made"),
    ],
)
def test_a_tower_with_more_exits_than_guards_is_left_out(
    n_exits: int,
    expected: tuple[float, set[str]],
    make_building: MakeBuilding,
    make_offer: MakeOffer,
    make_problem: MakeProblem,
    make_team: MakeTeam,
) -> None:
    offer = make_offer(
        [make_building("B1", n_exits=n_exits), make_building("B2", n_exits=2)],
        [{"building_id": "B1"}, {"building_id": "B2"}],
        size=TeamSize(n_active=1, police=5, members=8, min_police=2, min_market_regulation=2),
        select=NO_DRAW,
        grounds=Grounds(law=Law(certificate="W-1")),
    )
    assert made(make_problem(offer.visits, [make_team("T1", n_police=4)])) == expected


def _roster() -> list[Person]:
    """8 police and 4 of market regulation, every second one a woman: two teams."""
    return [
        Person(
            f"{agency[0]}{k}", agency, role, date(2027, 1, 1), k % 2 == 0, "S", "370102", (46_800, 64_800)
        )
        for agency, role, n in (("police", "officer", 8), ("market_regulation", "inspector", 4))
        for k in range(n)
    ]  # fmt: skip


@pytest.mark.rule("C18")
@pytest.mark.parametrize(
    ("off", "value"),
    [
        # Both visits start at 14:00 and at no other time: two teams make both, 1.0 + 0.9.
        # 10 % of 2 teams, rounded up, is one that stands by: the other makes the better.
        pytest.param({}, 1.0, id="kept"),
        pytest.param({"C18": "a test without a team in reserve"}, 1.9, id="switched off both are made"),
    ],
)
def test_a_team_stands_by_though_it_could_make_a_visit(
    off: dict[str, str], value: float, make_problem: MakeProblem, make_visit: MakeVisit
) -> None:
    at_two = [(50_400, 50_400)]
    visits = [make_visit("B1", 1.0, windows=at_two), make_visit("B2", 0.9, windows=at_two)]
    scenario = Scenario(name="x", day=DAY, teams={"n_teams": 2}, rules=RuleSettings(off=off))
    rules = TeamRules(2, n_reserve(scenario, 2), NEEDS, 1, assist_letter=False)
    assert made(make_problem(visits, people=_roster(), rules=rules))[0] == pytest.approx(value)


@pytest.mark.rule("C21")
@pytest.mark.parametrize(
    ("off", "value"),
    [
        # Entries take 8 to 20 min, most often 12: four of five take 20 - sqrt(0.2 x 12 x 8) = 15.62 min at the most.
        # 20 doors by 4 pairs are 15 min more. Three ways of 5 min and two visits: 15 + 2 x 30.62 = 76.2 min, which do
        # not fit into 75; with the usual entry 15 + 2 x 27 = 69 min do.
        pytest.param({}, 1.0, id="kept"),
        pytest.param({"C21": "a test with usual entries"}, 1.5, id="switched off both are made"),
    ],
)
def test_a_visit_for_which_there_is_time_only_on_a_lucky_day_is_left_out(
    off: dict[str, str], value: float, make_problem: MakeProblem, make_visit: MakeVisit, make_team: MakeTeam
) -> None:
    given = make_problem(
        [make_visit("B1", 1.0), make_visit("B2", 0.5)], [make_team("T1", shift=(48_600, 48_600 + 75 * 60))]
    )
    scenario = Scenario(name="x", day=DAY, rules=RuleSettings(off=off))
    assert made(replace(given, minutes=service_minutes(scenario)))[0] == value
