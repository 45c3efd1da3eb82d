"""GeoPackage export: a plan as map layers for QGIS and other desktop GIS."""

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

from geodata.datum.datum_names import WGS84, Datum
from geodata.message_catalogue import Texts
from geodata.schema import CRS
from sweep.publish.charts.streets_and_arrows import outline_about
from sweep.publish.edition import Edition
from sweep.publish.exports.qgis_styles import TABLE, layer_styles
from sweep.publish.facts.export_rows import bases_of, building_row, legs_of, route_row, stop_row, stops_of, unserved_row
from sweep.publish.facts.team_facts import team_facts
from sweep.publish.table_columns import COLUMNS, Row
from sweep.publish.tables.buildings_and_coverage_tables import cluster_row
from sweep.records.buildings import Building
from sweep.records.people import Base


def plan_layers(edition: Edition, texts: Texts) -> dict[str, gpd.GeoDataFrame]:
    """
    Return the layers of a plan by name, from bottom to top.

    They have no `crs`, since the datum of an export may have no EPSG code; the writer sets it.
    """
    clusters, stops = [cluster_row(c) for c in edition.clusters], list(stops_of(edition))
    members = [[edition.buildings[b] for b in c.building_ids] for c in edition.clusters]
    outlines = [outline_about([(b.lon, b.lat) for b in own]) for own in members]
    routed = [t for t in team_facts(edition) if t.route is not None and edition.route_lines.get(t.team.team_id)]
    unserved = [unserved_row(edition, u, texts) for u in edition.plan.unserved]
    unserved_rows = [row | {key: " ".join(row[key]) for key in ("codes", "reasons")} for row in unserved]
    bases = bases_of(edition)
    return {
        "streets": edition.streets[[*COLUMNS["plan.gpkg: streets"], "geometry"]],
        "buildings": _buildings(edition),
        "cluster_outlines": _layer("cluster_outlines", clusters, outlines),
        "clusters": _layer("clusters", clusters, [_point(own[0]) for own in members]),
        "routes": _layer(
            "routes", [route_row(edition, t) for t in routed], [MultiLineString(legs_of(edition, t)) for t in routed]
        ),
        "unserved": _layer("unserved", unserved_rows, [Point(row["lon"], row["lat"]) for row in unserved]),
        "bases": _layer("bases", [row for _, row in bases], [_point(base) for base, _ in bases]),
        "stops": _layer("stops", [stop_row(edition, t, s) for t, s in stops], [_point(s.building) for _, s in stops]),
    }


def _buildings(edition: Edition) -> gpd.GeoDataFrame:
    own = [edition.buildings[b] for b in edition.ranking["building_id"]]
    table = edition.ranking.reset_index(drop=True)
    for column, cells in pd.DataFrame(map(building_row, own)).items():
        table[column] = cells
    shapes = dict(zip(edition.footprints["building_id"], edition.footprints.geometry, strict=True))
    geometry = [shapes.get(b.building_id, _point(b)) for b in own]
    return gpd.GeoDataFrame(table[list(COLUMNS["plan.gpkg: buildings"])], geometry=geometry)


def _point(place: Building | Base) -> Point:
    return Point(place.lon, place.lat)


def _layer(name: str, rows: Sequence[Row], geometry: Sequence[BaseGeometry]) -> gpd.GeoDataFrame:
    """Return a layer that has all of its columns even without rows, since saved QGIS projects refer to them."""
    # A column without rows has type text.
    table = pd.DataFrame(rows, columns=list(COLUMNS[f"plan.gpkg: {name}"]), dtype=None if rows else "str")
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(list(geometry)))


# A GeoPackage stores its time of writing: use the plan's day. GDAL would otherwise build the first layer's index in
# a thread on machines with several cores.
_SAME_BYTES = {"OGR_GPKG_ALLOW_THREADED_RTREE": "NO", "OGR_GPKG_NUM_THREADS": "1", "GDAL_NUM_THREADS": "1"}
# Skip syncing between layers, which takes a fifth of the time: after a failure the whole temporary folder is
# discarded.
_AT_ONCE = {"OGR_SQLITE_SYNCHRONOUS": "OFF", "OGR_SQLITE_JOURNAL": "OFF"}


def write_geopackage(edition: Edition, path: Path, texts: Texts, datum: Datum = WGS84) -> None:
    """
    Write the layers of a plan, their QGIS styles, and the column names that QGIS shows, to a GeoPackage.

    Parameters
    ----------
    datum
        Datum of the edition's coordinates, which are not transformed. Each layer's description names it; its
        coordinate system is EPSG:4326 for WGS-84, else undefined.

    Raises
    ------
    OSError
        If the file cannot be written.
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
        # The plan is valid, so the cause is the disk, most often full, whichever error the library names.
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(path)) from error
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys((*_SAME_BYTES, *_AT_ONCE, "OGR_CURRENT_DATE")))


def _add(path: Path, name: str, layer: gpd.GeoDataFrame, texts: Texts, datum: Datum) -> None:
    table = pa.table(layer.to_arrow(index=False, geometry_encoding="WKB"))
    # A column of missing values is text.
    typed = (f.with_type(pa.string()) if pa.types.is_null(f.type) else f for f in table.schema)
    fields = [field.with_metadata(_with_readable_name(field, texts)) for field in typed]
    kinds = set(layer.geom_type)
    with warnings.catch_warnings():
        # A shifted datum has no code; the standard calls such a layer undefined.
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


def _with_readable_name(field: pa.Field, texts: Texts) -> dict[bytes, bytes]:
    key = f"column.{field.name}"
    alias = {b"GDAL:OGR:alternative_name": texts(key).encode()} if key in texts else {}
    return {**(field.metadata or {}), **alias}
