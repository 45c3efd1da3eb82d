"""GeoJSON (RFC 7946) export of a plan; the `kind` of a feature is base, route, stop, unserved or building."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import shapely
from shapely.geometry import MultiLineString
from shapely.geometry.base import BaseGeometry

from geodata.datum.datum_names import WGS84, Datum
from geodata.message_catalogue import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.export_rows import bases_of, building_row, legs_of, route_row, stop_row, stops_of, unserved_row
from sweep.publish.facts.team_facts import team_facts
from sweep.publish.table_columns import COLUMNS, Row
from sweep.records.buildings import Building
from sweep.records.people import Base


def plan_geojson(edition: Edition, texts: Texts, state: str, datum: Datum = WGS84) -> str:
    """
    Return the plan as a GeoJSON feature collection, with coordinates (lon, lat).

    Parameters
    ----------
    state
        Sentence on the plan's state: draft, or approved.
    datum
        Datum of the edition's coordinates, which are not transformed. RFC 7946, section 4, allows others than WGS-84
        by arrangement; the member `datum` names it.
    """
    features = [_feature("base", _point(base), row) for base, row in bases_of(edition)]
    features += [
        _feature("route", _geometry(MultiLineString(legs_of(edition, team))), route_row(edition, team))
        for team in team_facts(edition)
        if edition.route_lines.get(team.team.team_id)
    ]
    features += [_feature("stop", _point(s.building), stop_row(edition, team, s)) for team, s in stops_of(edition)]
    features += [
        _feature("unserved", _point(edition.buildings[u.building_id]), unserved_row(edition, u, texts))
        for u in edition.plan.unserved
    ]
    features += _buildings(edition)
    content = {
        "type": "FeatureCollection",
        "plan_id": edition.plan_id,
        "day": edition.scenario.day.isoformat(),
        "state": state,
        **({} if datum == WGS84 else {"datum": datum.name}),
        "features": features,
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, sort_keys=True) + "\n"


def _feature(kind: str, geometry: Mapping[str, object], row: Row) -> dict[str, object]:
    properties = {"kind": kind, **row}
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {column: properties[column] for column in COLUMNS[f"plan.geojson: {kind}"]},
    }


def _point(place: Building | Base) -> dict[str, object]:
    return {"type": "Point", "coordinates": [float(place.lon), float(place.lat)]}


def _geometry(shape: BaseGeometry) -> Any:
    """
    Return a shape as GeoJSON geometry, with counter-clockwise outer rings and clockwise holes.

    References
    ----------
    RFC 7946, 3.1.6. Some readers take a ring in the other direction for the whole earth except the building.
    """
    # 1 cm, the precision of plan.json.
    plain = shapely.set_precision(shape, 1e-7, mode="pointwise")
    return json.loads(shapely.to_geojson(shapely.orient_polygons(plain)))


def _buildings(edition: Edition) -> Iterator[dict[str, object]]:
    """Yield outlines of the plan's buildings only: recipients of the file must not learn the ranking."""
    named = {s.building_id for r in edition.plan.routes for s in r.stops} | {
        u.building_id for u in edition.plan.unserved
    }
    shapes = edition.footprints[edition.footprints["building_id"].isin(named)].sort_values("building_id")
    for building_id, shape in zip(shapes["building_id"], shapes.geometry, strict=True):
        yield _feature("building", _geometry(shape), building_row(edition.buildings[building_id]))
