"""Leads that past visits turned up, and the numbered table of all leads."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.city.chance import pick, stream
from geodata.city.events.lead_places import with_places
from geodata.city.events.leads import fronts_of
from geodata.city.settings.city import CitySettings
from geodata.schema import TIMEZONE

COLUMNS = [
    "lead_id",
    "event_id",
    "lead_type",
    "lead_source",
    "received_at",
    "due_at",
    "address",
    "building_id",
    "uscc",
    "lon",
    "lat",
]


def make_discovered(
    settings: CitySettings,
    buildings: gpd.GeoDataFrame,
    homes: pd.DataFrame,
    dens: pd.DataFrame,
    history: pd.DataFrame,
) -> pd.DataFrame:
    """Leads found in the course of visits that found something, of the same form as the reported ones."""
    rng = stream(settings.seed, "discovered leads")
    visits = history[history["outcome"].isin(["find", "irregular"])]
    n = round(settings.n_leads * settings.leads.discovered_share) if len(visits) else 0
    chosen = visits.iloc[rng.integers(0, max(len(visits), 1), n)].reset_index(drop=True)
    type_of = dict(zip(dens["den_id"], dens["lead_type"], strict=True))
    other = pick(rng, settings.leads.types, n)
    delay = pd.to_timedelta(rng.integers(600, 6 * 3_600, n), unit="s")
    leads = pd.DataFrame(
        {
            # Beyond any reported event's number.
            "event": np.arange(n) + settings.n_leads,
            "lead_type": [
                type_of.get(den_id, lead_type) for den_id, lead_type in zip(chosen["den_id"], other, strict=True)
            ],
            "den_id": chosen["den_id"],
            "true_building_id": chosen["building_id"],
            "received_at": chosen["visited_on"] + delay,
            "lead_source": "discovered",
        }
    )
    leads["front"] = fronts_of(leads["den_id"], dens)
    return with_places(settings, leads, buildings, homes, rng)


def numbered(settings: CitySettings, parts: list[pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table of leads in order of receipt, and which of them came from which den."""
    rng = stream(settings.seed, "lead numbers")
    leads = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    leads = leads.sort_values(["received_at", "event"], kind="stable", ignore_index=True)
    leads.insert(0, "lead_id", [f"L{k:04d}" for k in range(1, len(leads) + 1)])
    number = pd.factorize(leads["event"])[0] + 1
    untied = rng.random(len(leads)) < settings.leads.no_event_id_share
    leads["event_id"] = [None if u else f"E{k:04d}" for k, u in zip(number, untied, strict=True)]
    leads["due_at"] = _due(settings, leads)
    truth = leads.loc[leads["den_id"].notna(), ["lead_id", "den_id"]].reset_index(drop=True)
    return leads[COLUMNS], truth


def _due(settings: CitySettings, leads: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    """So many working days later at the same hour; urgent types so many hours later."""
    received = leads["received_at"]
    local = received.dt.tz_localize(None)
    days = np.busday_offset(local.to_numpy().astype("datetime64[D]"), settings.leads.due_working_days, roll="backward")
    later = pd.Series(pd.to_datetime(days), index=leads.index) + (local - local.dt.floor("D"))
    urgent = received + pd.Timedelta(hours=settings.leads.urgent_hours)
    is_urgent = leads["lead_type"].isin(settings.leads.urgent_types)
    due: pd.Series[pd.Timestamp] = later.dt.tz_localize(TIMEZONE).where(~is_urgent, urgent).dt.as_unit("us")
    return due
