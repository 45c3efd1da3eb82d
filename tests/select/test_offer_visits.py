"""The visits on offer: who is in, on which track, and who is not."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sweep.scenario.plan_settings import PlanSettings
from sweep.scenario.rank_settings import Rank
from sweep.scenario.selection_settings import Select
from sweep.select.make_visits import TeamSize
from tests.select.conftest import days_ago

# Each example makes and validates tables.
unhurried = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NO_DRAW = Select(draw_share=0.0)
FEW = TeamSize(n_active=1, police=5, members=8, min_police=2, min_market_regulation=2)


def tracks(offer):
    return {v.building_id: v.track for v in offer.visits}


def test_live_leads_make_case_visits_in_order_of_rank_up_to_the_limit(make_offer, make_building):
    towers = [make_building(f"B{k}") for k in range(1, 6)]
    leads = [{"building_id": b} for b in ("B5", "B4", "B2")]
    offer = make_offer(towers, leads, select=Select(draw_share=0.0, n_case_visits_max=2))
    assert [v.building_id for v in offer.visits] == ["B2", "B4"]
    assert offer.n_over_limit == 1


def test_buildings_over_the_limit_are_among_the_rest_that_is_drawn_from(make_offer, make_building):
    offer = make_offer([make_building("B1"), make_building("B2")], [{}], select=Select(n_case_visits_max=0))
    assert [t.building_id for t in sorted(offer.draw.tickets, key=lambda t: t.building_id)] == ["B1", "B2"]


@pytest.mark.parametrize(
    ("lead", "is_offered"),
    [
        pytest.param({"age": 0.0}, True, id="this moment"),
        pytest.param({"age": 120.0}, True, id="four half-lives"),
        pytest.param({"age": 120.1}, False, id="older"),
        pytest.param({"lead_type": "goip", "age": 8.1}, False, id="goip, older"),
        pytest.param({"age": -0.1}, False, id="in the future"),
        pytest.param({"building_id": "B9"}, False, id="at no known building"),
        pytest.param({"building_id": None}, False, id="at no building"),
    ],
)
def test_which_leads_are_live(lead, is_offered, make_offer, make_building):
    assert bool(make_offer([make_building("B1")], [lead], select=NO_DRAW).visits) is is_offered


def test_a_lead_that_comes_in_later_on_the_day_weighs_nothing_though_it_falls_due_on_it(make_offer, make_building):
    noon = days_ago(-0.5)
    later = [
        {"building_id": "B2", "received_at": noon, "due_at": noon + pd.Timedelta(hours=3)},
        {"building_id": "B2", "received_at": noon, "lead_type": "goip"},  # due 2 hours after it came in
    ]
    towers, select = [make_building("B1"), make_building("B2")], Select(draw_share=0.0, due_hours={"goip": 2.0})
    known = [{"building_id": "B1", "age": 2.0}, {"building_id": "B2", "age": 2.0}]
    offer = make_offer(towers, [*known, *later], select=select)
    assert [(v.visit_id, v.basis, v.urgency, v.due_s) for v in offer.visits] == [
        ("V-B1", ("L00",), 0.0, None),
        ("V-B2", ("L01",), 0.0, None),
    ]


def test_a_building_with_leads_and_no_registered_firm_is_visited_door_by_door(make_offer, make_building):
    # 10,000 m2 at 660 m2 a unit: 15 doors; no firm to inspect by name, though a lead names one that sits elsewhere.
    offer = make_offer([make_building("B1", 0), make_building("B2")], [{"uscc": "B2-F00"}], select=NO_DRAW)
    assert [(v.building_id, v.track, v.targets, v.n_firms) for v in offer.visits] == [("B1", "case", (), 15)]


def test_a_building_with_no_registered_firm_is_never_drawn(make_offer, make_building):
    assert make_offer([make_building("B1", 0)]).draw.tickets == ()


def test_leads_live_as_long_as_the_ranking_says(make_offer, make_building):
    # Four half-lives of 2 days are 8 days; fitted to 15 they are 60.
    lead = {"lead_type": "goip", "age": 59.0}
    fitted = Rank(half_life_days={"goip": 15.0})
    assert not make_offer([make_building("B1")], [lead], select=NO_DRAW).visits
    assert make_offer([make_building("B1")], [lead], select=NO_DRAW, rank=fitted).visits


@pytest.mark.parametrize(
    ("lead_age", "visit_age", "is_offered"),
    [
        pytest.param(9, 5, False, id="lead older than the visit"),
        pytest.param(3, 5, True, id="lead newer than the visit"),
        pytest.param(40, 30, False, id="the last day of rest"),
        pytest.param(40, 31, True, id="rested"),
    ],
)
def test_a_building_rests_after_a_visit_unless_a_lead_is_newer(
    lead_age, visit_age, is_offered, make_offer, make_building
):
    offer = make_offer([make_building("B1")], [{"age": lead_age}], [{"age": visit_age}], select=NO_DRAW)
    assert bool(offer.visits) is is_offered


@pytest.mark.parametrize(
    ("cooldown_days", "visit_age", "is_in_pool"),
    [(30, 30, False), (30, 31, True), (0, 0.1, True), (0, 1, True)],
)
def test_a_building_is_not_drawn_while_it_rests(cooldown_days, visit_age, is_in_pool, make_offer, make_building):
    select = Select(cooldown_days=cooldown_days)
    offer = make_offer([make_building("B1")], [], [{"age": visit_age}], select=select)
    assert bool(offer.draw.tickets) is is_in_pool


@pytest.mark.parametrize(
    ("n_towers", "size", "share", "n_drawn"),
    [
        # A visit of 10 firms and 2 inspections: 12 + (30 + 80) / 4 = 39.5 min. 10 teams x 240 min x 10 % = 240 min.
        pytest.param(20, None, 0.10, 6, id="240 / 39.5 = 6.08"),
        pytest.param(4, None, 0.10, 4, id="no more than there are"),
        pytest.param(20, FEW, 0.01, 1, id="one at least"),
        pytest.param(20, None, 0.0, 0, id="no share"),
        pytest.param(20, TeamSize(0, 5, 8, 2, 2), 0.10, 0, id="no team"),
        pytest.param(0, None, 0.10, 0, id="no building"),
    ],
)
def test_as_many_are_drawn_as_fill_the_share(n_towers, size, share, n_drawn, make_offer, make_building):
    changes = {} if size is None else {"size": size}
    towers = [make_building(f"B{k}") for k in range(n_towers)]
    offer = make_offer(towers, select=Select(draw_share=share), **changes)
    assert offer.draw.n_drawn == n_drawn == len(offer.visits)


def test_visits_that_take_no_time_do_not_stop_the_draw(make_offer, make_building):
    plan = PlanSettings(entry_minutes=0.0, door_minutes=0.0, inspection_minutes=0.0)
    assert make_offer([make_building("B1")], plan=plan).draw.n_drawn == 1


def test_towers_too_large_for_one_team_are_not_in_the_pool(make_offer, make_building):
    # 4 pairs: 12 + (3 x 198 + 80) / 4 = 180.5 min, more than three quarters of the shift.
    offer = make_offer([make_building("B1", 197), make_building("B2", 198)])
    assert [t.building_id for t in offer.draw.tickets] == ["B1"]


def test_a_drawn_building_whose_firms_are_all_capped_is_not_in_the_pool(make_offer, make_building):
    # No class: the lowest cap, 1. B1-F00 and B1-F01 have had their inspection, 200 days ago.
    history = [{"uscc": f"B1-F0{k}", "age": 200} for k in range(2)]
    offer = make_offer([make_building("B1", 2), make_building("B2", 2)], [], history)
    assert [t.building_id for t in offer.draw.tickets] == ["B2"]


def test_a_building_that_nobody_on_duty_may_inspect_is_not_in_the_pool_and_another_is_drawn(make_offer, make_building):
    # One is drawn of three, B1 on the tickets of this seed; without it one is drawn still.
    towers, one = [make_building(b) for b in ("B1", "B2", "B3")], {"size": FEW, "select": Select(draw_seed="d")}
    assert [v.building_id for v in make_offer(towers, **one).visits] == ["B1"]
    offer = make_offer(towers, too_few_officers={"B1": "district", "B9": "recusal"}, **one)
    assert {t.building_id for t in offer.draw.tickets} == {"B2", "B3"}
    assert (len(offer.visits), offer.left_out) == (1, {"district": ("B1",)})


def test_where_leads_go_nothing_is_left_out_of_the_pool_for_want_of_inspectors(make_offer, make_building):
    offer = make_offer([make_building("B1")], [{}], too_few_officers={"B1": "district"})
    assert (offer.draw.tickets, offer.left_out) == ((), {})


def test_towers_of_one_complex_on_offer_share_a_link_group(make_offer, make_building):
    towers = [make_building(f"B{k}", complex_id=c) for k, c in enumerate(["X", "X", "Y", None, None, "Z", "Z"])]
    leads = [{"building_id": f"B{k}"} for k in range(6)]
    groups = {v.building_id: v.link_group for v in make_offer(towers, leads, select=NO_DRAW).visits}
    assert groups == {"B0": "X", "B1": "X", "B2": None, "B3": None, "B4": None, "B5": None}


def test_a_drawn_tower_starts_with_the_tower_beside_it_that_leads_name(make_offer, make_building):
    offer = make_offer([make_building("B1", complex_id="X"), make_building("B2", complex_id="X")], [{}])
    assert tracks(offer) == {"B1": "case", "B2": "routine"}
    assert {v.link_group for v in offer.visits} == {"X"}


TOWERS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(1, 9), st.sampled_from([None, "X", "Y"])), min_size=1, max_size=8
)
LEADS = st.lists(
    st.fixed_dictionaries(
        {
            "building_id": st.sampled_from(["B0", "B1", "B2", "B3"]),
            "age": st.integers(0, 200),
            "uscc": st.sampled_from([None, "B0-F00", "B0-F01", "B1-F00", "nowhere"]),
            "lead_source": st.sampled_from(["reported", "discovered"]),
        }
    ),
    max_size=8,
)
VISITS = st.lists(
    st.fixed_dictionaries(
        {
            "building_id": st.sampled_from([f"B{k}" for k in range(8)]),
            "uscc": st.sampled_from([None, *(f"B{k}-F0{j}" for k in range(8) for j in range(3))]),
            "age": st.integers(1, 250),
            "track": st.sampled_from(["routine", "special", "case"]),
        }
    ),
    max_size=12,
)


@pytest.mark.slow
@unhurried
@given(towers=TOWERS, leads=LEADS, history=VISITS, cap=st.integers(0, 2))
def test_what_holds_for_every_offer(towers, leads, history, cap, make_offer, make_building):
    buildings = [make_building(f"B{k}", n, e, c) for k, (n, e, c) in enumerate(towers)]
    select = Select(annual_cap={"A": cap, "B": cap, "C": cap, "D": cap})
    offer = make_offer(buildings, leads, history, select=select)
    by_id = {b.building_id: b for b in buildings}
    times = Counter((v["building_id"], v["uscc"]) for v in history if v["uscc"] and v["track"] != "case")
    capped = {str(uscc) for (_, uscc), n in times.items() if n >= cap}
    assert len({v.building_id for v in offer.visits}) == len(offer.visits)
    for visit in offer.visits:
        tower = by_id[visit.building_id]
        named = {lead["uscc"] for lead in leads if lead["building_id"] == visit.building_id}
        assert len(visit.targets) == len(set(visit.targets))
        assert len(visit.targets) <= max(len(named & set(visit.targets)), 1, int(0.2 * tower.n_firms))  # C08
        if visit.track == "routine":
            assert visit.targets
            assert not set(visit.targets) & capped  # C06
            assert cap > 0
            ages = [v["age"] for v in history if v["building_id"] == visit.building_id]
            assert min(ages, default=999) > 30  # C28
        else:
            assert sum(s.n_guards for s in visit.slots) == tower.n_exits  # C17
            assert not set(visit.targets) & capped - named
    on_offer = Counter(by_id[v.building_id].complex_id for v in offer.visits)
    for visit in offer.visits:
        group = by_id[visit.building_id].complex_id
        assert visit.link_group == (group if group and on_offer[group] > 1 else None)  # C16
    drawn = {t.building_id: t for t in offer.draw.tickets if t.is_drawn}
    assert {v.building_id for v in offer.visits if v.track == "routine"} == set(drawn)
    assert sum(t.inclusion_probability for t in offer.draw.tickets) == pytest.approx(offer.draw.n_drawn)
    assert all(v.selection_probability == drawn[v.building_id].inclusion_probability
               for v in offer.visits if v.track == "routine")  # fmt: skip


@pytest.mark.slow
@unhurried
@given(leads=LEADS, history=VISITS, random=st.randoms())
def test_the_order_of_leads_and_visits_does_not_change_the_offer(leads, history, random, make_offer, make_building):
    towers = [make_building(f"B{k}") for k in range(4)]
    numbered = [lead | {"lead_id": f"L{k}"} for k, lead in enumerate(leads)]
    first = make_offer(towers, numbered, history)
    random.shuffle(numbered)
    random.shuffle(history)
    assert make_offer(towers, numbered, history) == first


def test_the_offer_of_no_building_is_empty(make_offer):
    offer = make_offer([], [{}])
    assert offer.visits == ()
    assert offer.draw.n_drawn == 0
