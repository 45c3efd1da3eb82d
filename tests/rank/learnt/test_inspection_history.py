"""What earlier checks say of a place: only its past, only one way, and whatever who looked usually finds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweep.rank.learnt.inspection_history import HISTORY_SIGNS, CheckHistory, inspection_features

POINTS = np.column_stack([200.0 * np.arange(6), np.zeros(6)])
GROUPS = np.array([[0], [0], [1], [1], [-1], [-1]])
SIGNS = np.array([*HISTORY_SIGNS, 1])


def looks(rows, days, finds, who=None) -> CheckHistory:
    n = len(rows)
    return CheckHistory(
        np.array(rows, np.int64), np.array(days, float), np.array(finds, bool), np.zeros(n, bool), np.full(n, np.nan),
        np.zeros(n, np.int64) if who is None else np.array(who, np.int64),
    )  # fmt: skip


def at_end(past: CheckHistory) -> np.ndarray:
    return inspection_features(past, GROUPS, POINTS, 700.0, 1_000.0)[1]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 900), st.booleans(), st.integers(0, 2)), max_size=30))
def test_a_find_more_at_a_place_speaks_for_it_in_every_feature_and_no_find_against_it(drawn):
    drawn = sorted(drawn, key=lambda one: one[1])
    past = looks(*zip(*drawn, strict=True)) if drawn else looks([], [], [])
    for is_find in (True, False):
        more = looks(
            [*past.row, 2], [*past.day, 999.0], [*past.is_find, is_find], [*past.team, 1]
        )  # fmt: skip
        change = (at_end(more)[2] - at_end(past)[2]) * SIGNS
        assert (change >= -1e-9).all() if is_find else (change <= 1e-9).all()


def test_a_find_by_who_seldom_finds_anything_says_more():
    # A finds in all of its other checks, B in none; each then finds once, at places of their own.
    rows, finds = [4, 5] * 40, [True, False] * 40
    past = looks([*rows, 0, 3], [*np.arange(80.0), 900.0, 900.0], [*finds, True, True], [*[0, 1] * 40, 0, 1])
    table = at_end(past)
    assert table[3, 0] > table[0, 0] > 0.0


def test_a_check_sees_neither_itself_nor_what_came_later():
    past = looks([0, 1, 0], [10.0, 10.0, 400.0], [True, True, True])
    before, _ = inspection_features(past, GROUPS, POINTS, 700.0, 1_000.0)
    assert before[:2].tolist() == np.zeros((2, 9)).tolist()
    later = replace(past, is_find=np.array([True, True, False]))
    assert inspection_features(later, GROUPS, POINTS, 700.0, 1_000.0)[0].tolist() == before.tolist()
    assert before[2, 0] > 0.0


def test_places_with_something_in_common_share_what_was_found_at_the_others():
    table = at_end(looks([0], [900.0], [True]))
    # Place 1 shares a group with place 0; those of other groups or none do not get it.
    assert [bool(x) for x in table[:, 8]] == [True, True, False, False, False, False]
    assert table[0, 8] == table[1, 8]


def test_three_mild_checks_are_not_one_grave_one():
    # Place 0: 1, 1 and 1; place 1: 9; place 2: nothing recorded; place 3: never checked. Hardly any decay.
    past = looks([0, 0, 0, 1, 2], [996.0, 997.0, 998.0, 998.0, 998.0], [False] * 5)
    table = at_end(replace(past, severity=np.array([1.0, 1.0, 1.0, 9.0, np.nan])))
    mean_of_all = 12 / 4
    assert table[0, 5] == pytest.approx(np.log1p((3 + mean_of_all) / (3 + 1)), abs=0.01)
    assert table[1, 5] == pytest.approx(np.log1p((9 + mean_of_all) / (1 + 1)), abs=0.01)
    assert table[2, 5] == table[3, 5] == pytest.approx(np.log1p(mean_of_all))
    assert table[:4, 6] == pytest.approx(np.log1p([1.0, 9.0, mean_of_all, mean_of_all]))


def test_the_last_severity_is_the_largest_of_the_last_day_before_a_check():
    past = looks([0, 0, 0, 1, 0], [10.0, 20.0, 20.0, 25.0, 30.0], [False] * 5)
    before, after = inspection_features(
        replace(past, severity=np.array([7.0, 2.0, 5.0, 1.0, np.nan])), GROUPS, POINTS, 700.0, 1_000.0
    )
    assert before[[1, 2, 4], 6] == pytest.approx(np.log1p([7.0, 7.0, 5.0]))
    # The first check knows nothing; place 1 knows the mean of 7, 2 and 5.
    assert before[[0, 3], 6] == pytest.approx(np.log1p([0.0, 14 / 3]))
    assert after[[0, 1], 6] == pytest.approx(np.log1p([5.0, 1.0]))
