"""The past of a scenario as a backtest takes it: what is a check, and what a forecast is held against."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from sweep.jobs.backtest.backtest_data import past_case
from tests.rank.conftest import history_table, leads_table


def checks_of(*history: dict[str, object]) -> list[tuple[int, bool]]:
    """Building and outcome of each check of a past, in the order of buildings."""
    inputs = SimpleNamespace(leads=leads_table([{"age": 90.0}]), history=history_table(history))
    frame = pd.DataFrame({"building_id": ["B1", "B2"], "n_firms": [5, 5]})
    ranker: Any = SimpleNamespace(frame=frame, inputs=inputs, points_m=np.zeros((2, 2)), team_hours=np.ones(2))
    checks = past_case(ranker)[0].checks
    return list(zip(checks.rows.tolist(), checks.is_find.tolist(), strict=True))


def test_rows_of_one_visit_are_one_check_and_a_find_if_any_of_them_is() -> None:
    assert checks_of({}, {"uscc": "F1", "outcome": "find"}, {"building_id": "B2"}) == [(0, True), (1, False)]


def test_neither_taking_stock_nor_an_investigation_nor_a_shut_door_is_a_check() -> None:
    others = [{"track": "stocktake"}, {"track": "investigation", "outcome": "find"}, {"outcome": "no_access"}]
    assert checks_of(*others, {"building_id": "B2", "outcome": "find"}) == [(1, True)]
