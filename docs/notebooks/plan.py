# %% [markdown]
# # Plan a day
# A plan of five teams: its stops, the visits without a team, the reason for one of them, and the map.

# %%
import folium

import sweep
from sweep.publish.map.folium_elements import LeadClusters, TeamRoutes
from sweep.publish.map.inline_leaflet import OfflineMap

scenario = sweep.Scenario.from_tables(**sweep.demo_tables(n_buildings=120), settings={"teams.n_teams": 5})
plan = sweep.plan(scenario, iterations=2_000)
plan

# %%
plan.unserved[["visit_id", "building_name", "reason"]].head(10)

# %%
why = plan.explain(plan.unserved["building_id"].iloc[0])
why.rank, why.reasons

# %% [markdown]
# A plan that was not changed by hand breaks no hard rule:

# %%
sweep.check(scenario, plan)

# %% [markdown]
# The map of the plan opens without a network:

# %%
sweep.plan_map(plan)

# %% [markdown]
# Its layers can be added to any folium map; `OfflineMap` is a `folium.Map` that needs no network.

# %%
own = OfflineMap(tiles=None)
TeamRoutes(plan.edition).add_to(own)
LeadClusters(plan.edition, show=False).add_to(own)
folium.LayerControl(collapsed=False).add_to(own)
own.fit_bounds(own.get_bounds())
own
