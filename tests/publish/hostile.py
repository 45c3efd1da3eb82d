"""The small edition with sixty buildings more, every text of which is a payload; all are stops of one team."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import pandas as pd
from shapely.geometry import LineString, Point

from geodata.errors import Issue
from geodata.schema import CRS
from sweep.publish.edition import Edition
from sweep.records.buildings import Building, Firm
from sweep.records.draw import DrawTicket
from sweep.records.plan import Reason, Stop, Unserved
from sweep.records.visits import Slot, Visit
from tests.publish.payloads import PAYLOADS
from tests.publish.small_edition import BASE, OFFICERS, small_edition


def hostile_edition() -> Edition:
    """Each payload is a building's name and address, a firm's name, floor and unit, a lead and a base's name."""
    calm = small_edition()
    n = len(PAYLOADS)
    ids = [f"H{k:02d}" for k in range(n)]
    buildings = {
        b: Building(b, p, p, "370102", None, None, 9, 2, 5, 5_000.0, 117.0 + k / 1000, 36.6 + k / 1000)
        for k, (b, p) in enumerate(zip(ids, PAYLOADS, strict=True))
    }
    firms = {f"U{b}": Firm(f"U{b}", p, p, p) for b, p in zip(ids, PAYLOADS, strict=True)}
    slots = (Slot(0, OFFICERS, 1),)
    visits = {
        f"V{b}": Visit(
            f"V{b}", b, "370102", "case", (p,), (f"U{b}",), 5, 0.01, False, slots, ((0, 86_400),), link_group=p
        )
        for b, p in zip(ids, PAYLOADS, strict=True)
    }
    # Ten minutes a stop from 13:30; the last ten are not served.
    served, left = ids[:-10], ids[-10:]
    stops = tuple(
        Stop(f"V{b}", 0, b, 60, 500, 48_600 + 600 * k, 48_600 + 600 * k, 49_140 + 600 * k) for k, b in enumerate(served)
    )
    route = replace(calm.plan.routes[0], stops=stops, return_s=90_000)
    rest = tuple(Unserved(f"V{b}", b, (Reason("NO_TIME_LEFT", {"needs": 61}),)) for b in left)
    places = [(b.lon, b.lat) for b in buildings.values()]
    rows = [calm.ranking.iloc[0].to_dict() | {"building_id": b, "rank": 4 + k} for k, b in enumerate(ids)]
    tickets = tuple(DrawTicket(b, f"{k:04x}", 0.5, False) for k, b in enumerate(ids))
    shapes = gpd.GeoDataFrame({"building_id": ids}, geometry=[Point(p).buffer(0.0002, 1) for p in places], crs=CRS)
    lines = tuple(LineString([a, b]) for a, b in pairwise(places))
    return replace(
        calm,
        plan=replace(calm.plan, routes=(route, calm.plan.routes[1]), unserved=(*calm.plan.unserved, *rest)),
        buildings={**calm.buildings, **buildings},
        firms={**calm.firms, **firms},
        visits={**calm.visits, **visits},
        bases={"S1": replace(BASE, name=PAYLOADS[0])},
        ranking=pd.concat([calm.ranking, pd.DataFrame(rows)], ignore_index=True),
        draw=replace(calm.draw, tickets=(*calm.draw.tickets, *tickets), seed=PAYLOADS[1]),
        footprints=pd.concat([calm.footprints, shapes], ignore_index=True),
        route_lines={**calm.route_lines, "T/1": lines},
        notes=tuple(Issue("S411", p) for p in PAYLOADS),
        quarantine=pd.DataFrame(
            {"file": PAYLOADS, "row": range(n), "code": ["G201"] * n, "what": PAYLOADS, "fix": PAYLOADS}
        ),
    )
