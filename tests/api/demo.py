"""Twelve buildings with firms, leads, people and a base as tables in memory, in order."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

N = 12
DAY = "2026-09-16"
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc(k: int) -> str:
    """A unified social credit code with its check character (GB 32100-2015)."""
    body = f"91370102MA{k:07d}"
    total = sum(_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + _ALPHABET[-total % 31]


def tables() -> dict[str, Any]:
    """Arguments of `Scenario.from_tables`; the rows of leads are labelled a, b, c ..."""
    ids = [f"B{k:02d}" for k in range(N)]
    shapes = [shapely.box(x - 2e-4, 36.66, x + 2e-4, 36.6604) for x in (116.99 + 2e-3 * k for k in range(N))]
    buildings = gpd.GeoDataFrame(
        {
            "building_id": ids,
            "building_name": [f"云峰大厦{k + 1}号楼" for k in range(N)],
            "address": [f"帆州市明湖路{k + 1}号" for k in range(N)],
            "division_code": "370102",
            "n_floors": 10,
            "n_exits": 2,
            "floor_area_m2": 8_000.0,
        },
        geometry=shapes,
        crs="EPSG:4326",
    )
    leads = pd.DataFrame(
        {
            "lead_id": [f"L{k}" for k in range(N)],
            "lead_type": "fake_loan",
            "lead_source": "reported",
            "received_at": pd.Timestamp("2026-09-10 10:00", tz="Asia/Shanghai"),
            "building_id": ids,
        },
        index=list("abcdefghijkl"),
    )
    firms = pd.DataFrame(
        {
            "uscc": [uscc(k) for k in range(N)],
            "firm_name": [f"帆州云峰{k + 1}号信息科技有限公司" for k in range(N)],
            "reg_address": [f"帆州市明湖路{k + 1}号3层" for k in range(N)],
            "building_id": ids,
        }
    )
    roster = pd.DataFrame(
        {
            "person_id": [f"P{k:02d}" for k in range(N)],
            "agency": ["police"] * 8 + ["market_regulation"] * 4,
            "role": ["officer"] * 8 + ["inspector"] * 4,
            "certificate_until": pd.Timestamp("2027-12-31"),
            "is_female": [k % 2 == 0 for k in range(N)],
            "base_id": "S1",
            "division_code": "370102",
            "shift_start_s": 46_800,
            "shift_end_s": 64_800,
            "skills": "recorder",
        }
    )
    bases = pd.DataFrame(
        {"base_id": ["S1"], "base_name": ["示例派出所"], "division_code": ["370102"], "lon": [117.0], "lat": [36.661]}
    )
    return {"day": DAY, "buildings": buildings, "leads": leads, "firms": firms, "roster": roster, "bases": bases}
