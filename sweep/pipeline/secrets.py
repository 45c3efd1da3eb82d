"""What must not come out of the police's own edition: places under investigation, and the words of leads (C26)."""

from __future__ import annotations

from datetime import date

import pandas as pd

from geodata.schema import TIMEZONE
from sweep.pipeline.inputs import District


def under_investigation(district: District, day: date) -> frozenset[str]:
    """Buildings that an investigation is open at on the day, those of their firms among them."""
    return frozenset(_open(district, day)["building_id"])


def _open(district: District, day: date) -> pd.DataFrame:
    rows, morning = district.investigations, pd.Timestamp(day, tz=TIMEZONE)
    if rows.empty:
        return pd.DataFrame({"building_id": [], "uscc": []})
    return rows[rows["closed_on"].isna() | (rows["closed_on"] >= morning)]
