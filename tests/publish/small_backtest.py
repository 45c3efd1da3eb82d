"""A backtest made by hand: three rankings, two windows, names that try to run."""

from __future__ import annotations

import math

import pandas as pd

from sweep.publish.studies.backtest_page import CHECK_DIGITS, SHOWN, BacktestResult

# As in `sweep.rank.backtest.fairness`, which the pages may not read.
FAIR = (
    "attribute", "group", "n_checks", "n_first", "n_finds_first", "expected_first",
    "hits", "hits_low", "hits_high", "alarms", "alarms_low", "alarms_high", "p_hits", "p_alarms", "is_gap",
)  # fmt: skip
METHODS = ("own", "raw_count", "<script>window.__xss=1</script>")


def small_backtest() -> BacktestResult:
    """The backtest, made anew."""
    summary = [
        (m, measure, 0.5 - 0.1 * k, math.nan if k == 2 else 0.1, math.nan if k == 2 else 0.9)
        for k, m in enumerate(METHODS) for measure in SHOWN
    ]  # fmt: skip
    curves = [
        (m, axis, x, x / (k + 1)) for k, m in enumerate(METHODS) for axis in ("places", "hours") for x in (0.0, 0.3)
    ]
    return BacktestResult(
        name="</title><img src=x onerror=window.__xss=1>",
        n_places=1_234,
        n_events=600,
        n_windows=2,
        lag_days=1.0,
        horizon_days=14.0,
        hours=40.0,
        summary=pd.DataFrame(summary, columns=["method", "measure", "mean", "low", "high"]),
        windows=pd.DataFrame(
            [(m, d, 0.2) for m in METHODS for d in (180.0, 194.0)], columns=["method", "day", "hit_5"]
        ),
        curves=pd.DataFrame(curves, columns=["method", "axis", "x", "caught"]),
        finds=pd.DataFrame(
            [(m, 60, 16, 0.7, 20, 0, math.nan) for m in METHODS],
            columns=["method", "n_checks", "n_finds", "auc", "n_drawn", "n_drawn_finds", "auc_drawn"],
        ).assign(**{f"{name}{end}": 0.6 for name in CHECK_DIGITS for end in ("", "_low", "_high")}),
        calibration=pd.DataFrame([("own", 1, 30, 2.0, 1), ("own", 2, 30, 0.0, 0)],
                                 columns=["method", "bin", "n", "expected", "finds"]),
        fairness=pd.DataFrame(
            [
                ("district", "370102", 40, 20, 14, 9.5, 0.7, 0.49, 0.86, 0.2, 0.1, 0.35, 0.001, 0.4, True),
                ("district", "370103", 40, 20, 2, 9.5, math.nan, math.nan, math.nan, 0.3, 0.2, 0.5, 0.001, 0.4, True),
                ("size", "low", 40, 20, 10, 9.0, 0.5, 0.3, 0.7, 0.25, 0.1, 0.4, 0.6, 0.7, False),
                ("size", "high", 40, 20, 11, 9.0, 0.55, 0.3, 0.7, 0.25, 0.1, 0.4, 0.6, 0.7, False),
            ],
            columns=list(FAIR),
        ),
        district_names={"370103": "<b onclick=window.__xss=1>南区</b>"},
    )  # fmt: skip
