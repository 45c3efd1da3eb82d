"""Expected finds of a window: values times the level of their kind, with an interval."""

from __future__ import annotations

from sweep.campaign.model.expected_window_finds import finds_of
from sweep.campaign.model.weekly_figures import count_interval
from sweep.campaign.records import LevelPart
from tests.campaign.check.small_campaign import TUE, day, visit


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
    unknown = {"n_visits": 0, "n_finds": 0, "expected": 0.0, "factor": 1.0, "dispersion": 1.0, "error": 1.0}
    level = LevelPart.model_validate({"kind": "inspection", "is_calibrated": False, **unknown})
    # A mean of 10 with a relative error of 1 is a shape of 1: geometric, 1 - (10/11)^(n+1); .091 at 0, .952 at 31.
    finds = finds_of((part,), (level,))
    assert (finds.mean, finds.low, finds.high) == (10.0, 0, 31)
