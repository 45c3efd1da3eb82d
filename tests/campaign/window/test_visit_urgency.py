"""The days of a window on which open leads fall due."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from geodata.schema import TIMEZONE
from sweep.campaign.window.visit_urgency import leads_due
from sweep.scenario.inspection_hours import Hours
from sweep.scenario.selection_settings import Select

TODAY, END = date(2026, 9, 7), date(2026, 9, 11)


def loaded(received: str, due: str | None) -> Any:
    """A campaign on a Monday with one lead and no visit yet."""
    at = [pd.Timestamp(received, tz=TIMEZONE)]
    due_at = pd.to_datetime(pd.Series([due])).dt.tz_localize(TIMEZONE)
    leads = pd.DataFrame({"building_id": ["B1"], "lead_type": ["x"], "received_at": at, "due_at": due_at})
    history = pd.DataFrame({"building_id": [], "visited_on": pd.to_datetime([], utc=True), "ground": []})
    scenario = SimpleNamespace(select=Select(due_workdays=7), hours=Hours())
    inputs, now = SimpleNamespace(leads=leads), pd.Timestamp(TODAY, tz=TIMEZONE)
    return SimpleNamespace(today=TODAY, now=now, scenario=scenario, inputs=inputs, history=history)


@pytest.mark.parametrize(
    ("received", "due", "on"),
    [
        ("2026-08-01", "2026-09-10", date(2026, 9, 10)),
        ("2026-08-01", "2026-09-04", None),
        ("2026-08-01", "2026-09-14", None),
        # Seven working days after a Monday are the Wednesday of the week after.
        ("2026-08-31", None, date(2026, 9, 9)),
        ("2026-08-01", None, None),
    ],
    ids=["own time, old lead", "own time, over", "own time, later", "working days", "working days, over"],
)
def test_a_lead_falls_due_at_its_own_time_however_old_it_is(received: str, due: str | None, on: date | None) -> None:
    assert leads_due(loaded(received, due), (TODAY, END)) == ({} if on is None else {"B1": (on,)})
