# %% [markdown]
# # Rank buildings
# Tables of a made-up city lead to a ranking, its reasons and a backtest. Replace `demo_tables()` with your own tables.

# %%
import sweep

scenario = sweep.Scenario.from_tables(**sweep.demo_tables(n_buildings=120))

# %% [markdown]
# Errors, rows that are not used, and warnings:

# %%
sweep.validate(scenario)

# %%
ranking = sweep.rank(scenario)
ranking

# %% [markdown]
# The terms whose sum is the value of the first building:

# %%
ranking.explain(ranking.buildings["building_id"].iloc[0])

# %% [markdown]
# The ranking as a GeoDataFrame: outlines with values, for any tool that draws maps.

# %%
ranking.to_geodataframe()[["rank", "building_id", "value_per_hour", "geometry"]].head()

# %% [markdown]
# On past days, each ranked from earlier data only: does the ranking find more than simpler ones?

# %%
sweep.backtest(scenario).summary
