"""How a visit is made: slots, guards, targets."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep.scenario.selection_settings import Select
from sweep.select.make_visits import TeamSize

SIZE = TeamSize(n_active=10, police=5, members=8, min_police=2, min_market_regulation=2)


@pytest.mark.parametrize(
    ("n_exits", "guards"),
    [
        pytest.param(1, [1], id="one exit"),
        pytest.param(3, [3], id="as many as a team can spare"),  # 5 police, 2 inspect: 3 to spare
        pytest.param(4, [2, 2], id="two teams"),
        pytest.param(7, [3, 2, 2], id="three teams"),
        pytest.param(20, [7, 7, 6], id="more than three teams can spare"),
    ],
)
def test_every_exit_has_a_guard_and_large_towers_take_more_teams(
    n_exits, guards, make_building, make_maker, make_leads
):
    visit = make_maker([make_building("B1", 2, n_exits)], [{}, {}]).case_visit("B1", make_leads([{}]))
    assert [s.n_guards for s in visit.slots] == guards


@pytest.mark.slow
@given(n_exits=st.integers(1, 60), police=st.integers(2, 9), n_firms=st.integers(1, 400))
def test_guards_add_up_to_the_exits_and_stand_beside_those_who_inspect(
    n_exits, police, n_firms, make_building, make_maker, make_leads
):
    size = replace(SIZE, police=police, members=police + 3)
    maker = make_maker([make_building("B1", n_firms, n_exits)], [{}], size=size)
    slots = maker.case_visit("B1", make_leads([{}])).slots
    assert sum(s.n_guards for s in slots) == n_exits
    assert 1 <= len(slots) <= 3
    assert all(dict(s.min_certified) == {"police": 2 + s.n_guards, "market_regulation": 2} for s in slots)
    assert [s.slot for s in slots] == list(range(len(slots)))


@pytest.mark.parametrize(
    ("n_firms", "n_slots"),
    [
        # Shift 4 h, three quarters 180 min; 8 people, 1 exit; 2 inspections are 80 pair-minutes.
        pytest.param(141, 1, id="one team"),  # 3 pairs: 12 + (3 x 141 + 80) / 3 = 179.7 min
        pytest.param(142, 2, id="two teams"),  # 180.7 min
        pytest.param(309, 2, id="two teams to the end"),  # 3 pairs and 3, as the guarding one: 12 + 1007 / 6 = 179.8
        pytest.param(310, 3, id="three teams"),  # 180.3 min
    ],
)
def test_a_visit_too_long_for_one_team_takes_more(n_firms, n_slots, make_building, make_maker, make_leads):
    visit = make_maker([make_building("B1", n_firms, 1)], [{}]).case_visit("B1", make_leads([{}]))
    assert len(visit.slots) == n_slots


def test_service_is_that_of_the_team_with_the_most_guards(make_building, make_maker):
    # 9 people, 3 guards over two teams: 2 and 1, so (9 - 2) // 2 = 3 pairs in the slower one, counted for both:
    # 12 + (3 x 30 + 2 x 40) / 6 = 40.33 min.
    maker = make_maker([make_building("B1", 30)], [{}], size=replace(SIZE, members=9))
    assert maker.service_s("B1", 3, 2) == 2_420


def test_firms_that_leads_name_take_their_time(make_building, make_maker, make_leads):
    # Ten named inspections at one exit: 12 + (30 + 400) / 3 = 155.3 min; fourteen: 12 + (42 + 560) / 3 = 212.7 > 180.
    for n_named, n_slots in ((10, 1), (14, 2)):
        firms = [{}] * n_named
        leads = make_leads([{"uscc": f"F{k:02d}"} for k in range(n_named)])
        visit = make_maker([make_building("B1", n_named, 1)], firms).case_visit("B1", leads)
        assert (len(visit.targets), len(visit.slots)) == (n_named, n_slots)


def test_a_case_visit_states_its_leads_and_is_no_must(make_building, make_maker, make_leads):
    visit = make_maker([make_building("B1")], [{}] * 10).case_visit("B1", make_leads([{}, {}]))
    assert (visit.visit_id, visit.track, visit.basis) == ("V-B1", "case", ("L00", "L01"))
    assert (visit.is_must, visit.selection_probability, visit.value) == (False, 1.0, 0.5)
    assert visit.windows_s == ((48_600, 60_300),)


def test_a_drawn_visit_has_no_cordon_and_must_be_made(make_building, make_maker):
    visit = make_maker([make_building("B1")], [{}] * 10).drawn_visit("B1", ("F00", "F01"), 0.25)
    assert (visit.track, visit.is_must, visit.selection_probability) == ("routine", True, 0.25)
    assert [s.n_guards for s in visit.slots] == [0]
    assert visit.targets == ("F00", "F01")


def test_two_leads_that_name_one_firm_make_one_target(make_building, make_maker, make_leads):
    maker = make_maker([make_building("B1")], [{}] * 10, select=Select(n_targets_max=1))
    assert maker.case_visit("B1", make_leads([{"uscc": "F03"}, {"uscc": "F03"}])).targets == ("F03",)


def test_firms_named_that_are_not_in_the_building_are_no_targets(make_building, make_maker, make_leads):
    visit = make_maker([make_building("B1", 1)], [{}]).case_visit("B1", make_leads([{"uscc": "F99"}]))
    assert visit.targets == ("F00",)


@pytest.mark.parametrize(
    ("n_firms", "fits"),
    [
        # 4 pairs: 12 + (3 x 197 + 80) / 4 = 179.75 min of 180.
        pytest.param(197, True, id="just"),
        pytest.param(198, False, id="not"),
    ],
)
def test_what_one_team_can_do_in_three_quarters_of_a_shift(n_firms, fits, make_building, make_maker):
    assert make_maker([make_building("B1", n_firms)], [{}]).fits_one_team("B1") is fits


@pytest.mark.parametrize(
    ("capped", "may"),
    [
        pytest.param([], True, id="none at the cap"),
        pytest.param(["F00"], True, id="one of two"),
        pytest.param(["F00", "F01"], False, id="all"),
    ],
)
def test_a_building_whose_firms_are_all_capped_may_not_be_drawn(capped, may, make_building, make_maker):
    maker = make_maker([make_building("B1", 2)], [{}, {}], capped=frozenset(capped))
    assert maker.may_be_drawn("B1") is may


def test_a_building_with_no_firm_may_not_be_drawn(make_building, make_maker):
    assert make_maker([make_building("B2", 0)], [{}]).may_be_drawn("B2") is False
