"""What would change a rank, held against ranking again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sweep.rank.rank_buildings import rank_at, rank_buildings
from sweep.scenario.rank_settings import Rank

FIRMS = [10, 20, 15, 10, 30]
FAR = [(9_000.0 * k, 0.0) for k in range(5)]
LEADS = [{"building_id": b, "age": a} for b, a in (("B1", 3.0), ("B1", 9.0), ("B2", 1.0), ("B3", 30.0), ("B5", 80.0))]


@pytest.mark.parametrize(
    ("score", "changed", "rank"),
    [
        pytest.param([], [], [], id="none"),
        pytest.param([3, 2, 1], [3, 2, 1], [1, 2, 3], id="no change"),
        pytest.param([3, 2, 1], [0, 4, 2], [3, 1, 2], id="down, up, up to a tie"),
        pytest.param([2, 2, 1], [2, 1, 2], [1, 2, 1], id="ties"),
    ],
)
def test_the_rank_of_a_changed_score_among_the_others(score, changed, rank):
    assert rank_at(np.array(score, np.float64), np.array(changed, np.float64)).tolist() == rank


@pytest.mark.parametrize("building", ["B1", "B2", "B3", "B4", "B5"])
def test_one_more_tip_gives_the_rank_that_ranking_again_gives_within_one(building, make_ranking):
    before = make_ranking(FIRMS, LEADS, points=FAR).table.set_index("building_id")
    after = make_ranking(FIRMS, [*LEADS, {"building_id": building, "age": 0.0}], points=FAR)
    rank = after.table.set_index("building_id").loc[building, "rank"]
    # One lead of six also moves the prior that all share.
    assert abs(rank - before.loc[building, "rank_with_lead"]) <= 1
    assert before.loc[building, "rank_with_lead"] <= before.loc[building, "rank"]


@pytest.mark.parametrize("building", ["B1", "B2", "B3", "B5"])
def test_a_visit_with_nothing_gives_the_rank_that_ranking_again_gives_within_one(building, make_ranking):
    before = make_ranking(FIRMS, LEADS, points=FAR).table.set_index("building_id")
    after = make_ranking(FIRMS, LEADS, [{"building_id": building, "age": 0.01}], points=FAR)
    rank = after.table.set_index("building_id").loc[building, "rank"]
    # The visit also moves the hit share of tips and the prior a little: those move all alike.
    assert abs(rank - before.loc[building, "rank_if_cleared"]) <= 1
    assert before.loc[building, "rank_if_cleared"] >= before.loc[building, "rank"]


@pytest.mark.parametrize("n_firms", [0, 50], ids=["nobody is registered", "registered"])
def test_a_first_lead_gives_a_building_its_rank_whether_its_firms_are_registered_or_not(
    n_firms, make_leads, make_history, now
):
    # 33,000 m2 are 50 units, which count from the first lead on where no firm is registered.
    rng, n = np.random.default_rng(2), 60
    frame = pd.DataFrame({"building_id": [f"B{k + 1}" for k in range(n)], "division_code": "370102"})
    frame = frame.assign(n_firms=[n_firms, *[30] * (n - 1)], floor_area_m2=33_000.0)
    points = rng.uniform(0, 4_000, (n, 2))
    leads = [
        {"building_id": f"B{rng.integers(2, n + 1)}", "age": float(age), "lead_type": str(kind)}
        for age, kind in zip(rng.uniform(0, 200, 90), rng.choice(["tip", "tip", "call_room"], 90), strict=True)
    ]

    def row(some):
        ranking = rank_buildings(frame, make_leads(some), make_history([]), points, np.ones(n), now, Rank())
        return ranking.table.set_index("building_id").loc["B1"]

    after = row([*leads, {"building_id": "B1", "age": 0.0, "lead_type": "tip"}])
    assert abs(after["rank"] - row(leads)["rank_with_lead"]) <= 1


def test_every_building_shows_how_fresh_the_data_are(make_ranking):
    table = make_ranking([10, 20], [{"age": 5.0}, {"age": 9.0}], [{"age": 7.0}, {"age": -2.0}]).table
    assert table["data_on"].tolist() == ["2026-09-11", "2026-09-11"]
    assert make_ranking([10]).table["data_on"].tolist() == [None]
