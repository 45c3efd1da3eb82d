"""Registry of the export formats of a plan: format name and writer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
from shapely.geometry import LineString

from geodata.atomic_writes import scratch
from geodata.datum.convert import from_wgs84, geometry_from_wgs84
from geodata.datum.datum_names import BD09, GCJ02, WGS84, Datum
from geodata.message_catalogue import Texts
from geodata.schema import CRS
from sweep.audit.approval import Approval
from sweep.disk.formula_safe_csv import ENCODING, csv_text
from sweep.publish.edition import Edition, refuse_investigations
from sweep.publish.exports.calendar import plan_calendar
from sweep.publish.exports.geojson import plan_geojson
from sweep.publish.exports.geopackage import write_geopackage
from sweep.publish.exports.kml_gpx import plan_gpx, plan_kml
from sweep.publish.facts.export_rows import stop_rows
from sweep.publish.page.escape import file_stem
from sweep.publish.table_columns import COLUMNS, table_frame
from sweep.publish.workbook.planning_sheets import orders_sheet, sites_sheet, teams_sheet
from sweep.publish.workbook.result_sheets import ledger_sheet, problems_sheet, recheck_sheet
from sweep.publish.workbook.statistics_sheets import draw_sheet, plan_sheet, statistics_sheet
from sweep.publish.workbook.write_xlsx import workbook
from sweep.records.buildings import Building
from sweep.records.people import Base

DATUMS: Mapping[str, Datum] = {datum.name: datum for datum in (WGS84, GCJ02, BD09)}
"""Datums (coordinate offsets) of exports by name: WGS-84, and those of AMap, Tencent and Baidu."""


def in_datum(edition: Edition, datum: Datum) -> Edition:
    """
    Return the edition with all coordinates transformed from WGS-84 to another datum, one of `DATUMS`.

    In a datum other than WGS-84, geometries have no `crs`, since the datum may have no EPSG code.
    """
    if datum == WGS84:
        return edition
    return replace(
        edition,
        buildings=_moved(edition.buildings, datum),
        bases=_moved(edition.bases, datum),
        footprints=_layer(edition.footprints, datum),
        streets=_layer(edition.streets, datum),
        route_lines={team: _lines(legs, datum) for team, legs in edition.route_lines.items()},
    )


def _lines(legs: Sequence[LineString], datum: Datum) -> tuple[LineString, ...]:
    moved = geometry_from_wgs84(gpd.GeoSeries(list(legs), crs=4326), datum)
    return tuple(leg for leg in moved if isinstance(leg, LineString))


def _layer(layer: gpd.GeoDataFrame, datum: Datum) -> gpd.GeoDataFrame:
    return layer.set_geometry(geometry_from_wgs84(layer.geometry, datum))


def _moved[Place: (Building, Base)](places: Mapping[str, Place], datum: Datum) -> dict[str, Place]:
    lons, lats = from_wgs84(
        np.array([p.lon for p in places.values()]), np.array([p.lat for p in places.values()]), datum
    )
    moved = zip(places.items(), lons.tolist(), lats.tolist(), strict=True)
    return {place_id: replace(place, lon=lon, lat=lat) for (place_id, place), lon, lat in moved}


type Writer = Callable[[Edition, Texts, Approval | None, Datum], bytes]

_SHEETS = (
    *(teams_sheet, sites_sheet, orders_sheet, ledger_sheet),
    *(statistics_sheet, problems_sheet, recheck_sheet, draw_sheet),
)


def plan_workbook(edition: Edition, texts: Texts, approval: Approval | None = None) -> bytes:
    """
    Return the plan as an xlsx workbook: plan, teams, sites, orders, results, statistics, problems, re-checks and draw.

    `approval`: approval of this plan, stated on the first sheet; None: the sheet says that the plan is a draft.
    """
    state = texts("page.approved" if approval else "page.draft")
    title = f"{edition.scenario.name} {edition.scenario.day.isoformat()} {edition.plan_id} {state}"
    first = plan_sheet(edition, texts, state_text(approval, texts))
    return workbook([first, *(sheet(edition, texts) for sheet in _SHEETS)], edition.scenario.day, title)


def state_text(approval: Approval | None, texts: Texts) -> str:
    """Return the sentence on a plan's state: who approved it and when; for None, that it is a draft."""
    if approval is None:
        return texts("page.draft_note")
    n, _, head = approval.audit_head.partition(":")
    values = {"by": approval.by, "at": approval.at, "plan": approval.plan_sha256[:16], "n": n, "head": head[:16]}
    return texts("page.approved_note", **values)


def stops_csv(edition: Edition, datum: Datum = WGS84) -> str:
    """
    Return the stops as CSV, one row for each team and stop.

    `datum`: datum of the edition's coordinates, which `in_datum` transforms; if not WGS-84, the column names state it.
    """
    columns = COLUMNS["stops.csv"]
    heads = [f"{c}_{datum.name}" if c in ("lon", "lat") and datum != WGS84 else c for c in columns]
    return csv_text(heads, ([row[c] for c in columns] for row in stop_rows(edition)))


def _geopackage(edition: Edition, texts: Texts, _approval: Approval | None, datum: Datum) -> bytes:
    with scratch() as folder:
        path = folder / "plan.gpkg"
        write_geopackage(edition, path, texts, datum)
        return path.read_bytes()


def _stop_points(edition: Edition, suffix: str, write: Callable[[gpd.GeoDataFrame, Path], object]) -> bytes:
    table = table_frame("stops.csv", stop_rows(edition))
    with scratch() as folder:
        path = folder / f"stops.{suffix}"
        write(gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["lon"], table["lat"], crs=CRS)), path)
        return path.read_bytes()


def _in_place(render: Callable[[Edition, Texts, str], str]) -> Writer:
    return lambda edition, texts, approval, _datum: render(edition, texts, state_text(approval, texts)).encode("utf-8")


FORMATS: Mapping[str, Writer] = {
    "xlsx": lambda edition, texts, approval, _datum: plan_workbook(edition, texts, approval),
    "gpkg": _geopackage,
    "geojson": lambda edition, texts, approval, datum: plan_geojson(
        edition, texts, state_text(approval, texts), datum
    ).encode("utf-8"),
    "kml": _in_place(plan_kml),
    "gpx": _in_place(plan_gpx),
    "ics": lambda edition, texts, approval, _datum: plan_calendar(
        edition, texts, is_approved=approval is not None
    ).encode("utf-8"),
    "csv": lambda edition, _texts, _approval, datum: stops_csv(edition, datum).encode(ENCODING),
    "parquet": lambda edition, *_: _stop_points(edition, "parquet", gpd.GeoDataFrame.to_parquet),
    "fgb": lambda edition, *_: _stop_points(edition, "fgb", gpd.GeoDataFrame.to_file),
}
"""Writer of each format; the format name is also the file extension."""

SHIFTABLE = ("gpkg", "geojson", "csv")
"""Formats with a choice of datum; all other formats are in WGS-84."""


@dataclass(frozen=True, slots=True)
class Export:
    """One exported file, not yet written: name and bytes."""

    name: str
    content: bytes


def export_plan(
    edition: Edition, format_name: str, texts: Texts, approval: Approval | None = None, datum: Datum = WGS84
) -> Export:
    """
    Return the file of a plan in one format of `FORMATS`, not yet written.

    Parameters
    ----------
    approval
        The approval of this plan; None: the file says that it is a draft (C29).
    datum
        Datum of the coordinates. A datum other than WGS-84 needs a format of `SHIFTABLE` and is part of the file name.

    Raises
    ------
    KeyError
        If the format is unknown.
    ValueError
        If the plan breaks a rule, since an export could pass for an order; or if a visit is on the investigation
        track (C26).
    """
    if edition.violations:
        raise ValueError(f"plan {edition.plan_id} breaks {len(edition.violations)} rules and is not exported")
    refuse_investigations(edition)
    if datum != WGS84 and format_name not in SHIFTABLE:
        raise ValueError(f"{format_name} is always in WGS-84, got {datum}")
    content = FORMATS[format_name](in_datum(edition, datum), texts, approval, datum)
    name = "-".join((file_stem(edition.scenario.name), edition.plan_id, *([] if datum == WGS84 else [datum.name])))
    return Export(f"{name}.{format_name}", content)
