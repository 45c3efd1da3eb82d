"""Level of the expected finds: on paper, out of time on past checks, and in the scores."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from geodata.schema import TIMEZONE
from sweep.rank.learnt.find_level import access_share, at_level, find_level, last_forecasts, past_level
from sweep.records.ranking import FindLevel

NOW = pd.Timestamp("2026-09-15 08:00", tz=TIMEZONE).to_pydatetime()


def of(expected, finds, window=None) -> FindLevel:
    where = np.array(window if window is not None else [0] * len(finds), np.int64)
    return find_level(np.array(expected), np.array(finds, np.bool_), 28 * where + 1)


def told(ago, track, is_find, p_find) -> pd.DataFrame:
    """Past checks, some days before NOW."""
    day = pd.Timestamp(NOW).normalize() - pd.to_timedelta(np.array(ago), unit="D")
    return pd.DataFrame({"day": day, "track": track, "is_find": is_find, "p_find": p_find})


def test_a_level_is_finds_over_those_expected_pulled_to_one() -> None:
    # 29 finds of 100 visits of a tenth: (29 + 1) / (10 + 1).
    level = of([0.1] * 100, [1] * 29 + [0] * 71)
    assert (level.factor, level.n_finds, level.is_applied) == (pytest.approx(30 / 11, abs=1e-6), 29, True)
    assert level.error == pytest.approx(30**-0.5, abs=1e-6)
    # One chance for all: the log-odds move from those of .1 to those of .29.
    assert level.shift == pytest.approx(logit(0.29) - logit(0.1))


def test_a_level_of_nothing_is_one_with_an_error_of_its_own_size() -> None:
    level = of([], [])
    assert (level.factor, level.error, level.shift, level.is_applied) == (1.0, 1.0, 0.0, False)


def test_nineteen_finds_are_too_few_for_a_level() -> None:
    p = np.full(100, 0.1)
    level = of(p, [1] * 19 + [0] * 81)
    assert not level.is_applied
    assert at_level(p, level) is p
    assert of(p, [1] * 20 + [0] * 80).is_applied


def test_finds_that_vary_from_window_to_window_make_the_error_larger() -> None:
    # Two windows of 50 visits of .2: 18 and 1 finds, 9.5 expected of each: (8.5^2 + 8.5^2) / 9.5 / 1 = 15.2.
    level = of([0.2] * 100, [1] * 18 + [0] * 32 + [1] + [0] * 49, [0] * 50 + [1] * 50)
    assert level.dispersion == pytest.approx(15.2, abs=0.05)
    assert level.error == pytest.approx((15.2 / 20) ** 0.5, abs=0.005)


def test_windows_that_expect_next_to_nothing_do_not_make_the_range_meaningless() -> None:
    # 2, 1e-5 and 2 expected, 2, 1 and 1 found; the second window is judged together with the third.
    expected, finds = [0.2] * 10 + [1e-6] * 10 + [0.2] * 10, [1, 1] + [0] * 8 + ([1] + [0] * 9) * 2
    assert of(expected, finds, [0] * 10 + [1] * 10 + [2] * 10).dispersion == 1.0


@pytest.mark.parametrize(
    ("sizes", "finds", "dispersion"),
    [((20, 24, 6), (0, 5, 0), 10 / 3), ((20, 20, 24, 6), (0, 2, 5, 0), 5 / 3)],
    ids=["two pools", "three pools"],
)
def test_a_last_window_that_expects_too_little_joins_the_one_before(
    sizes: tuple[int, ...], finds: tuple[int, ...], dispersion: float
) -> None:
    # A tenth each: pools of 2 and 2.4 + .6, chi squared 4 / 2 + 4 / 3 over 1 degree of freedom; or 2, 2 and 3 over 2.
    window = np.repeat(np.arange(len(sizes)), sizes)
    is_find = np.concatenate([np.arange(n) < k for n, k in zip(sizes, finds, strict=True)])
    assert find_level(np.full(len(window), 0.1), is_find, 28 * window + 1).dispersion == pytest.approx(
        dispersion, abs=1e-5
    )


def of_a_year(older, newer, n_newer) -> FindLevel:
    """A year of 13 windows of 50 visits of a fifth each, with as many finds in each of the older and the newer."""
    finds = [newer] * n_newer + [older] * (13 - n_newer)
    is_find = [k < n for n in finds for k in range(50)]
    return of([0.2] * 650, is_find, [w for w in range(13) for _ in range(50)])


@pytest.mark.parametrize(("older", "newer"), [(10, 30), (20, 6)], ids=["more finds", "fewer finds"])
def test_a_level_that_has_changed_is_that_of_the_visits_since(older: int, newer: int) -> None:
    # Two windows of 10 expected since the change, eight weeks.
    level = of_a_year(older, newer, 2)
    assert (level.n_weeks, level.n_visits, level.n_finds, level.is_applied) == (8, 100, 2 * newer, True)
    assert level.factor == pytest.approx((2 * newer + 1) / 21, abs=1e-6)
    # The interval is as wide as the whole year says, since the level may change again.
    assert level.dispersion > 1.0


def test_the_last_of_two_changes_counts() -> None:
    finds = [40] * 3 + [20] * 4 + [8] * 6
    level = of([0.2] * 650, [k < n for n in finds for k in range(50)], [w for w in range(13) for _ in range(50)])
    assert (level.n_weeks, level.n_finds) == (12, 120)


@pytest.mark.parametrize(("older", "newer"), [(10, 10), (10, 13), (1, 3)], ids=["steady", "by chance", "too few"])
def test_a_level_without_a_sure_change_is_that_of_the_year(older: int, newer: int) -> None:
    assert of_a_year(older, newer, 2).n_weeks == 52


def test_a_steady_level_is_seldom_taken_for_a_changed_one() -> None:
    rng, year = np.random.default_rng(7), np.repeat(np.arange(13), 60)
    chance = rng.beta(1.0, 7.0, (300, len(year)))
    cuts = sum(of(p, rng.random(len(p)) < p, year).n_weeks < 52 for p in chance)
    # At most one in twenty, and three standard errors.
    assert cuts <= 0.05 * 300 + 3 * (300 * 0.05 * 0.95) ** 0.5


@pytest.mark.parametrize("times", [1e-9, 0.3, 1.0, 2.5])
def test_chances_at_their_level_add_up_to_the_finds_and_keep_their_order(times: float) -> None:
    rng = np.random.default_rng(5)
    true = rng.beta(1.0, 6.0, 4_000)
    finds, said = rng.random(4_000) < true, np.clip(true * times, 0.0, 0.999)
    level = of(said, finds)
    right = at_level(said, level)
    assert right.sum() == pytest.approx(finds.sum(), rel=1e-6)
    assert (np.diff(right[np.argsort(said)]) >= 0).all()
    assert right.max() < 1.0


@pytest.mark.parametrize("found", [0, 30])
def test_no_find_or_only_finds_leave_the_chances_finite(found: int) -> None:
    level = of([0.5] * 30, [1] * found + [0] * (30 - found))
    assert expit(logit(0.5) + level.shift) == pytest.approx(abs(found - 0.5) / 30)


def test_the_level_is_of_case_checks_of_the_last_year_with_a_forecast() -> None:
    rows = told(
        [0, 1, 364, 365, 10, 10],
        ["case", "case", "case", "case", "routine", "case"],
        [True] * 6,
        [0.1, 0.2, 0.3, 0.4, 0.5, np.nan],
    )
    assert last_forecasts(rows, NOW)["p_find"].tolist() == [0.2, 0.3]
    assert last_forecasts(rows[rows["track"] == "routine"], NOW)["p_find"].tolist() == [0.5]
    assert last_forecasts(None, NOW).empty


def test_a_door_that_opens_once_on_a_day_is_no_locked_door() -> None:
    at = pd.Timestamp(NOW) - pd.to_timedelta([1, 1, 2, 3, 400, 4], unit="D")
    history = pd.DataFrame(
        {
            "building_id": ["B1", "B1", "B1", "B2", "B3", "B4"],
            "visited_on": at,
            "track": ["case"] * 5 + ["stocktake"],
            "outcome": ["no_access", "nothing", "find", "no_access", "no_access", "no_access"],
        }
    )
    assert access_share(history, NOW) == pytest.approx(2 / 3)
    assert access_share(history.iloc[:0], NOW) == 1.0
    assert past_level(None, history, NOW).n_visits == 0


@pytest.fixture(scope="module")
def overrated(make_ranking):
    """Fresh leads at five of 40 buildings, and case checks after leads: one in eleven found something, anywhere."""
    leads = [{"building_id": f"B{k % 40 + 1}", "age": 2.0 + k, "lead_type": "call_room"} for k in range(240)]
    fresh = [{"building_id": f"B{k}", "age": 0.5, "lead_type": "call_room"} for k in range(1, 6)]

    def ranked(n_checks, more=()):
        visits = [
            {"building_id": f"B{k % 40 + 1}", "age": 1.0 + k, "outcome": "nothing" if k % 11 else "find"}
            for k in range(n_checks)
        ]
        return make_ranking([10] * 40, [*leads, *fresh, *more], visits)

    return ranked


def test_scores_follow_twenty_finds_of_the_last_year(overrated) -> None:
    few, enough = overrated(205), overrated(240)
    assert (few.level.n_finds, few.level.is_applied) == (19, False)
    assert (enough.level.n_finds, enough.level.is_applied) == (22, True)
    assert enough.verdict.scored_by == few.verdict.scored_by == "rule"
    assert few.reach == pytest.approx(0.85 * 0.8)
    # Every door of this past opened.
    assert enough.reach == pytest.approx(0.8)
    said = enough.forecasts["p_find"].to_numpy()
    assert said.sum() > 1.5 * 22
    assert at_level(said, enough.level).sum() == pytest.approx(22, abs=1e-3)
    assert enough.common_uncertainty == enough.level.error
    assert enough.table["p_find"].max() < 0.8 * few.table["p_find"].max()


def test_at_a_level_one_more_lead_lowers_no_building(overrated) -> None:
    ranking = overrated(240)
    before = ranking.table.set_index("building_id")
    after = overrated(240, [{"building_id": "B9", "age": 1.0}]).table.set_index("building_id")
    assert after.loc["B9", "rank"] <= before.loc["B9", "rank"]
    assert (before["rank_with_lead"] <= before["rank"]).all()
    for building_id in ("B1", "B20"):
        assert sum(t.value for t in ranking.terms[building_id]) == pytest.approx(before.loc[building_id, "value"])
