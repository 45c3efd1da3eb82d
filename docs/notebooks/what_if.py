# %% [markdown]
# # What if there were more teams?
# Each combination of some settings is planned; then two plans are compared figure by figure.

# %%
import sweep

settings = {"solver.iterations": 500, "teams.reserve_share": 0.0}
scenario = sweep.Scenario.from_tables(**sweep.demo_tables(n_buildings=60), settings=settings)
grid = sweep.what_if(scenario, {"teams.n_teams": range(2, 6)})
grid[["teams.n_teams", "n_served", "value", "bound", "gap"]]

# %% [markdown]
# The value of one more team falls with the number of teams:

# %%
grid.set_index("teams.n_teams")["value"].diff().round(3)

# %%
few, many = (sweep.plan(scenario.with_settings({"teams.n_teams": n})) for n in (2, 4))
sweep.compare(few, many).T
