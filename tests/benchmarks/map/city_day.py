"""A made-up city day of any size, straight as an edition: streets in a bent grid, towers between, routes along it."""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Polygon

from geodata.array_types import Float64s
from geodata.datum.degree_lengths import METRES_PER_DEGREE
from geodata.schema import CRS
from sweep.publish.edition import Edition
from sweep.publish.table_columns import RANKING_COLUMNS
from sweep.records.buildings import Building, Firm
from sweep.records.check_form_items import ITEMS
from sweep.records.draw import Draw
from sweep.records.people import Base, Person, Team
from sweep.records.plan import Plan, Reason, Route, Stop, Unserved
from sweep.records.ranking import Cluster, Term
from sweep.records.visits import Slot, Visit
from sweep.scenario.scenario import Scenario

DAY = date(2026, 9, 16)
LON, LAT = 116.95, 36.62
BLOCK_M = 160.0
_LAT_M = METRES_PER_DEGREE
_LON_M = _LAT_M * math.cos(math.radians(LAT))
_OFFICERS = {"police": 2, "market_regulation": 2}
_ROADS = ("历山", "泺源", "解放", "经十", "文化", "花园", "工业", "奥体", "龙奥", "舜耕", "千佛山", "燕子山", "洪楼")
_TOWERS = ("鲁能", "汇隆", "舜泰", "银荷", "东环", "中润", "龙奥", "绿地", "万象", "华强", "黄金", "三庆")


def city_day(n_buildings: int = 5_000, n_streets: int = 8_000, n_teams: int = 200, n_stops: int = 8) -> Edition:
    """
    A plan of this size that keeps no rule but looks like one.

    Parameters
    ----------
    n_buildings, n_streets
        Footprints of 4 to 8 corners; street pieces of 5 points.
    n_teams, n_stops
        Each team has so many stops, and every fourth building that is not reached stands among the unserved.
    """
    rng = np.random.default_rng(8)
    side = math.ceil((1 + math.sqrt(1 + 2 * n_streets)) / 2)
    nodes = _nodes(side, rng)
    buildings, footprints = _buildings(n_buildings, side, rng)
    chosen = rng.permutation(n_buildings)[: n_teams * n_stops]
    stops = _grouped(chosen, buildings, n_teams)
    corners = [(int(b.lon * 1e9) % (side - 2), int(b.lat * 1e9) % (side - 2)) for b in buildings[:8]]
    bases = {f"S{k}": _base(k, *nodes[i, j]) for k, (i, j) in enumerate(corners)}
    teams = tuple(_team(t, f"S{t % len(bases)}") for t in range(n_teams))
    reached = set(stops.ravel().tolist())
    left = [k for k in range(n_buildings) if k not in reached][::4]
    visits = [_visit(buildings[k]) for k in [*stops.ravel(), *left]]
    firms = {f.uscc: f for v in visits for f in _firms(v)}
    ways = [_way(nodes, bases[t.base_id], [buildings[k] for k in row]) for t, row in zip(teams, stops, strict=True)]
    unserved = tuple(Unserved(v.visit_id, v.building_id, (_reason(i),)) for i, v in enumerate(visits[stops.size :]))
    rows = zip(teams, stops, strict=True)
    routes = tuple(_route(team, [buildings[k] for k in row]) for team, row in rows)
    plan = Plan("feasible", 42.0, 44.0, "column_generation", teams, routes, unserved, 1, 1_000)
    return Edition(
        plan_id="0123456789ab",
        scenario=Scenario(name="city_day", day=DAY),
        plan=plan,
        visits={v.visit_id: v for v in visits},
        buildings={b.building_id: b for b in buildings},
        firms=firms,
        bases=bases,
        persons={p.person_id: p for t in teams for p in _people(t.team_id)},
        ranking=_ranking(buildings, rng),
        terms={b.building_id: (Term("leads.goip", 0.4),) for b in buildings},
        clusters=_clusters(buildings),
        draw=Draw("seed", "00" * 32, 0, ()),
        coverage=(),
        violations=(),
        footprints=footprints,
        streets=_streets(nodes, n_streets),
        route_lines={t.team_id: way for t, way in zip(teams, ways, strict=True)},
        travel_method="road",
        inputs=(),
        repairs={},
        matches={},
        quarantine=pd.DataFrame(),
    )


def _grouped(chosen: NDArray[np.int64], buildings: list[Building], n_teams: int) -> NDArray[np.int64]:
    """A row a team: near each other, for a team does not cross the city between two stops."""
    n_bands = max(1, round(math.sqrt(n_teams / 2)))
    by_lon = sorted(chosen.tolist(), key=lambda k: buildings[k].lon)
    bands = np.array_split(np.array(by_lon), n_bands)
    ordered = [k for band in bands for k in sorted(band.tolist(), key=lambda k: buildings[k].lat)]
    return np.array(ordered).reshape(n_teams, -1)


def _nodes(side: int, rng: np.random.Generator) -> Float64s:
    """Crossings as lon, lat, shape (side, side, 2)."""
    x, y = np.meshgrid(np.arange(side) * BLOCK_M, np.arange(side) * BLOCK_M, indexing="ij")
    bent = np.stack((x + 25 * np.sin(y / 700), y + 25 * np.sin(x / 900)), axis=-1) + rng.normal(0, 6, (side, side, 2))
    return bent / (_LON_M, _LAT_M) + (LON, LAT)


def _piece(a: Float64s, b: Float64s) -> list[tuple[float, float]]:
    return [tuple(a + (b - a) * t) for t in (0.0, 0.24, 0.51, 0.77, 1.0)]


def _streets(nodes: Float64s, n_streets: int) -> gpd.GeoDataFrame:
    side = len(nodes)
    pieces = []
    for k in range(side):
        kind = "primary" if k % 12 == 6 else "secondary" if k % 6 == 3 else "tertiary" if k % 3 == 0 else "residential"
        for m in range(side - 1):
            name = _ROADS[k // 3 % len(_ROADS)]
            pieces.append((f"{name}路", kind, LineString(_piece(nodes[k, m], nodes[k, m + 1]))))
            pieces.append((f"{name}街", kind, LineString(_piece(nodes[m, k], nodes[m + 1, k]))))
    pieces = pieces[:n_streets]
    names, kinds, lines = zip(*pieces, strict=True)
    table = {"street_id": [str(i) for i in range(len(pieces))], "street_name": names, "highway": kinds}
    return gpd.GeoDataFrame({**table, "is_oneway": False}, geometry=list(lines), crs=CRS)


def _buildings(n: int, side: int, rng: np.random.Generator) -> tuple[list[Building], gpd.GeoDataFrame]:
    # Towers stand denser about the middle, as in a city.
    spread = rng.normal(0.5, 0.2, (4 * n, 2))
    at = spread[((spread > 0.02) & (spread < 0.98)).all(axis=1)][:n] * (side - 1) * BLOCK_M
    width, depth, turn = rng.uniform(18, 60, n), rng.uniform(14, 40, n), rng.uniform(0, math.pi / 2, n)
    buildings, shapes = [], []
    for k in range(n):
        shape = _footprint(*at[k], width[k], depth[k], turn[k], is_winged=k % 3 == 0)
        lon, lat = at[k] / (_LON_M, _LAT_M) + (LON, LAT)
        name = f"{_TOWERS[k % len(_TOWERS)]}{'国际' if k % 2 else ''}广场{k // 12 + 1}号楼"
        address = f"济南市历下区{_ROADS[k % len(_ROADS)]}路{k % 400 + 1}号"
        code = "370102" if k % 2 else "370103"
        buildings.append(
            Building(f"B{k:05d}", name, address, code, None, None, k % 40 + 4, k % 4 + 1, k % 120, 2e4, lon, lat)
        )
        shapes.append(shape)
    table = {"building_id": [b.building_id for b in buildings]}
    return buildings, gpd.GeoDataFrame(table, geometry=shapes, crs=CRS)


def _footprint(x: float, y: float, width: float, depth: float, turn: float, *, is_winged: bool) -> Polygon:
    w, d = width / 2, depth / 2
    corners = [(-w, -d), (w, -d), (w, d), (-w, d)]
    if is_winged:
        corners = [(-w, -d), (w, -d), (w, 0), (w / 3, 0), (w / 3, d), (-w / 3, d), (-w / 3, 0), (-w, 0)]
    c, s = math.cos(turn), math.sin(turn)
    ring = np.array([(x + c * a - s * b, y + s * a + c * b) for a, b in corners])
    return Polygon(ring / (_LON_M, _LAT_M) + (LON, LAT))


def _base(k: int, lon: float, lat: float) -> Base:
    return Base(f"S{k}", f"第{k + 1}派出所", "370102", float(lon), float(lat))


def _team(k: int, base_id: str) -> Team:
    recusals: frozenset[str] = frozenset()
    members = tuple(p.person_id for p in _people(f"T{k:03d}"))
    return Team(f"T{k:03d}", members, base_id, frozenset({"370102"}), (48_600, 63_000), _OFFICERS, 1, recusals)


def _people(team_id: str) -> tuple[Person, ...]:
    rows = (("P1", "police", "officer"), ("P2", "police", "officer"), ("A1", "police", "auxiliary"))
    rows += (("M1", "market_regulation", "inspector"), ("M2", "market_regulation", "inspector"))
    shift = (0, 86_400)
    return tuple(Person(f"{team_id}{i}", a, r, DAY, i == "M1", "S0", "370102", shift) for i, a, r in rows)


def _firms(visit: Visit) -> tuple[Firm, ...]:
    names = ("齐鲁云帆信息科技有限公司", "济南和润企业管理咨询有限公司")
    return tuple(
        Firm(u, n, f"{k + 7}", f"{k + 7}0{k + 1}") for k, (u, n) in enumerate(zip(visit.targets, names, strict=True))
    )


def _visit(b: Building) -> Visit:
    slot, window = Slot(0, _OFFICERS, 1), ((48_600, 60_300),)
    number, targets = f"V{b.building_id}", (f"{b.building_id}U1", f"{b.building_id}U2")
    return Visit(
        number, b.building_id, b.division_code, "case", ("L1",), targets, b.n_firms, 0.02, False, (slot,), window,
        items=ITEMS,
    )  # fmt: skip


def _reason(k: int) -> Reason:
    codes = (("NO_TIME_LEFT", {"needs": 61}), ("NO_TEAM_WITH_OFFICERS", {"needs": 5, "has": 2}))
    code, values = codes[k % 2]
    return Reason(code, MappingProxyType(dict(values)))


def _route(team: Team, places: list[Building]) -> Route:
    stops, now = [], 48_600
    for b in places:
        arrive = now + 300
        stops.append(Stop(f"V{b.building_id}", 0, b.building_id, 300, 1_400, arrive, arrive, arrive + 1_200))
        now = arrive + 1_200
    return Route(team.team_id, 48_600, tuple(stops), 300, 1_400, now + 300)


def _way(nodes: Float64s, base: Base, places: list[Building]) -> tuple[LineString, ...]:
    """Along the grid: east or west first, then north or south."""
    cells = [_crossing(nodes, p.lon, p.lat) for p in (base, *places, base)]
    legs = []
    for (i, j), (k, m) in pairwise(cells):
        east = [nodes[x, j] for x in range(i, k, 1 if k > i else -1)]
        north = [nodes[k, y] for y in range(j, m, 1 if m > j else -1)]
        turns = [*east, *north, nodes[k, m]]
        points = [p for a, b in pairwise(turns) for p in _piece(a, b)[:-1]]
        legs.append(LineString([*points, tuple(turns[-1])]) if points else LineString())
    return tuple(legs)


def _crossing(nodes: Float64s, lon: float, lat: float) -> tuple[int, int]:
    far = ((nodes - (lon, lat)) ** 2).sum(axis=-1)
    i, j = np.unravel_index(int(far.argmin()), far.shape)
    return int(i), int(j)


def _ranking(buildings: list[Building], rng: np.random.Generator) -> pd.DataFrame:
    n = len(buildings)
    value = np.sort(rng.gamma(1.2, 0.05, n))[::-1]
    blank: dict[str, object] = dict.fromkeys(RANKING_COLUMNS)
    columns = {
        **blank,
        "building_id": [b.building_id for b in buildings],
        "rank": np.arange(1, n + 1),
        "division_code": [b.division_code for b in buildings],
        "n_firms": [b.n_firms for b in buildings],
        "n_leads": rng.poisson(1.0, n),
        "n_leads_30d": 0,
        "rate": value * 9,
        "rate_low": value * 4,
        "rate_high": value * 15,
        "p_find": value,
        "team_hours": 1.0,
        "value": value,
        "value_per_hour": value,
    }
    return pd.DataFrame(columns, index=range(n))[list(RANKING_COLUMNS)]


def _clusters(buildings: list[Building]) -> tuple[Cluster, ...]:
    tree = shapely.STRtree(shapely.points([(b.lon, b.lat) for b in buildings]))
    result: list[Cluster] = []
    taken: set[int] = set()
    for k in range(0, len(buildings), max(1, len(buildings) // 60)):
        if k in taken:
            continue
        near = tree.query(shapely.Point(buildings[k].lon, buildings[k].lat).buffer(0.002), predicate="intersects")
        members = sorted(set(near.tolist()) - taken)
        taken.update(members)
        ids, rank = tuple(buildings[i].building_id for i in members), len(result) + 1
        result.append(Cluster(f"K{rank}", rank, ids, 8.0, 9, 300, 3.1, 1.2, 5.5, 1.4, 0.17, 420.0))
    return tuple(result)
