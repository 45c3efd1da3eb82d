"""Sound files of each format, small, for the fuzzer to break."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd

OSM = """<?xml version='1.0'?><osm version="0.6">
<node id="1" lat="36.0" lon="117.0" version="1"/><node id="2" lat="36.01" lon="117.0" version="1"/>
<node id="3" lat="36.01" lon="117.01" version="1"><tag k="entrance" v="main"/></node>
<way id="8" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/>
<tag k="building" v="office"/><tag k="building:levels" v="5"/><tag k="name" v="甲"/></way>
<way id="9" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="maxspeed" v="60"/></way>
<relation id="7" version="1"><member type="way" ref="8" role="outer"/><tag k="type" v="multipolygon"/>
<tag k="natural" v="water"/></relation></osm>"""


def write_seeds(place: Path) -> None:
    """Write them to `seeds` in the folder of `use_everything`."""
    folder = place / "seeds"
    folder.mkdir()
    leads = pd.read_csv(place / "plain" / "leads.csv", dtype=str).head(12)
    leads.to_csv(folder / "leads.csv", index=False)
    leads.to_excel(folder / "leads.xlsx", index=False)
    points = gpd.GeoDataFrame(leads, geometry=gpd.points_from_xy([117.0] * len(leads), [36.0] * len(leads)), crs=4326)
    points.to_parquet(folder / "leads.parquet")
    parts = folder / "parts"
    parts.mkdir()
    points.to_file(parts / "leads.shp", encoding="utf-8")
    shutil.make_archive(str(folder / "leads"), "zip", parts)
    shutil.rmtree(parts)
    gpd.read_file(place / "plain" / "buildings.gpkg").head(4).to_file(folder / "buildings.geojson")
    (folder / "city.osm").write_text(OSM, encoding="utf-8")
    plan = json.loads(next((place / "out" / "tiny").glob("*/plan.json")).read_text(encoding="utf-8"))
    team = plan["teams"][0]
    stop = next(s for r in plan["routes"] for s in r["stops"])
    events = [
        {"type": "held", "team_id": team["team_id"], "until": "15:30"},
        {"type": "ill", "person_id": plan["teams"][1]["member_ids"][0]},
        {"type": "closed", "from_id": team["base_id"], "to_id": stop["building_id"], "minutes": 20},
        {"type": "locked", "visit_id": stop["visit_id"], "until": "16:00"},
        {"type": "urgent", "visit_id": "U1", "building_id": "B0001", "value": 1.0, "minutes": 10, "is_must": False},
    ]
    (folder / "events.json").write_text(json.dumps({"events": events}), encoding="utf-8")
