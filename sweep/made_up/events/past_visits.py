"""Past visits of a year: monthly random draws, campaigns, visits after leads, and the finds that closed dens."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.array_types import Int64s
from geodata.schema import TIME_DTYPE, TIMEZONE
from sweep.made_up.events.dens import YEAR_DAYS
from sweep.made_up.random_streams import pick, stream
from sweep.made_up.settings.city import SyntheticCitySettings

N_DRAWS = 12
AUTHORITIES = {
    "routine": (("market_regulation", 0.7), ("police", 0.2), ("street", 0.1)),
    "special": (("market_regulation", 0.5), ("police", 0.5)),
    "case": (("police", 0.7), ("market_regulation", 0.3)),
}
COLUMNS = ["building_id", "uscc", "day", "track", "authority", "team", "outcome", "selection_probability", "den_id"]


def make_history(
    settings: SyntheticCitySettings,
    buildings: gpd.GeoDataFrame,
    firms: pd.DataFrame,
    homes: pd.DataFrame,
    dens: pd.DataFrame,
    reported: pd.DataFrame,
) -> pd.DataFrame:
    """
    Return past visits in order of time.

    Column beyond `geodata.schema.HISTORY`: `den_id`, the den that a visit found. A visit finds a den on the day on
    which the den closes and on no other, so that no visit contradicts the truth. `firms`, `homes`: register and true
    location of each firm, as `make_firms` returns them; `reported`: leads of `make_reported`.
    """
    rng = stream(settings.seed, "history")
    found = _found_dens(settings, dens, reported, rng)
    rows = [
        _drawn(settings, buildings, rng),
        _campaigns(settings, buildings, rng),
        _after_leads(settings, dens, found, reported, rng),
    ]
    visits = _with_outcomes(settings, pd.concat(rows, ignore_index=True), homes, rng)
    parts = [visits, _visits_with_finds(found, rng), _capped(settings, firms, rng)]
    history = pd.concat([part for part in parts if len(part)], ignore_index=True)
    clock_s = rng.integers(9 * 60, 17 * 60, len(history)) * 60
    history["visited_on"] = (history["day"].dt.tz_localize(TIMEZONE) + pd.to_timedelta(clock_s, unit="s")).astype(
        TIME_DTYPE
    )
    history = history.sort_values(["visited_on", "building_id"], kind="stable", ignore_index=True)
    history.insert(0, "visit_id", [f"V{k:05d}" for k in range(1, len(history) + 1)])
    return history.drop(columns="day")


def _found_dens(
    settings: SyntheticCitySettings, dens: pd.DataFrame, reported: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw the closed dens that a visit found; column `has_lead`: whether a reported lead came before the visit."""
    closed_on = reported["den_id"].map(dict(zip(dens["den_id"], dens["closed_on"], strict=True)))
    is_before = reported["received_at"].dt.tz_localize(None) < pd.to_datetime(closed_on)
    dens = dens.assign(has_lead=dens["den_id"].isin(reported.loc[is_before, "den_id"]))
    plan = settings.history
    share = np.where(dens["has_lead"], plan.found_after_lead_share, plan.found_by_chance_share)
    return dens[dens["closed_on"].notna() & (rng.random(len(dens)) < share)]


def _working_days(settings: SyntheticCitySettings, days_ago: Int64s) -> NDArray[np.datetime64]:
    """Return the days `days_ago` before the sweep, moved back to a working day within the year."""
    day = np.datetime64(settings.day, "D")
    back = np.busday_offset(day - days_ago.astype("timedelta64[D]"), 0, roll="backward")
    first = np.busday_offset(day - np.timedelta64(YEAR_DAYS, "D"), 0, roll="forward")
    return np.asarray(np.maximum(back, first))


def _visits(building_ids: list[str], days: NDArray[np.datetime64], track: str) -> pd.DataFrame:
    visits = pd.DataFrame({"building_id": building_ids, "day": pd.to_datetime(days), "track": track})
    return visits.astype({"day": "datetime64[us]"})


def _drawn(settings: SyntheticCitySettings, buildings: gpd.GeoDataFrame, rng: np.random.Generator) -> pd.DataFrame:
    base = settings.history.routine_per_building / N_DRAWS
    probabilities = np.round(np.clip(base * rng.uniform(0.7, 1.3, N_DRAWS), 0.0, 1.0), 4)
    is_drawn = rng.random((N_DRAWS, len(buildings))) < probabilities[:, None]
    month, place = np.nonzero(is_drawn)
    days_ago = 1 + (month * YEAR_DAYS) // N_DRAWS + rng.integers(0, 28, len(month))
    visits = _visits(buildings["building_id"].to_numpy()[place].tolist(), _working_days(settings, days_ago), "routine")
    return visits.assign(selection_probability=probabilities[month])


def _campaigns(settings: SyntheticCitySettings, buildings: gpd.GeoDataFrame, rng: np.random.Generator) -> pd.DataFrame:
    n_each = round(settings.history.special_per_building * len(buildings) / settings.history.n_campaigns)
    chances = np.sqrt(buildings["n_firms"].to_numpy(dtype=float))
    ids: list[str] = []
    days_ago: list[int] = []
    for _ in range(settings.history.n_campaigns):
        places = rng.choice(len(buildings), size=min(n_each, len(buildings)), replace=False, p=chances / chances.sum())
        ids += buildings["building_id"].to_numpy()[places].tolist()
        days_ago += (int(rng.integers(10, YEAR_DAYS - 30)) + rng.integers(0, 21, len(places))).tolist()
    return _visits(ids, _working_days(settings, np.array(days_ago, dtype=np.int64)), "special")


def _after_leads(
    settings: SyntheticCitySettings,
    dens: pd.DataFrame,
    found: pd.DataFrame,
    reported: pd.DataFrame,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw case visits without a find: the lead was noise, its den had closed, or the visit missed an open den."""
    plan = settings.history
    events = reported.drop_duplicates("event")
    is_open = events["den_id"].isin(dens.loc[dens["closed_on"].isna(), "den_id"])
    is_found = events["den_id"].isin(found["den_id"])
    chance = np.where(is_found, 0.0, np.where(is_open, plan.missed_share, plan.case_share))
    received_ago = (pd.Timestamp(settings.day) - events["received_at"].dt.tz_localize(None).dt.floor("D")).dt.days
    days_ago = received_ago.to_numpy() - rng.integers(1, 11, len(events))
    goes = (rng.random(len(events)) < chance) & (days_ago > 0)
    ids = events.loc[goes, "true_building_id"].tolist()
    return _visits(ids, _working_days(settings, days_ago[goes]), "case")


def _with_outcomes(
    settings: SyntheticCitySettings, visits: pd.DataFrame, homes: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    plan = settings.history
    irregular = visits["track"].map(dict(plan.irregular_share)).to_numpy(dtype=float)
    draw = rng.random(len(visits))
    outcome = np.where(draw < irregular, "irregular", "nothing")
    outcome = np.where(draw >= 1.0 - plan.no_access_share, "no_access", outcome)
    rows = homes.groupby("building_id").indices
    codes = homes["uscc"].to_numpy()
    firm = [str(codes[rng.choice(rows[building_id])]) for building_id in visits["building_id"]]
    has_firm = rng.random(len(visits)) < plan.firm_share
    return visits.assign(
        authority=[str(pick(rng, AUTHORITIES[track], 1)[0]) for track in visits["track"]],
        team=None,
        outcome=outcome,
        uscc=pd.Series(firm, index=visits.index).where(pd.Series(has_firm, index=visits.index)),
        den_id=None,
    )[COLUMNS]


def _visits_with_finds(found: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    visits = _visits(found["building_id"].tolist(), found["closed_on"].to_numpy(), "case")
    return visits.assign(
        track=np.where(found["has_lead"], "case", "special"),
        authority=pick(rng, AUTHORITIES["case"], len(found)),
        team=None,
        outcome="find",
        uscc=found["uscc"].tolist(),
        den_id=found["den_id"].tolist(),
        selection_probability=np.nan,
    )[COLUMNS]


def _capped(settings: SyntheticCitySettings, firms: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Draw visits in the sweep's calendar year that bring a few firms to their yearly cap (C06)."""
    known = firms[firms["building_id"].notna()]
    n = min(settings.history.n_capped_firms, len(known))
    chosen = known.iloc[rng.choice(len(known), size=n, replace=False)]
    caps = chosen["credit_class"].map(dict(settings.history.annual_cap)).to_numpy(dtype=int)
    so_far = (settings.day - date(settings.day.year, 1, 1)).days
    if so_far < 1 or n == 0:
        return pd.DataFrame(columns=COLUMNS)
    days_ago = rng.integers(1, so_far + 1, int(caps.sum()))
    visits = _visits(np.repeat(chosen["building_id"].to_numpy(), caps).tolist(), _working_days(settings, days_ago), "")
    irregular = dict(settings.history.irregular_share)["special"]
    return visits.assign(
        track="special",
        authority="market_regulation",
        team=None,
        outcome=np.where(rng.random(len(visits)) < irregular, "irregular", "nothing"),
        uscc=np.repeat(chosen["uscc"].to_numpy(), caps),
        den_id=None,
        selection_probability=np.nan,
    )[COLUMNS]
