# %% [markdown]
# # Plan a campaign
# Four weeks of the made-up city are planned together, and checked.

# %%
from pathlib import Path
from tempfile import mkdtemp

import pandas as pd

import sweep.campaign

folder, out = Path("scenarios/quancheng_campaign"), Path(mkdtemp())
settings = {"solver.iterations": "200"}
window = sweep.campaign.plan(folder, out, settings=settings)
record = window.record
f"{record.value:.2f} expected finds, at most {record.bound:.2f}; days until {record.freeze_until} are published"

# %% [markdown]
# The visits of each day:

# %%
pd.DataFrame([(day.day, len(day.visits)) for day in record.days], columns=["day", "visits"])

# %% [markdown]
# The checker judges all days together, without the planner:

# %%
sweep.campaign.check(folder, out, settings=settings).violations
