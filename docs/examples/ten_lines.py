"""Ranks and plans a made-up city, lists the stops, draws the map: `uv run python docs/examples/ten_lines.py`."""

import sweep

scenario = sweep.Scenario.from_tables(**sweep.demo_tables(n_buildings=60), settings={"teams.n_teams": 4})
ranking = sweep.rank(scenario)
print(ranking.buildings[["rank", "building_id", "n_leads", "value_per_hour"]].head())
print(ranking.explain("B0012"))
plan = sweep.plan(scenario, time_limit=5, seed=1)
print(f"{plan.value:.2f} expected finds; objective {plan.objective:.2f} of at most {plan.bound:.2f}")
print(plan.stops[["team_id", "number", "building_name", "start_at"]])
print(plan.unserved[["visit_id", "reason"]].head())
sweep.plan_map(plan).save("map.html")
