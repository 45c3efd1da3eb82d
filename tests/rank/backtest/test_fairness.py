"""Finds per check and false alarms by groups of places: sums on paper, gaps that are there and gaps that are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sweep.rank.backtest.fairness import COLUMNS, fairness


def seen(score, find, origin=" 0") -> pd.DataFrame:
    columns = {"score": score, "p": 0.25, "is_find": find, "origin": origin}
    return pd.DataFrame(columns).astype({"score": float, "is_find": bool})


def test_shares_on_paper():
    # Eighty checks, better ones first: of 40 in the first half 20 are at A, of which 15 find; 20 at B, of which 10 do.
    # In the rest, 10 at A and 30 at B, nobody finds. False alarms: A 5 of 15, B 10 of 40.
    find = [k < 15 for k in range(20)] + [k < 10 for k in range(20)] + [False] * 40
    group = np.array(["A"] * 20 + ["B"] * 20 + ["A"] * 10 + ["B"] * 30)
    table = fairness(seen(-np.arange(80), find), {"district": group}, seed=1).set_index("group")
    assert table.loc["A", ["n_checks", "n_first", "n_finds_first"]].tolist() == [30, 20, 15]
    assert table["hits"].to_dict() == pytest.approx({"A": 0.75, "B": 0.5})
    assert table["alarms"].to_dict() == pytest.approx({"A": 5 / 15, "B": 10 / 40})
    assert table["expected_first"].to_dict() == pytest.approx({"A": 5.0, "B": 5.0})
    # Clopper and Pearson, 90 %, 10 of 20: 0.302 to 0.698.
    assert table.loc["B", ["hits_low", "hits_high"]].tolist() == pytest.approx([0.302, 0.698], abs=1e-3)


def test_halves_are_those_of_each_origin():
    # The second day's scores are all lower: one check of each day comes first all the same.
    table = fairness(
        seen([9, 8, 2, 1], [False] * 4, origin=[" 0", " 0", " 1", " 1"]),
        {"district": np.array(["A", "B", "A", "B"])},
        seed=1,
    )
    assert table.set_index("group")["n_first"].to_dict() == {"A": 2, "B": 0}


def test_figures_on_fewer_than_ten_are_not_told():
    find = [True] * 9 + [False] * 31
    table = fairness(seen(-np.arange(40), find), {"district": np.array(["A", "B"] * 20)}, seed=1)
    assert table[["hits", "p_hits", "p_alarms"]].isna().all(axis=None)
    assert table["alarms"].notna().all()
    assert not table["is_gap"].any()


def city(seed: int, chance) -> pd.DataFrame:
    """Fairness of 400 checks at places of four groups, whose finds follow a chance of score and group."""
    rng = np.random.default_rng(seed)
    group = rng.choice(list("ABCD"), 400)
    score = rng.random(400)
    checks = seen(score, rng.random(400) < chance(score, group), origin=rng.choice([" 0", " 1", " 2"], 400))
    groups = {"district": group, "credit": rng.choice(["low", "middle", "high"], 400)}
    return fairness(checks, groups, seed)


def test_a_gap_that_is_there_is_warned_of_and_in_its_own_attribute_alone():
    table = city(1, lambda score, group: np.where(group == "A", 0.05, 0.45) * score)
    gaps = table.groupby("attribute")["is_gap"].first()
    assert gaps.to_dict() == {"district": True, "credit": False}
    assert table[table["group"] == "A"]["hits"].isna().all() or table["hits"].min() < 0.2


def test_false_alarms_that_pile_up_in_one_group_are_warned_of():
    # Group A is scored higher for nothing: finds are alike everywhere.
    rng = np.random.default_rng(2)
    group = np.repeat(["A", "B"], 200)
    score = rng.random(400) + (group == "A") * 0.4
    table = fairness(seen(score, rng.random(400) < 0.2), {"district": group}, seed=1)
    assert table["p_alarms"].iloc[0] < 0.001
    assert table["is_gap"].all()


def test_without_a_gap_warnings_are_as_seldom_as_is_said():
    warned = [city(seed, lambda score, group: 0.4 * score)["is_gap"].any() for seed in range(100, 160)]
    # Five in a hundred at most; 8 of 60 would be beyond three standard errors.
    assert sum(warned) <= 7


@pytest.mark.parametrize(
    "groups",
    [{}, {"size": np.full(20, "")}, {"district": np.full(20, "370102")}],
    ids=["none", "unknown", "a single one"],
)
def test_without_groups_to_compare_there_is_no_row(groups):
    table = fairness(seen(np.arange(20), [True] * 10 + [False] * 10), groups, seed=1)
    assert table.empty
    assert list(table.columns) == list(COLUMNS)


def test_no_checks_no_figures():
    table = fairness(seen([], [], origin=[]), {"district": np.array([], np.str_)}, seed=1)
    assert table.empty
