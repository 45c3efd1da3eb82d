"""
On what basis a visit is made: each rule costs value that lies within reach, and is kept all the same.

Every case is offered twice: as it is, and with the one thing changed that makes the visit lawful.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from sweep.plan.solve import solve
from sweep.records.visits import Recheck
from sweep.scenario.law_and_form_settings import Form, Law, Special
from sweep.scenario.plan_settings import PlanSettings
from sweep.scenario.rank_settings import Rank
from sweep.scenario.selection_settings import Select
from sweep.select.draw_officers import OfficerPool, with_officers
from sweep.select.legal_grounds import Grounds
from sweep.select.make_visits import TeamSize
from sweep.select.offer_visits import offer_visits
from sweep.select.selection_tables import Tables
from tests.constants import varied
from tests.plan.conftest import SHIFT, problem, team, visit
from tests.rules.roster import DAY, ROUNDS, people, served
from tests.select.conftest import building, firms_table, history_table, leads_table

NO_DRAW = Select(draw_share=0.0)
# A tenth of one team's 240 min is 24; a drawn visit of 10 firms takes 39.5: one is drawn, as one always is.
ONE_TEAM = TeamSize(n_active=1, police=5, members=8, min_police=2, min_market_regulation=2)
PAPERS = {
    "number": "A-1", "level": "county", "yearly_no": 2, "firms": ("B1-F00",),
    **dict.fromkeys(("approved_on", "filed_on", "published_on"), DAY),
}  # fmt: skip


def offered(towers, leads=(), select=NO_DRAW, rechecks=(), **grounds):
    """The offer of towers that are worth 1, 1/2, 1/3, ... in the order given."""
    rows = [
        {"uscc": f"{b.building_id}-F{k:02d}", "building_id": b.building_id} for b in towers for k in range(b.n_firms)
    ]
    worth = {b.building_id: 1.0 / (k + 1) for k, b in enumerate(towers)}
    ranking = pd.DataFrame({"building_id": list(worth), "value": list(worth.values())})
    tables = Tables(
        {b.building_id: b for b in towers}, firms_table(rows), leads_table(leads), history_table([]), ranking, rechecks
    )
    half_life = Rank().half_life_days
    return offer_visits(tables, DAY, ONE_TEAM, select, PlanSettings(), half_life, Grounds(**grounds))


def worth(offer):
    return sum(v.value for v in offer.visits)


@pytest.mark.rule("C05")
def test_a_building_without_a_basis_is_not_visited_though_it_is_worth_most():
    # C05. B1 is worth 1 and nothing leads there; B2, worth 1/2, has a lead. Both with one: 1 + 1/2.
    towers = [building("B1"), building("B2")]
    assert worth(offered(towers, [{"building_id": "B2"}])) == 0.5
    assert worth(offered(towers, [{"building_id": "B2"}, {"building_id": "B1"}])) == 1.5


@pytest.mark.rule("C07")
@pytest.mark.parametrize(
    ("changes", "most"),
    [
        pytest.param({"level": None}, 2, id="approved by nobody"),
        pytest.param({"level": "township"}, 2, id="approved by a township"),
        pytest.param({"approved_on": date(2026, 9, 17)}, 2, id="approved the day after"),
        pytest.param({"filed_on": None}, 2, id="not filed"),
        pytest.param({"published_on": None}, 2, id="not published"),
        pytest.param({"yearly_no": None}, 2, id="no number"),
        pytest.param({"yearly_no": 3}, 2, id="the third of two"),
        pytest.param({}, 1, id="the second of one"),
    ],
)
def test_a_special_list_without_its_papers_brings_nothing(changes, most):
    # C07. The list names a firm of B1, which is worth 1 and has no lead.
    law = varied(Law(special=(Special(**PAPERS | changes),)), special_per_year_max=most)
    assert worth(offered([building("B1")], law=law)) == 0.0
    assert worth(offered([building("B1")], law=Law(special=(Special(**PAPERS),)))) == 1.0


@pytest.mark.rule("C08")
def test_of_a_list_of_all_firms_a_fifth_is_inspected():
    # C08. All 10 firms of B1 are listed: a fifth of them are 2, and all 10 only for a reason on record.
    every = PAPERS | {"firms": tuple(f"B1-F{k:02d}" for k in range(10))}
    reason = {"blanket_reason": "all are of one chain that was found to sell cards"}

    def n_inspected(**changes):
        offer = offered([building("B1")], law=Law(special=(Special(**every | changes),)))
        return [len(v.targets) for v in offer.visits]

    assert n_inspected() == [2]
    assert n_inspected(**reason) == [10]


@pytest.mark.parametrize(
    ("n_firms", "n_listed", "n_drawn"),
    [
        # Three towers with time for all; each drawn visit inspects one firm.
        pytest.param(4, 0, 2, id="a fifth of 12 firms are 2"),
        pytest.param(5, 0, 3, id="a fifth of 15 firms are 3"),
        pytest.param(5, 1, 2, id="one of 3 is on a list"),
        pytest.param(1, 0, 1, id="of 3 firms one at least"),
        pytest.param(1, 1, 0, id="which is on a list"),
    ],
)
def test_no_more_is_drawn_than_a_fifth_of_the_register_leaves(n_firms, n_listed, n_drawn):
    # C08. The share is that of special and drawn visits together.
    towers = [building(f"B{k}", n_firms) for k in range(1, 4)]
    law = Law(special=(Special(**PAPERS),) * n_listed)
    tracks = [v.track for v in offered(towers, select=Select(draw_share=1.0), law=law).visits]
    assert (tracks.count("special"), tracks.count("routine")) == (n_listed, n_drawn)


@pytest.mark.rule("C09")
def test_chance_and_not_worth_picks_the_building_that_is_drawn():
    # C09. SHA-256 of b|B1, b|B2, b|B3 begins with fcca, 1c82, ab3b: B2 is drawn though B1 is worth twice as much. Of
    # d|B1, d|B2, d|B3 with 16d9, 9acd, 5ca7: another seed, and it is B1.
    towers = [building(b) for b in ("B1", "B2", "B3")]
    assert [v.building_id for v in offered(towers, select=Select(draw_seed="b")).visits] == ["B2"]
    assert [v.building_id for v in offered(towers, select=Select(draw_seed="d")).visits] == ["B1"]


def test_the_officers_that_were_drawn_go_though_others_are_free_and_it_costs_the_best_visit():
    # C09. SHA-256 of b|B2|M3 ... M6 begins with abcb, 0cf6, b46d, 8490: M4 and M6 are drawn for V-B2 (1/2). V-B9 (10)
    # takes five police, which only their team has, and 12 + 3 x 240 / 4 = 192 min of 240: there is no time for both.
    towers = [building(b) for b in ("B1", "B2", "B3")]
    pool = OfficerPool(people("M3 M4 M5 M6"), DAY, SHIFT, {"market_regulation": 2})
    offer = with_officers(offered(towers, select=Select(draw_seed="b")), pool, {b.building_id: b for b in towers})
    (drawn,) = offer.visits
    assert set(drawn.officers) == {"M4", "M6"}
    best = visit("B9", 10.0, n_firms=240, needs={"police": 5, "market_regulation": 2})
    free = replace(team("T1", n_police=2), member_ids=("M3", "M5", *(f"P{k}" for k in range(6))))
    theirs = replace(team("T2", n_police=5), member_ids=("M4", "M6", *(f"Q{k}" for k in range(6))))
    plan = solve(problem([drawn, best], [free, theirs]), ROUNDS)
    assert (served(plan), plan.value) == ({"V-B2"}, 0.5)
    assert solve(problem([replace(drawn, officers=()), best], [free, theirs]), ROUNDS).value == 10.5


@pytest.mark.rule("C27")
@pytest.mark.parametrize(
    ("is_due", "expected"),
    [
        # Both start at 13:40, and there is one team. B1 has a lead and is worth 1; at B2, worth 1/2, one of ten firms
        # is to be looked at again: 1/20.
        pytest.param(True, (0.05, {"V-B2"}), id="kept"),
        pytest.param(False, (1.0, {"V-B1"}), id="with nothing due the one worth more is made"),
    ],
)
def test_what_is_due_to_be_looked_at_again_goes_before_a_visit_worth_more(is_due, expected):
    # C27.
    again = (Recheck("R1", "B2", "B2-F00", "", "rectify", date(2026, 9, 9), DAY),) if is_due else ()
    towers, law = [building("B1"), building("B2")], Law(certificate="W-1")
    offer = offered(towers, [{"building_id": "B1"}], rechecks=again, law=law)
    assert len(offer.visits) == 1 + is_due
    at_once = [replace(v, windows_s=((49_200, 49_200),)) for v in offer.visits]
    plan = solve(problem(at_once, [team("T1")]), ROUNDS)
    assert (pytest.approx(plan.value), served(plan)) == expected


@pytest.mark.rule("C32")
def test_an_item_that_is_struck_off_the_list_is_asked_on_no_track():
    # C32. B1 has a lead, B2 is on a list, B3 has something to be looked at again, the fourth is drawn. The lists have
    # 16 items; without phones 15.
    towers = [building(f"B{k}") for k in range(1, 5)]
    law = Law(special=(Special(**PAPERS | {"firms": ("B2-F00",)}),))
    again = Recheck("R1", "B3", "B3-F00", "", "hazard", date(2026, 9, 1), DAY)

    def asked(form):
        offer = offered(towers, [{"building_id": "B1"}], Select(), (again,), law=law, form=form)
        assert sorted(v.track for v in offer.visits) == ["case", "case", "routine", "special"]
        return [v.items for v in offer.visits]

    full, short = asked(Form()), asked(Form(police=tuple(i for i in Form().police if i != "phones_seen")))
    assert [len(items) for items in full] == [16] * 4
    assert [len(items) for items in short] == [15] * 4
    assert not any("phones_seen" in items for items in short)


def test_stock_is_taken_without_any_item():
    # C32, C04. Nobody is inspected there, so the 16 listed items are not asked either.
    (stock,) = offered([building("B1")], select=Select(draw_share=0.0, n_stocktake_max=1)).visits
    assert (stock.track, stock.items) == ("stocktake", ())
