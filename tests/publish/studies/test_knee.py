"""Where a curve bends, on curves drawn by hand."""

from __future__ import annotations

import pytest

from sweep.publish.studies.whatif_page import knee, rising, slopes


def test_the_knee_is_where_a_broken_line_breaks() -> None:
    # 1 a step up to 4, then 0.1: the farthest above the chord is 4.
    points = [(float(x), min(x, 4) + 0.1 * max(0, x - 4)) for x in range(9)]
    assert knee(points) == 4.0
    assert slopes(points, 4.0) == pytest.approx((1.0, 0.1))


def test_a_curve_that_falls_again_is_judged_up_to_its_top() -> None:
    # 1 a step up to 2, then 0.25 up to 4, then down: beyond the knee a step wins 0.25, not less than nothing.
    points = [(0.0, 0.0), (1.0, 1.0), (2.0, 2.0), (3.0, 2.25), (4.0, 2.5), (5.0, 1.0)]
    assert knee(points) == 2.0
    assert slopes(points, 2.0) == pytest.approx((1.0, 0.25))
    assert rising(points)[-1] == (4.0, 2.5)


@pytest.mark.parametrize(
    "points",
    [
        [(0.0, 0.0), (1.0, 1.0)],
        [(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)],
        [(0.0, 2.0), (1.0, 1.5), (2.0, 1.0)],
        [(0.0, 0.0), (1.0, 0.1), (2.0, 2.0)],
    ],
    ids=["two points", "straight", "falling", "bent downwards"],
)
def test_a_curve_that_does_not_bend_has_no_knee(points: list[tuple[float, float]]) -> None:
    assert knee(points) is None
