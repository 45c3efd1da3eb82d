"""Ranks a scenario, draws its clusters, plans its day, lists the stops: `uv run python docs/examples/ten_lines.py`."""

from pathlib import Path

import folium
import shapely

from geodata.day_times import clock
from sweep.inputs.load import load_inputs
from sweep.jobs.stages.plan_day import make_problem, plan
from sweep.jobs.stages.prepared import rank_and_select
from sweep.publish.map.leaflet import OfflineMap
from sweep.scenario.load_scenario import load_scenario

scenario = load_scenario(Path("quancheng"))
prepared = rank_and_select(scenario, load_inputs(scenario))
places, sheet = prepared.ranked.buildings, OfflineMap(tiles=None, attributionControl=False)
for cluster in prepared.ranked.clusters:
    points = shapely.MultiPoint([(places[i].lon, places[i].lat) for i in cluster.building_ids])
    folium.GeoJson(points.convex_hull.buffer(0.0003), tooltip=cluster.cluster_id).add_to(sheet)
sheet.fit_bounds(sheet.get_bounds())
sheet.save("clusters.html")
for route in plan(prepared, make_problem(prepared)).routes:
    print(route.team_id, *(f"{clock(stop.start_s)} {stop.building_id}" for stop in route.stops))
