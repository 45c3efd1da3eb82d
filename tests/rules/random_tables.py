"""Tables of a random small district, as the clean and match stages would hand them on."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.schema import FIRMS, HISTORY, LEAD_TYPES, LEADS, TIMEZONE
from sweep.records.buildings import Building
from sweep.records.people import Base, Person
from sweep.records.visits import Recheck
from tests.tables import typed

HERE, THERE = "370102", "370103"
SHIFT_S = (48_600, 63_000)
_CLASSES = ("A", "B", "C", "D", None)

type Rng = np.random.Generator


def random_buildings(rng: Rng) -> dict[str, Building]:
    """Five to nine towers within some kilometres, now and then two of one complex."""
    n = int(rng.integers(5, 10))
    n_firms = rng.integers(2, 13, n)
    return {
        f"B{k}": Building(
            building_id=f"B{k}", name=f"Tower {k}", address="",
            division_code=THERE if rng.random() < 0.25 else HERE,
            complex_id=f"K{k // 2}" if rng.random() < 0.4 else None,
            property_company_id=f"PC{k % 3}", landlord_id=f"LL{k % 4}" if rng.random() < 0.7 else None,
            n_floors=10, n_exits=int(rng.integers(1, 4)), n_firms=int(n_firms[k]), floor_area_m2=900.0 * (k + 1),
            lon=117.0 + 0.03 * float(rng.random()), lat=36.6 + 0.02 * float(rng.random()),
        )
        for k in range(n)
    }  # fmt: skip


def random_bases() -> dict[str, Base]:
    return {"S1": Base("S1", "One", HERE, 117.0, 36.6), "S2": Base("S2", "Two", THERE, 117.03, 36.62)}


def random_firms(rng: Rng, buildings: dict[str, Building]) -> pd.DataFrame:
    """As many active firms as each building counts; some in dwellings."""
    blank = dict.fromkeys(FIRMS.columns) | {"reg_status": "存续"}
    rows = [
        blank
        | {
            "uscc": f"F-{b}-{k}", "firm_name": f"firm {b} {k}", "building_id": b,
            "credit_class": _CLASSES[int(rng.integers(0, 5))], "unit_use": "dwelling" if rng.random() < 0.05 else None,
        }
        for b, building in buildings.items() for k in range(building.n_firms)
    ]  # fmt: skip
    return typed(FIRMS, rows)


def random_leads(rng: Rng, buildings: dict[str, Building], day: date) -> pd.DataFrame:
    """None to two at each building, some of them old, some with a firm or a date of their own."""
    morning = pd.Timestamp(day, tz=TIMEZONE)
    blank = dict.fromkeys(LEADS.columns) | {"lead_source": "reported"}
    rows = []
    shares = (0.35, 0.4, 0.25) if rng.random() < 0.6 else (0.75, 0.2, 0.05)
    for b, building in buildings.items():
        for k in range(int(rng.choice([0, 1, 2], p=shares))):
            kind = str(rng.choice(LEAD_TYPES))
            most = 6.0 if kind in ("goip", "sim_bank") else 60.0
            due = morning + pd.Timedelta(hours=float(rng.integers(0, 72)))
            row = {
                "lead_id": f"L-{b}-{k}", "building_id": b, "lead_type": kind,
                "received_at": morning - pd.Timedelta(minutes=int(rng.integers(60, int(most * 1_440)))),
                "due_at": due if rng.random() < 0.1 else None,
                "uscc": f"F-{b}-{int(rng.integers(0, building.n_firms))}" if rng.random() < 0.4 else None,
            }  # fmt: skip
            rows.append(blank | row)
    return typed(LEADS, rows).assign(unit=None, floor_label=None)


def random_history(rng: Rng, buildings: dict[str, Building], people: list[str], day: date) -> pd.DataFrame:
    """Up to eight past visits, by two officers each, of the last months."""
    morning, rows = pd.Timestamp(day, tz=TIMEZONE), []
    blank = dict.fromkeys(HISTORY.columns)
    for k in range(int(rng.integers(0, 9))):
        b = str(rng.choice(list(buildings)))
        row = {
            "visit_id": f"H{k}", "building_id": b, "uscc": f"F-{b}-{int(rng.integers(0, buildings[b].n_firms))}",
            "visited_on": morning - pd.Timedelta(days=int(rng.integers(1, 120)), hours=-10),
            "track": str(rng.choice(["routine", "case", "special", "stocktake"], p=[0.5, 0.3, 0.1, 0.1])),
            "authority": str(rng.choice(["police", "market_regulation"])), "outcome": "nothing",
            "ground": str(rng.choice(["complaint", "recheck"])) if rng.random() < 0.2 else None,
            "officers": ";".join(map(str, rng.choice(people, 2, replace=False))) if rng.random() < 0.6 else None,
        }  # fmt: skip
        rows.append(blank | row)
    return typed(HISTORY, rows)


def random_people(rng: Rng, n_teams: int, day: date) -> dict[str, Person]:
    """Enough for so many teams as a rule: police, inspectors of two districts, helpers; some without what is needed."""
    n_police, n_inspectors = int(rng.integers(4, 7)) * n_teams, 2 * n_teams + int(rng.integers(2, 5))
    kinds = [("P", n_police), ("M", n_inspectors), ("A", int(rng.integers(0, 2 * n_teams + 1)))]
    facts = {"P": ("police", "officer"), "M": ("market_regulation", "inspector"), "A": ("police", "auxiliary")}
    n_there = 2 if rng.random() < 0.8 else 0
    found = {}
    for kind, n in kinds:
        for k in range(n):
            is_there = kind == "M" and k < n_there
            expires = day if rng.random() > 0.04 else date.fromordinal(day.toordinal() - 1)
            found[f"{kind}{k:02d}"] = Person(
                person_id=f"{kind}{k:02d}", agency=facts[kind][0], role=facts[kind][1],
                certificate_until=None if kind == "A" else expires, is_female=bool(rng.random() < 0.55),
                base_id="S2" if is_there else "S1", division_code=THERE if is_there else HERE,
                shift_s=SHIFT_S if rng.random() < 0.5 else (46_800, 64_800), recusals=_recusals(rng),
                skills=frozenset({"recorder"}) if rng.random() < 0.5 else frozenset(),
            )  # fmt: skip
    return found


def _recusals(rng: Rng) -> frozenset[str]:
    """One person of eight keeps away from a building, a company, a landlord or a firm."""
    k = int(rng.integers(0, 5))
    keys = (f"B{k}", f"PC{k % 3}", f"LL{k % 4}", f"F-B{k}-0")
    return frozenset({str(rng.choice(keys))}) if rng.random() < 0.12 else frozenset()


def random_rechecks(rng: Rng, buildings: dict[str, Building], day: date) -> tuple[Recheck, ...]:
    """Items open and due in four days out of ten, now and then of one firm in two buildings."""
    if rng.random() > 0.4:
        return ()
    opened, due = date.fromordinal(day.toordinal() - 8), date.fromordinal(day.toordinal() - 1)
    b, other = (str(i) for i in rng.choice(list(buildings), 2, replace=False))
    uscc = f"F-{b}-{int(rng.integers(0, buildings[b].n_firms))}"
    places = (b, other) if rng.random() < 0.3 else (b,)
    return tuple(Recheck(f"R-1-{here}-{uscc}", here, uscc, "", "rectify", opened, due) for here in places)


def outlines(buildings: dict[str, Building]) -> gpd.GeoDataFrame:
    """What the stages after ranking need of the table of buildings: nothing but the ids."""
    return gpd.GeoDataFrame({"building_id": list(buildings)})
