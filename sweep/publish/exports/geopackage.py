"""plan.gpkg: the plan as layers that QGIS and other desktop maps open."""

from __future__ import annotations

import errno
import os
import warnings
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyogrio
from shapely.geometry import MultiLineString, Point
from shapely.geometry.base import BaseGeometry

from geodata.datum.names import WGS84, Datum
from geodata.schema import CRS
from geodata.texts import Texts
from sweep.publish.charts.streets import outline_about
from sweep.publish.edition import RANKING_COLUMNS, Edition
from sweep.publish.exports.qgis_styles import TABLE, layer_styles
from sweep.publish.facts.teams import team_facts
from sweep.publish.facts.times import iso_time
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


# A GeoPackage holds the time it was written, so the plan's day stands there; and GDAL would build the index of its
# first layer in a thread where it finds a second core.
_SAME_BYTES = {"OGR_GPKG_ALLOW_THREADED_RTREE": "NO", "OGR_GPKG_NUM_THREADS": "1", "GDAL_NUM_THREADS": "1"}
# A half-written file is thrown away with all that was written beside it, so no layer need be on the disk before the
# next: a fifth of the time.
_AT_ONCE = {"OGR_SQLITE_SYNCHRONOUS": "OFF", "OGR_SQLITE_JOURNAL": "OFF"}

_ALIAS = b"GDAL:OGR:alternative_name"


def write_geopackage(edition: Edition, path: Path, texts: Texts, datum: Datum = WGS84) -> None:
    """
    Write the layers of a plan from streets to stops, their styles, and the names of their columns as QGIS shows them.

    Parameters
    ----------
    edition
        A plan that breaks no rule.
    path
        A file that does not exist yet.
    texts
        The language of the reasons and of the names of columns.
    datum
        What the coordinates are in: EPSG:4326, or one without a code, which the description of each layer names.

    Raises
    ------
    OSError
        If the disk does not take the file.
    """
    pyogrio.set_gdal_config_options(
        {**_SAME_BYTES, **_AT_ONCE, "OGR_CURRENT_DATE": f"{edition.scenario.day.isoformat()}T00:00:00.000Z"}
    )
    try:
        layers = plan_layers(edition, texts)
        for name, layer in layers.items():
            _add(path, name, layer, texts, datum)
        styles = layer_styles(edition, list(layers))
        pyogrio.write_dataframe(styles, path, layer=TABLE, driver="GPKG", layer_options={"FID": "id"})
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError) as error:
        # The plan is sound, so it is the disk: most often full, whatever the library calls it.
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(path)) from error
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys((*_SAME_BYTES, *_AT_ONCE, "OGR_CURRENT_DATE")))


def _add(path: Path, name: str, layer: gpd.GeoDataFrame, texts: Texts, datum: Datum) -> None:
    table = pa.table(layer.to_arrow(index=False, geometry_encoding="WKB"))
    fields = [_typed(field).with_metadata(_named(field, texts)) for field in table.schema]
    kinds = set(layer.geom_type)
    with warnings.catch_warnings():
        # A shifted datum has no code, and a layer without one is what the standard calls undefined.
        warnings.filterwarnings("ignore", "'crs' was not provided")
        pyogrio.write_arrow(
            table.cast(pa.schema(fields)),
            path,
            layer=name,
            driver="GPKG",
            geometry_name="geometry",
            geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown",
            crs=CRS if datum == WGS84 else None,
            append=path.exists(),
            layer_options={"GEOMETRY_NAME": "geom", "DESCRIPTION": datum.name.upper()},
        )


def _typed(field: pa.Field) -> pa.Field:
    """A column of nothing but missing values has no type of its own in Arrow, and is text in the file."""
    return field.with_type(pa.string()) if pa.types.is_null(field.type) else field


def _named(field: pa.Field, texts: Texts) -> dict[bytes, bytes]:
    """What an Arrow field says of itself, with the name that GDAL puts into `gpkg_data_columns`."""
    key = f"export.field.{field.name}"
    alias = {_ALIAS: texts(key).encode()} if key in texts else {}
    return {**(field.metadata or {}), **alias}
