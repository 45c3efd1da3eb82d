"""Cumulative catch curves: share of later events by share of places and by hours, mean over the windows."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geodata.array_types import Float64s, Int64s
from sweep.rank.backtest.backtest import BacktestData, Protocol, events_after, freeze, scores_of
from sweep.rank.backtest.baseline_rankings import Method
from sweep.rank.metrics import hit_rate, order_of, within_hours

# First 30 % of the places; no day's visits go beyond.
SHARES = np.round(np.arange(0, 31) / 100.0, 2)
BUDGETS = np.arange(0, 17) / 4.0
"""Budgets on the axis of the curve by hours, as multiples of `Protocol.hours`."""


def catch_curves(case: BacktestData, methods: Sequence[Method], protocol: Protocol) -> pd.DataFrame:
    """
    Return the share of later events that each method catches: mean over the origins (ranking days) with such events.

    Orders, including ties, are those of `backtest`.

    Returns
    -------
    pandas.DataFrame
        `method`, `axis` (`places`: share of places; `hours`: team-hours), `x` (value on the axis), `caught`; NaN if no
        window has an event.
    """
    caught: dict[tuple[str, str], list[Float64s]] = {}
    for k in range(protocol.n_origins):
        day = protocol.first_day + k * protocol.step_days
        known, outcome = (
            freeze(case, day, protocol.seed),
            events_after(case, day + protocol.lag_days, protocol.horizon_days),
        )
        for method in methods:
            order = order_of(scores_of(method, known), protocol.seed + k)
            caught.setdefault((method.key, "places"), []).append(
                np.array([hit_rate(outcome, order, round(share * len(order))) for share in SHARES])
            )
            caught.setdefault((method.key, "hours"), []).append(_by_hours(case, outcome, order, protocol.hours))
    axes = {"places": SHARES, "hours": BUDGETS * protocol.hours}
    frames = [
        pd.DataFrame({"method": key, "axis": axis, "x": axes[axis], "caught": pd.DataFrame(rows).mean().to_numpy()})
        for (key, axis), rows in caught.items()
    ]
    return pd.concat(frames, ignore_index=True)


def _by_hours(case: BacktestData, outcome: Float64s, order: Int64s, hours: float) -> Float64s:
    taken = (within_hours(order, case.effort_h, budget * hours) for budget in BUDGETS)
    return np.array([hit_rate(outcome, rows, len(rows)) for rows in taken])
