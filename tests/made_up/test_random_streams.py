from __future__ import annotations

import numpy as np
import pytest

from sweep.made_up.random_streams import pick, random_flags, split, stream


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        pytest.param(10, [1.0, 1.0], [5, 5], id="even"),
        # 10 x 1/3 = 3.33 each: the one that is left goes to the first.
        pytest.param(10, [1.0, 1.0, 1.0], [4, 3, 3], id="tie"),
        # 290 x (100, 80, 60, 50) / 290.
        pytest.param(290, [100.0, 80.0, 60.0, 50.0], [100, 80, 60, 50], id="stock"),
        # 7 x 0.9 = 6.3 and 7 x 0.1 = 0.7: the larger remainder wins.
        pytest.param(7, [9.0, 1.0], [6, 1], id="remainder"),
        pytest.param(0, [1.0, 2.0], [0, 0], id="none"),
    ],
)
def test_a_total_is_split_by_largest_remainders(total: int, weights: list[float], parts: list[int]) -> None:
    assert split(total, weights) == parts


def test_a_stream_repeats_itself_and_differs_from_another() -> None:
    first = stream(1, "firms").random(5).tolist()
    assert stream(1, "firms").random(5).tolist() == first
    assert stream(1, "leads").random(5).tolist() != first
    assert stream(2, "firms").random(5).tolist() != first


def test_a_key_of_weight_zero_is_never_picked() -> None:
    assert set(pick(stream(1, "x"), (("a", 0.0), ("b", 3.0)), 50)) == {"b"}


def test_exactly_the_share_is_marked() -> None:
    assert int(np.sum(random_flags(stream(1, "x"), 72, 0.03))) == 2  # 72 x 0.03 = 2.16
