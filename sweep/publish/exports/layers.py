"""
The layers of a plan as tables with a geometry, for desktop maps and web maps.

They have no `crs`, for an export may be in a datum that has no code; whoever writes them says what they are in.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
from shapely.geometry import MultiLineString, Point
from shapely.geometry.base import BaseGeometry

from geodata.texts import Texts
from sweep.publish.edition import RANKING_COLUMNS, Edition
from sweep.publish.facts.iso_time import iso_time
from sweep.publish.facts.outline import outline_about
from sweep.publish.facts.teams import team_facts
from sweep.publish.facts.wording import building_name, reason_texts
from sweep.records.people import Base
from sweep.records.ranking import Cluster


def plan_layers(edition: Edition, texts: Texts) -> dict[str, gpd.GeoDataFrame]:
    """The layers by name, from the ground up: as a map project lays them over each other."""
    return {
        "streets": edition.streets[["street_id", "street_name", "highway", "geometry"]],
        "buildings": _buildings(edition),
        "cluster_outlines": _cluster_outlines(edition),
        "clusters": _clusters(edition),
        "routes": _routes(edition),
        "unserved": _unserved(edition, texts),
        "bases": _bases(edition),
        "stops": _stops(edition),
    }


def _buildings(edition: Edition) -> gpd.GeoDataFrame:
    """Every ranked building with its place in the ranking: its outline, or a point where it has none."""
    table = edition.ranking[list(RANKING_COLUMNS)].copy()
    own = [edition.buildings[b] for b in table["building_id"]]
    table["building_name"] = [b.name for b in own]
    table["address"] = [b.address for b in own]
    table["n_floors"] = [b.n_floors for b in own]
    table["floor_area_m2"] = [float(b.floor_area_m2) for b in own]
    shapes = dict(zip(edition.footprints["building_id"], edition.footprints.geometry, strict=True))
    geometry = [shapes.get(b.building_id, Point(b.lon, b.lat)) for b in own]
    return gpd.GeoDataFrame(table.reset_index(drop=True), geometry=geometry)


def _cluster_outlines(edition: Edition) -> gpd.GeoDataFrame:
    """An outline about the buildings of each cluster, in rank order, with its figures."""
    members = [[edition.buildings[b] for b in c.building_ids] for c in edition.clusters]
    outlines = [outline_about([(b.lon, b.lat) for b in some]) for some in members]
    return _layer([_figures(c) for c in edition.clusters], outlines, ("cluster_id", "rank"))


def _clusters(edition: Edition) -> gpd.GeoDataFrame:
    best = [edition.buildings[c.building_ids[0]] for c in edition.clusters]
    return _layer([_figures(c) for c in edition.clusters], [Point(b.lon, b.lat) for b in best], ("cluster_id", "rank"))


def _figures(c: Cluster) -> dict[str, object]:
    return {
        "cluster_id": c.cluster_id,
        "rank": c.rank,
        "n_buildings": len(c.building_ids),
        "n_leads": c.n_leads,
        "n_firms": c.n_firms,
        "lead_rate": c.lead_rate,
        "lead_rate_low": c.lead_rate_low,
        "lead_rate_high": c.lead_rate_high,
        "team_hours": c.team_hours,
        "expected_finds": c.expected_finds,
        "finds_per_hour": c.finds_per_hour,
    }


def _bases(edition: Edition) -> gpd.GeoDataFrame:
    used: dict[str, tuple[Base, list[str]]] = {}
    for team in team_facts(edition):
        used.setdefault(team.base.base_id, (team.base, []))[1].append(team.letter)
    rows: list[dict[str, object]] = [
        {"base_id": base.base_id, "base_name": base.name, "letters": " ".join(letters)}
        for base, letters in used.values()
    ]
    return _layer(rows, [Point(base.lon, base.lat) for base, _ in used.values()], ("base_id", "base_name"))


def _stops(edition: Edition) -> gpd.GeoDataFrame:
    rows = []
    points = []
    for team in team_facts(edition):
        for s in team.stops:
            rows.append(
                {
                    "team_id": team.team.team_id,
                    "letter": team.letter,
                    "number": s.number,
                    "visit_id": s.visit.visit_id,
                    "building_id": s.building.building_id,
                    "building_name": building_name(s.building, s.building.building_id),
                    "track": s.visit.track,
                    "arrive_at": iso_time(edition, s.stop.arrive_s),
                    "start_at": iso_time(edition, s.stop.start_s),
                    "end_at": iso_time(edition, s.stop.end_s),
                    "value": float(s.visit.value),
                    "is_attempt": s.stop.is_attempt,
                }
            )
            points.append(Point(s.building.lon, s.building.lat))
    return _layer(rows, points, ("team_id", "number"))


def _routes(edition: Edition) -> gpd.GeoDataFrame:
    rows = []
    lines = []
    for team in team_facts(edition):
        legs = edition.route_lines.get(team.team.team_id, ())
        if team.route is None or not legs:
            continue
        rows.append(
            {
                "team_id": team.team.team_id,
                "letter": team.letter,
                "n_stops": len(team.stops),
                "depart_at": iso_time(edition, team.route.depart_s),
                "return_at": iso_time(edition, team.route.return_s),
                "distance_m": team.route.return_distance_m + sum(s.stop.distance_m for s in team.stops),
            }
        )
        lines.append(MultiLineString([leg for leg in legs if not leg.is_empty]))
    return _layer(rows, lines, ("team_id", "letter"))


def _unserved(edition: Edition, texts: Texts) -> gpd.GeoDataFrame:
    rows = []
    points = []
    for u in edition.plan.unserved:
        building, visit = edition.buildings[u.building_id], edition.visits[u.visit_id]
        sentences = [reason_texts(texts, reason, visit, edition.division_names)[0] for reason in u.reasons]
        rows.append(
            {
                "visit_id": u.visit_id,
                "building_id": u.building_id,
                "building_name": building_name(building, u.building_id),
                "track": visit.track,
                "value": float(visit.value),
                "codes": " ".join(reason.code for reason in u.reasons),
                "reasons": " ".join(sentences),
            }
        )
        points.append(Point(building.lon, building.lat))
    return _layer(rows, points, ("visit_id", "building_id"))


def _layer(
    rows: list[dict[str, object]], geometry: Sequence[BaseGeometry], columns: tuple[str, ...]
) -> gpd.GeoDataFrame:
    # An empty layer still has its first columns, so that a map project that names it opens.
    table = pd.DataFrame(rows) if rows else pd.DataFrame({column: pd.Series(dtype="str") for column in columns})
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(list(geometry)))
