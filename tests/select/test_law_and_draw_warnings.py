"""What must be reported of a draw, and the commitment to its seed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from pydantic import ValidationError

from sweep.records.draw import OfficerTicket
from sweep.records.prevalence_and_check_concentration import Prevalence
from sweep.records.visits import Slot
from sweep.scenario.law_and_form_settings import Law
from sweep.scenario.scenario import Scenario
from sweep.scenario.selection_settings import Select
from sweep.select.law_and_draw_warnings import draw_warnings, law_warnings
from tests.rules.roster import person

SEED = "coins: 7 3 3 1"
HASH = hashlib.sha256(SEED.encode()).hexdigest()
ENOUGH = (Prevalence("find", 200, 10, 2, 26, 0.01, 0.0, 0.03),)


def scenario(**select: object) -> Scenario:
    return Scenario(name="x", day=date(2026, 9, 16), select=Select(draw_seed=SEED, **select))  # type: ignore[arg-type]


@pytest.fixture
def drawn(make_offer, make_building):
    """One building drawn, with two officers."""
    offer = make_offer([make_building("B1")])
    (visit,) = offer.visits
    officers = tuple(OfficerTicket(visit.visit_id, f"M{k}", "market_regulation", "", "drawn") for k in range(2))
    return replace(offer, draw=replace(offer.draw, officers=officers))


def draw_notes(scenario, offer, prevalence=ENOUGH):
    needs = scenario.teams.min_certified["market_regulation"]
    return draw_warnings(scenario.select, scenario.day, needs, offer, prevalence)


def codes(offer, scenario, prevalence=ENOUGH):
    return [issue.code for issue in draw_notes(scenario, offer, prevalence)]


def test_a_seed_committed_before_the_day_is_nothing_to_report(drawn):
    assert codes(drawn, scenario(draw_commitment=HASH, draw_committed_on=date(2026, 9, 15))) == []


def test_a_seed_without_commitment_is_noted(drawn):
    assert codes(drawn, scenario()) == ["S411"]


def test_a_scenario_without_a_seed_is_noted_with_what_it_is_drawn_by(drawn):
    own = Scenario(name="x", day=date(2026, 9, 16))
    (note,) = draw_notes(own, replace(drawn, draw=replace(drawn.draw, seed=own.draw_seed)))
    assert (note.code, dict(note.values)) == ("S417", {"seed": "x-2026-09-16", "key": "select.draw_seed"})


def test_a_commitment_of_the_day_itself_is_noted(drawn):
    assert codes(drawn, scenario(draw_commitment=HASH, draw_committed_on=date(2026, 9, 16))) == ["S412"]


def test_a_drawn_visit_short_of_officers_is_noted(drawn):
    short = replace(drawn, draw=replace(drawn.draw, officers=drawn.draw.officers[:1]))
    (note,) = draw_notes(scenario(draw_commitment=HASH, draw_committed_on=date(2026, 9, 1)), short)
    assert (note.code, dict(note.values)) == ("S413", {"visits": ("V-B1",), "needs": 2})


def test_too_few_weeks_are_noted(drawn):
    few = (replace(ENOUGH[0], n_weeks=25),)
    assert codes(drawn, scenario(draw_commitment=HASH, draw_committed_on=date(2026, 9, 1)), few) == ["S414"]


def test_buildings_with_leads_beyond_the_limit_are_noted(make_offer, make_building, make_history):
    towers = [make_building(f"B{k}") for k in (1, 2, 3)]
    leads = [{"building_id": b.building_id} for b in towers]
    few = Scenario(name="x", day=date(2026, 9, 16), select=Select(n_case_visits_max=2))
    notes = [
        [
            (n.code, dict(n.values))
            for n in law_warnings(
                s.select, s.law, s.day, make_history([]), make_offer(towers, leads, select=s.select), ()
            )
        ]
        for s in (few, scenario())
    ]
    assert [n for n in notes[0] if n[0] == "S625"] == [("S625", {"n": 1, "most": 2})]
    assert not [n for n in notes[1] if n[0] == "S625"]


@pytest.mark.parametrize(
    ("ground", "noted"), [(None, [("B1-F00",)]), ("recheck", [])], ids=["on leads", "looked at again"]
)
def test_only_what_leads_sent_before_counts_towards_the_soft_cap(
    ground: str | None, noted: list[tuple[str, ...]], make_offer, make_building, make_history
):
    before = {"uscc": "B1-F00", "track": "case", "ground": ground}
    history = make_history([before | {"age": age} for age in (60.0, 40.0)])
    offer = make_offer([make_building("B1")], [{"uscc": "B1-F00"}], select=scenario(draw_share=0.0).select)
    notes = law_warnings(Select(), Law(), date(2026, 9, 16), history, offer, ())
    assert [n.values["firms"] for n in notes if n.code == "S619"] == noted


def test_without_a_draw_there_is_nothing_to_report(make_offer):
    assert codes(make_offer([]), scenario(), ()) == []


def test_a_seed_that_does_not_hash_to_its_commitment_is_refused():
    with pytest.raises(ValidationError, match=f"which is {HASH}"):
        Select(draw_seed=SEED, draw_commitment="0" * 64, draw_committed_on=date(2026, 9, 1))


@pytest.mark.parametrize("given", [{"draw_commitment": HASH}, {"draw_committed_on": date(2026, 9, 1)}])
def test_commitment_and_day_go_together(given):
    with pytest.raises(ValidationError, match="go together"):
        Select(draw_seed=SEED, **given)


def test_another_ratio_keeps_those_that_are_not_named():
    assert Select(draw_ratio={"D": 0.5}).draw_ratio == {"A": 0.01, "B": 0.03, "C": 0.10, "D": 0.5, "none": 0.03}


@pytest.mark.parametrize("ratio", [{"E": 0.1}, {"A": 0.0}, {"A": 1.1}], ids=["class", "0", "above 1"])
def test_a_ratio_that_cannot_be_is_refused(ratio):
    with pytest.raises(ValidationError):
        Select(draw_ratio=ratio)


def test_buildings_left_out_of_the_pool_are_noted_with_the_reason_though_none_is_left_to_draw(
    make_offer, make_building
):
    closed = {f"B{k}": "district" for k in range(1, 8)} | {"B8": "recusal"}
    offer = make_offer([make_building(b) for b in closed], too_few_officers=closed)
    one, other = draw_notes(scenario(), offer)
    assert (one.code, dict(one.values)) == (
        "S415",
        {"n": 7, "buildings": ("B1", "B2", "B3", "B4", "B5", "…"), "needs": 2},
    )
    assert (other.code, dict(other.values)) == ("S416", {"n": 1, "buildings": ("B8",), "needs": 2})


def test_visits_that_need_a_skill_which_the_roster_lacks_are_noted(make_offer, make_building, make_history):
    made = make_offer([make_building("B1")], [{"building_id": "B1"}], select=scenario(draw_share=0.0).select)
    visits = tuple(replace(v, slots=(Slot(0, {}, 0, {"recorder": 2}),)) for v in made.visits)
    for has, expected in ((1, [{"track": "case", "skill": "recorder", "n": 1, "all": 1, "has": 1}]), (2, [])):
        people = [person(f"P{k}", skills=frozenset({"recorder"})) for k in range(has)]
        notes = law_warnings(Select(), Law(), date(2026, 9, 16), make_history([]), replace(made, visits=visits), people)
        assert [dict(n.values) for n in notes if n.code == "S621"] == expected
