"""Which firms are at their yearly cap in a window."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pandas as pd

from geodata.schema import TIMEZONE
from sweep.campaign.record.window_record import capped_by_year
from sweep.scenario.selection_settings import Select


def test_in_a_window_over_new_year_each_year_has_its_own_caps() -> None:
    rows = [("u1", "police", "routine", "x")]
    history = pd.DataFrame(rows, columns=["uscc", "authority", "track", "ground"]).assign(
        visited_on=pd.Timestamp(2026, 9, 10, tz=TIMEZONE)
    )
    firms = pd.DataFrame(
        {"building_id": "B1", "uscc": ["u1", "u2"], "credit_class": ["A", "A"], "reg_status": ["active", "active"]}
    )
    select = Select(annual_cap={"A": 1, "B": 2, "C": 3, "D": 4})
    inputs, scenario = SimpleNamespace(firms=firms), SimpleNamespace(select=select)
    loaded: Any = SimpleNamespace(inputs=inputs, scenario=scenario, history=history)
    days = (date(2026, 12, 29), date(2026, 12, 31), date(2027, 1, 5))
    assert capped_by_year(loaded, days) == {2026: {"u1"}, 2027: frozenset()}
