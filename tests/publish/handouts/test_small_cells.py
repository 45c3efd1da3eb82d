"""Small counts are hidden, and cannot be had from the others either."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep.publish.handouts.public_counts import SMALLEST_PUBLISHED, public_counts


@pytest.mark.parametrize(
    ("counts", "shown", "total"),
    [
        ([5, 2, 9], ["5", "<3", "9"], "*"),
        ([5, 9], ["5", "9"], "14"),
        ([0, 5], ["0", "5"], "5"),
        ([1, 1, 1], ["<3", "<3", "<3"], "*"),
        ([2], ["<3"], "*"),
        ([0, 0], ["0", "0"], "0"),
        ([], [], "0"),
    ],
)
def test_paper(counts: list[int], shown: list[str], total: str) -> None:
    assert public_counts(counts) == (shown, total)


def test_a_count_below_none_is_refused() -> None:
    with pytest.raises(ValueError, match="counts must be >= 0, got -1"):
        public_counts([-1])


@given(st.lists(st.integers(0, 8), min_size=1, max_size=6), st.data())
def test_what_is_shown_is_the_same_whatever_a_small_count_is(counts: list[int], data: st.DataObject) -> None:
    others = [data.draw(st.integers(1, SMALLEST_PUBLISHED - 1)) if 0 < n < SMALLEST_PUBLISHED else n for n in counts]
    assert public_counts(others) == public_counts(counts)
