"""Small tables that the tests of the ranking share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from geodata.schema import HISTORY, LEADS, TIMEZONE
from sweep.rank.rank_buildings import Ranking, rank_buildings
from sweep.scenario.rank_settings import Rank
from tests.tables import valid

NOW = datetime(2026, 9, 16, tzinfo=ZoneInfo(TIMEZONE))


def days_ago(days: float) -> pd.Timestamp:
    return pd.Timestamp(NOW) - pd.Timedelta(days=days)


def leads_table(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Reported tips at B1 one day old, numbered, but for what a row says; `age` in days."""
    full = [
        {
            "lead_id": f"L{k:03d}", "event_id": None, "lead_type": "tip", "lead_source": "reported",
            "received_at": days_ago(float(str(row.get("age", 1.0)))), "due_at": None, "address": None,
            "building_id": "B1", "uscc": None, "lon": None, "lat": None,
        } | {key: value for key, value in row.items() if key != "age"}
        for k, row in enumerate(rows)
    ]  # fmt: skip
    return valid(LEADS, full)


def history_table(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Case visits to B1 ten days ago that found nothing, but for what a row says; `age` in days."""
    full = [
        {
            "visit_id": f"V{k:03d}", "building_id": "B1", "uscc": None,
            "visited_on": days_ago(float(str(row.get("age", 10.0)))), "track": "case",
            "authority": "market_regulation", "team": None, "outcome": "nothing", "selection_probability": None,
        } | {key: value for key, value in row.items() if key != "age"}
        for k, row in enumerate(rows)
    ]  # fmt: skip
    return valid(HISTORY, full)


def rank(
    n_firms: Sequence[int],
    leads: Sequence[dict[str, object]] = (),
    history: Sequence[dict[str, object]] = (),
    *,
    points: Sequence[tuple[float, float]] | None = None,
    hours: Sequence[float] | None = None,
    settings: Rank | None = None,
    order: Sequence[int] | None = None,
    days_ahead: float = 0.0,
) -> Ranking:
    """
    Buildings B1, B2, ... 100 m apart on a line, one team-hour each.

    Parameters
    ----------
    order
        The rows in which they are given.
    days_ahead
        How many days after the last that is known they are ranked for.
    """
    n = len(n_firms)
    rows = list(range(n)) if order is None else list(order)
    frame = pd.DataFrame(
        {"building_id": [f"B{k + 1}" for k in range(n)], "division_code": "370102", "n_firms": list(n_firms)}
    )
    places = np.array(points or [(100.0 * k, 0.0) for k in range(n)], np.float64).reshape(n, 2)
    cost = np.array(hours or [1.0] * n, np.float64)
    return rank_buildings(
        frame.iloc[rows],
        leads_table(leads),
        history_table(history),
        places[rows],
        cost[rows],
        NOW + timedelta(days=days_ahead),
        settings or Rank(),
        known_until=NOW,
    )


make_leads = pytest.fixture(lambda: leads_table, scope="session")
make_history = pytest.fixture(lambda: history_table, scope="session")
make_ranking = pytest.fixture(lambda: rank, scope="session")
now = pytest.fixture(lambda: NOW, scope="session")
