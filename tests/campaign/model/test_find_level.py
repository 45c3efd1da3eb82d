"""Level of finds: past finds over those that were expected, its error, and the interval of what is to come."""

from __future__ import annotations

import numpy as np
import pytest

from sweep.campaign.model.find_level import find_level, finds_of
from sweep.campaign.model.weekly_figures import count_interval
from sweep.campaign.records import LevelPart
from tests.campaign.check.small_campaign import TUE, day, visit


def of(expected: list[float], finds: list[int], window: list[int] | None = None) -> LevelPart:
    where = np.array(window if window is not None else [0] * len(finds), np.int64)
    return find_level("inspection", np.array(expected), np.array(finds, np.bool_), where)


def test_a_level_is_finds_over_those_expected_pulled_to_one() -> None:
    # 29 finds of 100 visits of a tenth: (29 + 1) / (10 + 1).
    level = of([0.1] * 100, [1] * 29 + [0] * 71)
    assert (level.factor, level.n_finds, level.is_calibrated) == (pytest.approx(30 / 11, abs=1e-6), 29, True)
    assert level.error == pytest.approx(30**-0.5, abs=1e-6)


def test_a_level_of_nothing_is_one_with_an_error_of_its_own_size() -> None:
    level = of([], [])
    assert (level.factor, level.error, level.is_calibrated) == (1.0, 1.0, False)


def test_nine_finds_are_too_few_for_a_level() -> None:
    assert not of([0.1] * 100, [1] * 9 + [0] * 91).is_calibrated


def test_finds_that_vary_from_window_to_window_make_the_error_larger() -> None:
    # Two windows of 50 visits of .2: 18 and 1 finds; level 20/21, 9.52 each: (8.48^2 + 8.52^2) / 9.52 / 1 = 15.2.
    level = of([0.2] * 100, [1] * 18 + [0] * 32 + [1] + [0] * 49, [0] * 50 + [1] * 50)
    assert level.dispersion == pytest.approx(15.2, abs=0.05)
    assert level.error == pytest.approx((15.2 / 20) ** 0.5, abs=0.005)


def test_the_finds_of_a_window_are_values_times_the_level_of_their_kind() -> None:
    # Cases of .25 at level 2, taking stock of .25 at level 1/2.
    part = day(TUE, ("P1",), *(visit(f"B{k}", TUE, track) for k, track in enumerate(("case", "case", "stocktake"))))
    exact = {"n_visits": 400, "n_finds": 100, "expected": 50.0, "dispersion": 1.0, "error": 0.0, "is_calibrated": True}
    levels = tuple(
        LevelPart.model_validate({"kind": kind, "factor": factor, **exact})
        for kind, factor in (("inspection", 2.0), ("stocktake", 0.5))
    )
    finds = finds_of((part,), levels)
    assert (finds.mean, finds.low, finds.high) == (1.125, *count_interval(1.125))


def test_a_level_that_is_not_known_makes_the_range_of_a_window_wide() -> None:
    part = day(TUE, ("P1",), *(visit(f"B{k}", TUE, "case") for k in range(40)))
    # A mean of 10 with a relative error of 1 is a shape of 1: geometric, 1 - (10/11)^(n+1); .091 at 0, .952 at 31.
    finds = finds_of((part,), (of([], []),))
    assert (finds.mean, finds.low, finds.high) == (10.0, 0, 31)


def test_windows_that_expect_next_to_nothing_do_not_make_the_range_meaningless() -> None:
    # 2, 1e-5 and 2 expected, 2, 1 and 1 found: level 5/5; the second window is judged together with the third.
    expected, finds = [0.2] * 10 + [1e-6] * 10 + [0.2] * 10, [1, 1] + [0] * 8 + ([1] + [0] * 9) * 2
    assert of(expected, finds, [0] * 10 + [1] * 10 + [2] * 10).dispersion == 1.0
