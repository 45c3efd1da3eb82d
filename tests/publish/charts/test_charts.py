from __future__ import annotations

import pytest

from sweep.publish.charts.finds_charts import number_of_finds
from sweep.publish.charts.svg import nice_step


def test_two_fair_visits_find_none_one_or_two() -> None:
    assert number_of_finds([0.5, 0.5]) == pytest.approx([0.25, 0.5, 0.25])


def test_no_visit_finds_nothing_for_sure() -> None:
    assert number_of_finds([]) == [1.0]


@pytest.mark.parametrize(("highest", "step"), [(1.0, 0.2), (5.0, 1.0), (0.07, 0.02), (23.0, 5.0), (100.0, 20.0)])
def test_steps_are_round(highest: float, step: float) -> None:
    assert nice_step(highest) == pytest.approx(step)
