"""A visit of a police investigation is in no figure of a campaign (C26)."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pandas as pd

from geodata.schema import TIMEZONE
from sweep.campaign.weeks import DayDone
from sweep.pipeline.campaign.record.history import days_done, looks_of

DAY = date(2026, 9, 16)


def loaded() -> Any:
    """One visit from a list and one of an investigation, both in the week before the campaign's first day."""
    rows = [("B1", "special", "nothing"), ("B2", "investigation", "find")]
    history = pd.DataFrame(rows, columns=["building_id", "track", "outcome"]).assign(
        visited_on=pd.Timestamp(2026, 9, 10, tz=TIMEZONE)
    )
    leads = pd.DataFrame({"building_id": [], "received_at": pd.to_datetime([]).tz_localize(TIMEZONE)})
    inputs = SimpleNamespace(history=history, leads=leads)
    return SimpleNamespace(campaign=SimpleNamespace(first_day=DAY), today=DAY, inputs=inputs)


def test_an_investigation_is_in_no_count_of_the_visits_so_far() -> None:
    assert looks_of(loaded()) == {"B1": (-6,)}
    assert days_done(loaded()) == {date(2026, 9, 10): DayDone(1, 0, 0)}
