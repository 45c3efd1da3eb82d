from __future__ import annotations

import pytest

from sweep.publish.charts.svg import nice_step


@pytest.mark.parametrize(("highest", "step"), [(1.0, 0.2), (5.0, 1.0), (0.07, 0.02), (23.0, 5.0), (100.0, 20.0)])
def test_steps_are_round(highest: float, step: float) -> None:
    assert nice_step(highest) == pytest.approx(step)
