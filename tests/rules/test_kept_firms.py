"""What a firm may be asked to bear (C06, C11, C15, C24, C28, C33, C35): each rule costs value here, and is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from geodata.schema import TIMEZONE
from sweep.jobs.stages.build_problem import weights
from sweep.plan.problem.problem import Problem
from sweep.plan.solve import Settings, solve
from sweep.records.buildings import Building
from sweep.records.people import Team
from sweep.records.visits import Recheck, Visit
from sweep.scenario.law_and_form_settings import Codes, Law, RuleSettings, Special
from sweep.scenario.scenario import Scenario
from sweep.scenario.selection_settings import ANNUAL_CAP, Select
from sweep.select.law_and_draw_warnings import law_warnings
from sweep.select.legal_grounds import Grounds
from sweep.select.offer_visits import Offer

MakeBuilding = Callable[..., Building]
MakeOffer = Callable[..., Offer]
MakeProblem = Callable[..., Problem]
MakeTeam = Callable[..., Team]
MakeVisit = Callable[..., Visit]
Rows = Sequence[Mapping[str, object]]

DAY = date(2026, 9, 16)
LIMITS = Settings(seed=1, n_iterations=400)
NO_DRAW = Select(draw_share=0.0)
# In order: it names a firm in B1, worth 1, and one in B2, worth 1/2.
LISTED = Special(
    number="A-1", level="county", yearly_no=1, firms=("F1", "F2"),
    approved_on=date(2026, 9, 1), filed_on=date(2026, 9, 1), published_on=date(2026, 9, 1),
)  # fmt: skip
FIRMS: list[dict[str, object]] = [
    {"uscc": "F1", "building_id": "B1", "credit_class": "B"},
    {"uscc": "F2", "building_id": "B2", "credit_class": "B"},
]


@pytest.fixture
def towers(make_building: MakeBuilding) -> list[Building]:
    return [make_building("B1"), make_building("B2")]


@pytest.fixture
def best_value(make_problem: MakeProblem, make_team: MakeTeam) -> Callable[[Offer], float]:
    """Value of the plan that one team makes of an offer; it has time for all of it."""
    return lambda offer: solve(make_problem(offer.visits, [make_team("T1")]), LIMITS).value


@pytest.mark.rule("C06")
@pytest.mark.parametrize(
    ("cap", "value"),
    [
        # F1, of class B, was inspected twice this year, as often as its class allows: 1/2 of B2 is left.
        pytest.param(2, 0.5, id="kept"),
        pytest.param(3, 1.5, id="with one more a year both are made"),
    ],
)
def test_a_firm_at_its_yearly_cap_is_left_out(
    cap: int,
    value: float,
    towers: list[Building],
    make_offer: MakeOffer,
    best_value: Callable[[Offer], float],
) -> None:
    offer = make_offer(
        towers,
        history=[{"uscc": "F1", "age": 40.0}, {"uscc": "F1", "age": 80.0}],
        firms=FIRMS,
        select=Select(draw_share=0.0, annual_cap=ANNUAL_CAP | {"B": cap}),
        grounds=Grounds(law=Law(special=(LISTED,))),
    )
    assert best_value(offer) == value


@pytest.mark.rule("C33")
@pytest.mark.parametrize(
    ("codes", "off", "value"),
    [
        # Another authority inspected F1 on Monday and Tuesday, as often as the week allows: 1/2 of B2 is left.
        pytest.param(Codes(), (), 0.5, id="kept"),
        pytest.param(Codes(inspections_max={"week": 3}), (), 1.5, id="with one more a week both are made"),
        pytest.param(Codes(), ("C33",), 1.5, id="switched off both are made"),
    ],
)
def test_a_firm_that_others_inspect_as_often_as_allowed_is_left_out(
    codes: Codes,
    off: tuple[str, ...],
    value: float,
    towers: list[Building],
    make_offer: MakeOffer,
    best_value: Callable[[Offer], float],
) -> None:
    days = [pd.Timestamp(f"2026-09-{day}", tz=TIMEZONE) for day in (14, 15)]
    offer = make_offer(
        towers,
        firms=FIRMS,
        select=NO_DRAW,
        grounds=Grounds(law=Law(special=(LISTED,)), codes=codes, off=frozenset(off)),
        others=[{"uscc": "F1", "visited_on": day, "authority": "fire brigade"} for day in days],
    )
    assert best_value(offer) == value


@pytest.mark.parametrize(
    ("n_days", "off", "noted"), [(2, (), [("F1",)]), (1, (), []), (2, ("C33",), [])], ids=["at", "below", "off"]
)
def test_firms_that_others_inspect_as_often_as_allowed_are_named(
    n_days: int, off: tuple[str, ...], noted: list[tuple[str, ...]], towers: list[Building], make_offer: MakeOffer,
    make_history: Callable[..., pd.DataFrame],
) -> None:  # fmt: skip
    days = [pd.Timestamp(f"2026-09-{day}", tz=TIMEZONE) for day in (14, 15)[:n_days]]
    others = [{"uscc": u, "visited_on": day, "authority": "fire brigade"} for day in days for u in ("F1", "unknown")]
    offer = make_offer(towers, firms=FIRMS, select=NO_DRAW, grounds=Grounds(off=frozenset(off)), others=others)
    notes = law_warnings(NO_DRAW, Law(), DAY, make_history([]), offer, ())
    assert [n.values["firms"] for n in notes if n.code == "S670"] == noted


@pytest.mark.rule("C35")
def test_an_annual_plan_that_is_not_filed_is_a_warning_and_costs_no_visit(
    towers: list[Building], make_offer: MakeOffer, best_value: Callable[[Offer], float]
) -> None:
    # C35. F1 in B1 is worth 1, F2 in B2 1/2, with a plan of either authority and without.
    for filed in ({}, {"police": date(2026, 12, 31)}, {"police": DAY, "market_regulation": DAY}):
        grounds = Grounds(law=Law(special=(LISTED,)), codes=Codes(annual_plan=filed))
        assert best_value(make_offer(towers, firms=FIRMS, select=NO_DRAW, grounds=grounds)) == 1.5


@pytest.mark.rule("C11")
def test_what_a_lead_and_a_list_want_of_a_firm_is_one_visit_and_worth_one(
    towers: list[Building], make_offer: MakeOffer, make_problem: MakeProblem, make_team: MakeTeam
) -> None:
    grounds = Grounds(law=Law(special=(LISTED.model_copy(update={"firms": ("F1",)}),), certificate="W-1"))
    offer = make_offer(towers, [{"uscc": "F1"}], firms=FIRMS, select=NO_DRAW, grounds=grounds)
    plan = solve(make_problem(offer.visits, [make_team("T1")]), LIMITS)
    assert (plan.value, [(v.visit_id, v.basis) for v in offer.visits]) == (1.0, [("V-B1", ("L00",))])
    # Were the list a visit of its own, there or next door, each would be worth 1, and one team would make both.
    again = replace(offer.visits[0], visit_id="V-A-1", building_id="B2", track="special", basis=("A-1",))
    assert solve(make_problem([*offer.visits, again], [make_team("T1")]), LIMITS).value == 2.0


def test_a_firm_that_moved_is_looked_at_where_it_is_due_and_nowhere_else(
    towers: list[Building], make_offer: MakeOffer
) -> None:
    """A re-check of F2 is open in B1, where it was found at fault; since then it has moved to B2, and a lead came."""
    due = Recheck("R-1", "B1", "F2", "", "rectify", date(2026, 9, 9), DAY)
    offer = make_offer(
        towers, [{"uscc": "F2", "building_id": "B2"}], firms=FIRMS, select=NO_DRAW, rechecks=[due]
    )  # fmt: skip
    assert [v.visit_id for v in offer.visits if "F2" in v.targets] == ["V-B1"]


@pytest.mark.rule("C15")
@pytest.mark.parametrize(
    ("law", "value"),
    [
        pytest.param({}, 0.5, id="kept"),
        pytest.param({"dwelling_certificates": {"F1": "D-1"}}, 1.5, id="a certificate that names it opens it"),
    ],
)
def test_a_firm_in_a_dwelling_is_left_out(
    law: dict[str, dict[str, str]],
    value: float,
    towers: list[Building],
    make_offer: MakeOffer,
    best_value: Callable[[Offer], float],
) -> None:
    firms = [FIRMS[0] | {"unit_use": "dwelling"}, FIRMS[1]]
    grounds = Grounds(law=Law(special=(LISTED,), **law))
    assert best_value(make_offer(towers, firms=firms, select=NO_DRAW, grounds=grounds)) == value


@pytest.mark.parametrize(
    ("named", "visits", "shut_out"),
    [
        pytest.param({}, [], ("R-1",), id="kept"),
        pytest.param({"F1": "D-1"}, ["V-B1"], (), id="a certificate that names it opens it"),
    ],
)
def test_a_firm_in_a_dwelling_is_not_even_looked_at_again(
    named: dict[str, str],
    visits: list[str],
    shut_out: tuple[str, ...],
    towers: list[Building],
    make_offer: MakeOffer,
    make_history: Callable[[Rows], pd.DataFrame],
) -> None:
    due = Recheck("R-1", "B1", "F1", "", "rectify", date(2026, 9, 9), DAY)
    grounds = Grounds(law=Law(dwelling_certificates=named))
    firms = [FIRMS[0] | {"unit_use": "mixed"}]
    offer = make_offer(towers, firms=firms, select=NO_DRAW, rechecks=[due], grounds=grounds)
    assert ([v.visit_id for v in offer.visits], offer.uncertified_rechecks) == (visits, shut_out)
    notes = law_warnings(Select(), Law(certificate="W-1"), DAY, make_history([]), offer, ())
    assert [n.values["items"] for n in notes if n.code == "S622"] == ([("R-1",)] if shut_out else [])


@pytest.mark.rule("C24")
@pytest.mark.parametrize(
    ("off", "expected"),
    [
        # There is time for one of two. B1 is worth 0.00002 more, and takes 60 min of the firms inside, B2 10 min; a
        # minute weighs 0.000001: 1.00002 - 0.00006 < 1 - 0.00001.
        pytest.param({}, (1.0, ["V-B2"]), id="kept"),
        pytest.param({"C24": "a test without that aim"}, (1.00002, ["V-B1"]), id="switched off the other is made"),
    ],
)
def test_of_two_visits_almost_alike_that_which_disturbs_less_is_made(
    off: dict[str, str],
    expected: tuple[float, list[str]],
    make_problem: MakeProblem,
    make_team: MakeTeam,
    make_visit: MakeVisit,
) -> None:
    at_once = [(49_200, 49_200)]
    visits = [
        replace(make_visit("B1", 1.00002, windows=at_once), disturbance=60.0),
        replace(make_visit("B2", 1.0, windows=at_once), disturbance=10.0),
    ]
    scenario = Scenario(name="x", day=DAY, rules=RuleSettings(off=off))
    given = replace(
        make_problem(visits, [make_team("T1")]), weights=weights(scenario)
    )  # fmt: skip
    plan = solve(given, LIMITS)
    assert (plan.value, [s.visit_id for r in plan.routes for s in r.stops]) == expected


@pytest.mark.parametrize(
    ("off", "targets"),
    [
        pytest.param((), (), id="kept"),
        pytest.param(("C24",), ("F1",), id="switched off it is taken too"),
    ],
)
def test_a_firm_of_class_a_that_no_lead_names_is_left_in_peace(
    off: tuple[str, ...], targets: tuple[str, ...], towers: list[Building], make_offer: MakeOffer
) -> None:
    firms = [FIRMS[0] | {"credit_class": "A"}]
    offer = make_offer(towers[:1], [{}], firms=firms, select=NO_DRAW, grounds=Grounds(off=frozenset(off)))
    assert [v.targets for v in offer.visits] == [targets]


@pytest.mark.rule("C28")
@pytest.mark.parametrize(
    ("cooldown_days", "value"),
    [
        # Both have a lead of ten days ago; at B1, worth 1, somebody was eight days ago and answered it.
        pytest.param(30, 0.5, id="kept"),
        pytest.param(7, 1.5, id="with a week of rest both are made"),
    ],
)
def test_a_building_that_was_visited_last_week_rests(
    cooldown_days: int,
    value: float,
    towers: list[Building],
    make_offer: MakeOffer,
    best_value: Callable[[Offer], float],
) -> None:
    offer = make_offer(
        towers,
        [{"age": 10.0}, {"age": 10.0, "building_id": "B2"}],
        [{"age": 8.0}],
        firms=FIRMS,
        select=Select(draw_share=0.0, cooldown_days=cooldown_days),
        grounds=Grounds(law=Law(certificate="W-1")),
    )
    assert best_value(offer) == value


@pytest.mark.parametrize(
    ("officers", "value"),
    [
        # T1-0 and T1-1 made the last visit to B1, worth 1, and are in the only team: 1/2 of B2 is left.
        pytest.param("T1-0;T1-1", 0.5, id="kept"),
        pytest.param("T1-0;T2-1", 1.5, id="one of the pair may go again"),
    ],
)
def test_the_pair_of_the_last_visit_does_not_go_again(
    officers: str,
    value: float,
    towers: list[Building],
    make_offer: MakeOffer,
    best_value: Callable[[Offer], float],
) -> None:
    offer = make_offer(
        towers,
        [{}, {"building_id": "B2"}],
        [{"age": 90.0, "officers": officers}],
        firms=FIRMS,
        select=NO_DRAW,
        grounds=Grounds(law=Law(certificate="W-1")),
    )
    assert best_value(offer) == value
