"""Bases and the roster: shifts, certificates and recusals of the staff."""

from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.array_types import Int64s
from geodata.clock_times import seconds_of
from geodata.schema import TIME_DTYPE, TIMEZONE
from sweep.made_up.places.city_projection import district_of, to_lonlat
from sweep.made_up.places.streets import ARTERIAL, SECONDARY, StreetNet
from sweep.made_up.random_streams import random_flags, split, stream
from sweep.made_up.settings.city import PeopleSettings, SyntheticCitySettings


def make_bases(settings: SyntheticCitySettings, net: StreetNet) -> pd.DataFrame:
    """Return one police station and one market-regulation office in each district, on a street near its centre."""
    rng = stream(settings.seed, "bases")
    starts = net.nodes_m[[p.start for p in net.pieces]]
    home = district_of(settings.districts, starts)
    rows: list[tuple[str, str, str, float, float]] = []
    for index, district in enumerate(settings.districts):
        gap_m = np.hypot(starts[:, 0] - district.x_m, starts[:, 1] - district.y_m)
        for ending, highway in (("派出所", SECONDARY), ("市场监督管理所", ARTERIAL)):
            is_fit = np.array([p.highway == highway for p in net.pieces]) & (home == index) & (gap_m < 2_500.0)
            piece = net.pieces[int(rng.choice(np.flatnonzero(is_fit)))]
            point = net.nodes_m[piece.start] + 0.4 * (net.nodes_m[piece.end] - net.nodes_m[piece.start])
            (lon, lat) = to_lonlat(settings, point[None, :])[0]
            rows.append((f"S{len(rows) + 1:02d}", piece.name + ending, district.code, float(lon), float(lat)))
    return pd.DataFrame(rows, columns=["base_id", "base_name", "division_code", "lon", "lat"])


def make_roster(
    settings: SyntheticCitySettings, buildings: gpd.GeoDataFrame, firms: pd.DataFrame, bases: pd.DataFrame
) -> pd.DataFrame:
    """
    Return the roster, one row for each person of the staff.

    Each group of staff (one role of an agency) has its own random stream, so its size does not change the other groups.
    `bases`: police station and market-regulation office of each district in turn, as `make_bases` returns them.
    """
    stock = [d.stock for d in settings.districts]
    n_grid = settings.n_auxiliary // 2
    groups = (
        ("P", "police", "officer", split(settings.n_police, stock)),
        ("M", "market_regulation", "inspector", _market_regulation_by_district(settings)),
        ("A", "police", "auxiliary", split(settings.n_auxiliary - n_grid, stock)),
        ("G", "street", "grid_member", split(n_grid, stock)),
    )
    parts = [_group(settings, *group, buildings, firms, bases) for group in groups]
    return pd.concat(parts, ignore_index=True)


def _market_regulation_by_district(settings: SyntheticCitySettings) -> list[int]:
    """Return the number of market-regulation officers by district; even, for pairs, but perhaps odd in the first."""
    even, stock = settings.people.even_share, [d.stock for d in settings.districts]
    weights = [even / len(stock) + (1.0 - even) * s / sum(stock) for s in stock]
    pairs = [2 * half for half in split(settings.n_market_regulation // 2, weights)]
    pairs[0] += settings.n_market_regulation % 2
    return pairs


def _group(
    settings: SyntheticCitySettings,
    letter: str,
    agency: str,
    role: str,
    n_by_district: list[int],
    buildings: gpd.GeoDataFrame,
    firms: pd.DataFrame,
    bases: pd.DataFrame,
) -> pd.DataFrame:
    plan = settings.people
    rng = stream(settings.seed, f"roster {role}")
    n = sum(n_by_district)
    district = np.repeat(np.arange(len(n_by_district)), n_by_district)
    # Bases are ordered in pairs, police first; street staff start from the market-regulation office.
    base_ids = bases["base_id"].to_numpy()[2 * district + (agency != "police")]
    shift = rng.choice(len(plan.shifts), size=n, p=np.array([s[2] for s in plan.shifts]))
    is_certified = role in ("officer", "inspector")
    until = _certificates(plan, settings.day, n, rng) if is_certified else [None] * n
    return pd.DataFrame(
        {
            "person_id": [f"{letter}{k:03d}" for k in range(1, n + 1)],
            "agency": agency,
            "role": role,
            "certificate_until": pd.Series(until, dtype=TIME_DTYPE),
            "is_female": random_flags(rng, n, plan.female_share),
            "base_id": base_ids,
            "division_code": [settings.districts[k].code for k in district],
            "shift_start_s": pd.Series([seconds_of(plan.shifts[k][0]) for k in shift], dtype="int64"),
            "shift_end_s": pd.Series([seconds_of(plan.shifts[k][1]) for k in shift], dtype="int64"),
            "recusals": _recusals(plan, n, buildings, firms, rng),
            # Every police officer carries a body recorder (执法记录仪).
            "skills": "recorder" if role == "officer" else None,
        }
    )


def _certificates(plan: PeopleSettings, day: date, n: int, rng: np.random.Generator) -> list[pd.Timestamp | None]:
    is_expired = random_flags(rng, n, plan.expired_share)
    days: Int64s = np.where(is_expired, -rng.integers(5, 200, n), rng.integers(20, 5 * 365, n))
    return [pd.Timestamp(day + timedelta(days=int(k)), tz=TIMEZONE) for k in days]


def _recusals(
    plan: PeopleSettings, n: int, buildings: gpd.GeoDataFrame, firms: pd.DataFrame, rng: np.random.Generator
) -> list[str | None]:
    """Draw each person's recusals (C10): ids of firms, buildings or property companies; None for most people."""
    pools = [firms["uscc"], buildings["building_id"], buildings["property_company_id"]]
    recusals: list[str | None] = []
    for is_recused in random_flags(rng, n, plan.recused_share):
        n_ids = int(rng.integers(1, 4)) if is_recused else 0
        kinds = rng.choice(3, size=n_ids, p=[0.5, 0.3, 0.2])
        ids = {str(pools[k].iloc[int(rng.integers(len(pools[k])))]) for k in kinds}
        recusals.append(";".join(sorted(ids)) or None)
    return recusals
