"""A small record of a campaign, with a name that tries to run."""

from __future__ import annotations

from datetime import date, timedelta

import geopandas as gpd
from shapely.geometry import LineString

from geodata.schema import CRS
from sweep.campaign.records import (
    CampaignRecord,
    CapPart,
    LoadPart,
    MovePart,
    PromisePart,
    QuarterPart,
    SharePart,
    UnservedVisitPart,
    WeekPart,
)
from sweep.records.buildings import Building
from tests.campaign.check.small_campaign import THU, TUE, days
from tests.campaign.model.small_record import record

EVIL = "<img src=x onerror=alert(1)>大厦"
PLACES = tuple(
    Building(
        building_id=f"B{k}",
        name=EVIL if k == 1 else f"{k}号楼",
        address="",
        division_code="370102",
        complex_id=None,
        property_company_id=None,
        n_floors=9,
        n_exits=2,
        n_firms=1,
        floor_area_m2=9_000.0,
        lon=117.0 + k / 500,
        lat=36.66 + k / 900,
    )
    for k in range(1, 9)
)
CLASSES = {f"B{k}": "D" if k % 2 else "A" for k in range(1, 9)}
STREETS = gpd.GeoDataFrame({"highway": ["primary"]}, geometry=[LineString([(117.0, 36.66), (117.02, 36.67)])], crs=CRS)
NAMES = {"370102": "历下区"}
# A Monday, six weeks before the window.
FIRST = date(2026, 8, 3)
# B2 was looked at in June; B5 on the third day and on the thirty-eighth, with a promise of 30 days: 37 + 30 = 67.
LOOKS = {"B2": (-63,), "B5": (2, 37)}
EXPECTED = {"expected": 0.8, "low": 0.0, "high": 2.0, "leads_expected": 3.5, "leads_low": 1.0, "leads_high": 7.0}


def small_record() -> CampaignRecord:
    """Two days, one of them published; a bit of everything beside them."""
    tuesday, thursday = days()
    weeks = [FIRST + timedelta(days=7 * k) for k in range(6)]
    return record(
        (tuesday.model_copy(update={"is_published": True, "plan_id": "abc123def456"}), thursday),
        TUE,
        first_day=FIRST,
        bound=1.2,
        gap=1 / 6,
        left=(UnservedVisitPart(building_id="B1", track="case", value=0.02, urgency=0.0, reason="NO_TIME"),),
        promises=(
            PromisePart(
                key="credit_class",
                value="D",
                days=180,
                n_buildings=4,
                n_kept=2,
                n_late=1,
                n_at_risk=1,
                p50=0,
                p90=3,
                p99=9,
                needs_per_day=1.5,
            ),
        ),
        caps=(
            CapPart(
                year=2026,
                authority="police",
                credit_class="B",
                most=2,
                n_firms=10,
                n_done=3,
                n_planned=1,
                n_left=16,
                n_full=1,
            ),
        ),
        moves=(MovePart(building_id="B1", before=TUE, after=THU, is_frozen=True, why="moved"),),
        districts=(share("370102"),),
        classes=(share("none"),),
        load=(LoadPart(person_id="P1", n_days=2, hours=8.0),),
        weeks=tuple(
            WeekPart(week=w, n_visits=9, n_finds=k % 2, n_leads=4, **(EXPECTED if k else {}))
            for k, w in enumerate(weeks)
        ),
        quarters=(QuarterPart(quarter="2026Q2", n_drawn=20, n_found=2, share=0.1, low=0.02, high=0.3),),
        looks=LOOKS,
        due={"B1": date(2026, 9, 1), "B2": date(2026, 11, 28), "B5": FIRST + timedelta(days=67)},
    )


def share(group: str) -> SharePart:
    """Coverage of a group of all buildings."""
    return SharePart(group=group, n_buildings=8, n_looked=1, n_planned=4, n_never=2, n_never_planned=4)
