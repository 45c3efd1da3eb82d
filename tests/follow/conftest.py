"""Results of a paper plan: two visits, three firms."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from geodata.schema import RESULTS, TIMEZONE
from sweep.follow.accept_results import Officers, PlannedVisit, accept_results
from tests.tables import valid

DAY = date(2026, 9, 16)
VISITS = {
    v.visit_id: v
    for v in (
        PlannedVisit(
            "V-B1",
            "B1",
            "case",
            "L1 L2",
            ("F1", "F2"),
            1.0,
            True,
            (Officers(("P1", "P2"), ("M1", "M2")), Officers(("P3",), ("M3",))),
        ),
        PlannedVisit("V-B2", "B2", "routine", "seed", ("F3",), 0.25, True, items=("licence_displayed",)),
        PlannedVisit("V-B3", "B3", "case", "L3", (), 1.0, True),
        PlannedVisit("V-B5", "B5", "stocktake", "base_registry", (), 1.0, True, items=()),
        PlannedVisit("V-B4", "B4", "case", "L4", ("F4",), 1.0, False),
    )
}


def results(*rows: dict[str, object]) -> pd.DataFrame:
    """Clean results: F1 of V-B1, open, nothing else said, but for what a row says; days as ISO texts."""
    blank = dict.fromkeys(map(str, RESULTS.columns)) | {"visit_id": "V-B1", "uscc": "F1", "unit_state": "open"}
    full = [blank | {"result_id": f"r{k}"} | row for k, row in enumerate(rows)]
    for row in full:
        for name in ("visited_on", "recheck_on"):
            row[name] = pd.Timestamp(str(row[name]), tz=TIMEZONE) if row[name] else None
    return valid(RESULTS, full)


def accepted(*rows: dict[str, object], plan_id: str = "p1") -> pd.DataFrame:
    return accept_results(results(*rows), VISITS, plan_id, DAY).table


make_results = pytest.fixture(lambda: results, scope="session")
make_accepted = pytest.fixture(lambda: accepted, scope="session")
visits = pytest.fixture(lambda: VISITS, scope="session")
day = pytest.fixture(lambda: DAY, scope="session")
