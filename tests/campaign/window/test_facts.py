"""Whom a promise covers, by a column of the buildings as it stands in their table."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sweep.campaign.read_campaign_file import load_campaign
from sweep.campaign.window.load_campaign import load_for

SCENARIO = """name = "p"
day = 2026-09-16
lang = "en"
[data]
anywhere = true
buildings = "places.csv"
history = "before.csv"
"""
CAMPAIGN = """name = "p"
first_day = 2026-09-14
last_day = 2026-12-31
[promises.floor_area_m2]
800 = 30
"812.5" = 60
"""


def test_a_promise_on_a_column_of_numbers_covers_the_buildings_with_that_number(tmp_path: Path) -> None:
    places = "building_id,lon,lat,floor_area_m2\nB1,117.0,36.6,800\nB2,117.1,36.6,812.5\nB3,117.2,36.6,900\n"
    (tmp_path / "places.csv").write_text(places, encoding="utf-8")
    visits = "visit_id,building_id,visited_on,outcome\nV1,B1,2026-08-20,nothing\n"
    (tmp_path / "before.csv").write_text(visits, encoding="utf-8")
    (tmp_path / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "campaign.toml").write_text(CAMPAIGN, encoding="utf-8")
    due = load_for(load_campaign(tmp_path), date(2026, 9, 16)).dues()
    assert {b: d.promise.days for b, d in due.items()} == {"B1": 30, "B2": 60}
