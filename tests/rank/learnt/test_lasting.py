"""What lasts at a place: kinds that were looked at often enough are marked, and directions end where checks end."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sweep.rank.learnt.learnt_model import fit_checks
from sweep.rank.learnt.training_data import FEATURES, KINDS_MOST, TrainingChecks, kinds_of, place_features


def test_words_of_a_kind_have_codes_of_their_own_in_each_place():
    codes = kinds_of(pd.DataFrame({"kind": ["bar;high", "bar; low", None, "shop", ""]}))
    assert codes.tolist() == [[0, 2, -1], [0, 3, -1], [-1, -1, -1], [1, -1, -1], [-1, -1, -1]]


def test_without_the_column_nothing_is_of_a_kind():
    assert kinds_of(pd.DataFrame({"building_id": ["B1", "B2"]})).tolist() == [[-1] * 3] * 2


@pytest.mark.parametrize(("n_checks", "is_marked"), [(9, False), (10, True)])
def test_a_kind_is_marked_from_ten_checks_on(n_checks, is_marked):
    kinds = np.array([[0, -1, -1], [0, -1, -1], [1, -1, -1]])
    features = place_features(kinds, np.zeros((3, 2)), np.zeros(n_checks, np.int64))
    assert features[:, 0].tolist() == ([1.0, 1.0, 0.0] if is_marked else [0.0] * 3)
    assert not features[:, 1:].any()


def test_of_too_many_kinds_those_of_most_checks_are_marked():
    n = KINDS_MOST + 5
    kinds = np.column_stack([np.arange(n), np.full((n, 2), -1)])
    features = place_features(kinds, np.zeros((n, 2)), np.repeat(np.arange(n), np.arange(n) + 20))
    assert features[:, :KINDS_MOST].sum(axis=1).tolist() == [0.0] * 5 + [1.0] * KINDS_MOST


def test_a_place_beyond_the_checks_counts_as_the_outermost_of_them():
    points = np.array([[0.0, 0.0], [100.0, 50.0], [900.0, -10.0]])
    features = place_features(np.full((3, 3), -1), points, np.array([0, 1, 1]))
    assert features[:, KINDS_MOST:].tolist() == [[0.0, 0.0], [100.0, 50.0], [100.0, 0.0]]


def test_before_the_first_check_nothing_is_known():
    assert not place_features(np.zeros((3, 3), np.int64), np.ones((3, 2)), np.zeros(0, np.int64)).any()


def test_one_find_more_at_a_place_of_a_kind_lifts_it_among_all():
    # All that is known is the kind: with one find more in the past none may gain more than the places of that kind.
    rng = np.random.default_rng(1)
    mark = FEATURES.index("kind_finds")
    features = np.zeros((300, len(FEATURES)))
    features[np.arange(300), mark + np.arange(300) % 3] = 1.0
    find = rng.random(300) < 0.2

    def chances(find):
        one = np.zeros(300, np.int64)
        checks = TrainingChecks(features, find, np.arange(300.0), one, np.ones(1, bool), np.ones(300))
        return fit_checks(checks).probability(features[:3])

    before = chances(find)
    for kind in range(3):
        more = find.copy()
        more[kind + 3 * int(np.flatnonzero(~find[kind::3])[0])] = True
        gain = chances(more) / before
        assert gain[kind] == gain.max() > 1.0
