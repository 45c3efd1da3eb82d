"""A small district that the tests of the selection share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd
import pytest

from geodata.schema import FIRMS, HISTORY, LEADS, OTHER_INSPECTIONS, TIMEZONE
from sweep.records.buildings import Building
from sweep.records.pins import Pin
from sweep.records.visits import Recheck
from sweep.scenario.plan_settings import PlanSettings
from sweep.scenario.rank_settings import Rank
from sweep.scenario.selection_settings import Select
from sweep.select.legal_grounds import Grounds
from sweep.select.make_visits import TeamSize, VisitMaker
from sweep.select.offer_visits import Offer, offer_visits
from sweep.select.selection_tables import Tables
from sweep.select.target_firms import classes_by_building
from tests.tables import valid

DAY = date(2026, 9, 16)
SIZE = TeamSize(n_active=10, police=5, members=8, min_police=2, min_market_regulation=2)


def days_ago(days: object) -> pd.Timestamp:
    return pd.Timestamp(DAY, tz=TIMEZONE) - pd.Timedelta(days=float(str(days)))


def building(building_id: str, n_firms: int = 10, n_exits: int = 2, complex_id: str | None = None) -> Building:
    return Building(building_id, building_id, "", "370102", complex_id, None, 10, n_exits, n_firms, 1e4, 117.0, 36.6)


def firms_table(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Firms F00, F01, ... in B1, active, with no credit class, but for what a row says."""
    blank = dict.fromkeys(FIRMS.columns) | {"building_id": "B1", "reg_status": "存续"}
    full = [blank | {"uscc": f"F{k:02d}", "firm_name": f"firm {k}"} | row for k, row in enumerate(rows)]
    return valid(FIRMS, full)


def leads_table(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Reported tips at B1 one day old, but for what a row says; `age` in days."""
    blank = dict.fromkeys(LEADS.columns) | {"lead_type": "tip", "lead_source": "reported", "building_id": "B1"}
    full = [
        blank | {"lead_id": f"L{k:02d}", "received_at": days_ago(row.get("age", 1.0))} | _no_age(row)
        for k, row in enumerate(rows)
    ]
    return valid(LEADS, full)


def history_table(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Routine visits of market regulation to B1 ten days ago, but for what a row says; `age` in days."""
    blank = dict.fromkeys(HISTORY.columns) | {
        "building_id": "B1", "track": "routine", "authority": "market_regulation", "outcome": "nothing",
    }  # fmt: skip
    full = [
        blank | {"visit_id": f"V{k:02d}", "visited_on": days_ago(row.get("age", 10.0))} | _no_age(row)
        for k, row in enumerate(rows)
    ]
    return valid(HISTORY, full)


def _no_age(row: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in row.items() if key != "age"}


def offer(
    buildings: Sequence[Building],
    leads: Sequence[dict[str, object]] = (),
    history: Sequence[dict[str, object]] = (),
    *,
    firms: Sequence[dict[str, object]] | None = None,
    size: TeamSize = SIZE,
    select: Select | None = None,
    plan: PlanSettings | None = None,
    rank: Rank | None = None,
    rechecks: Sequence[Recheck] = (),
    withheld: frozenset[str] = frozenset(),
    grounds: Grounds | None = None,
    too_few_officers: Mapping[str, str] | None = None,
    pins: tuple[Pin, ...] = (),
    others: Sequence[dict[str, object]] = (),
) -> Offer:
    """The offer of a district ranked in the order given; each building has the firms it counts, or those given."""
    rows = firms
    if rows is None:
        rows = [
            {"uscc": f"{b.building_id}-F{k:02d}", "building_id": b.building_id}
            for b in buildings for k in range(b.n_firms)
        ]  # fmt: skip
    ranking = pd.DataFrame(
        {"building_id": [b.building_id for b in buildings], "value": [1.0 / (k + 1) for k in range(len(buildings))]}
    )
    tables = Tables(
        {b.building_id: b for b in buildings},
        firms_table(rows),
        leads_table(leads),
        history_table(history),
        ranking,
        tuple(rechecks),
        withheld,
        too_few_officers or {},
        pins,
        valid(OTHER_INSPECTIONS, [{"inspection_id": str(k), **row} for k, row in enumerate(others)]),
    )
    half_life_days = (rank or Rank()).half_life_days
    return offer_visits(tables, DAY, size, select or Select(), plan or PlanSettings(), half_life_days, grounds)


def maker(
    buildings: Sequence[Building],
    firms: Sequence[dict[str, object]],
    *,
    capped: frozenset[str] = frozenset(),
    size: TeamSize = SIZE,
    select: Select | None = None,
    plan: PlanSettings | None = None,
) -> VisitMaker:
    groups = classes_by_building(firms_table(firms))
    by_id = {b.building_id: b for b in buildings}
    value = dict.fromkeys(by_id, 0.5)
    return VisitMaker(by_id, groups, value, capped, size, select or Select(), plan or PlanSettings())


make_building = pytest.fixture(lambda: building, scope="session")
make_firms = pytest.fixture(lambda: firms_table, scope="session")
make_leads = pytest.fixture(lambda: leads_table, scope="session")
make_history = pytest.fixture(lambda: history_table, scope="session")
make_offer = pytest.fixture(lambda: offer, scope="session")
make_maker = pytest.fixture(lambda: maker, scope="session")
day = pytest.fixture(lambda: DAY, scope="session")
