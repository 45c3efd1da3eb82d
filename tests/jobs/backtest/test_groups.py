"""Groups of buildings: thirds of what is known of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sweep.jobs.backtest.backtest_data import thirds


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        pytest.param([1, 2, 3, 4, 5, 6], ["low", "low", "middle", "middle", "high", "high"], id="six"),
        pytest.param([3, math.nan, 1, 2], ["high", "", "low", "middle"], id="one not known"),
        pytest.param([0, 0, 0, 0, 0, 9], ["low"] * 5 + ["high"], id="equal values share a third"),
        pytest.param([math.nan, math.nan], ["", ""], id="none known"),
        pytest.param([], [], id="none"),
    ],
)
def test_thirds_of_what_is_known(values, groups):
    assert thirds(np.array(values, np.float64)).tolist() == groups
