"""Reader of OpenStreetMap buildings in GeoJSON: osmtogeojson (`@id`) or map tiles (`kind`, `kind_detail`)."""

import re
import warnings
from pathlib import Path
from types import NoneType

import geopandas as gpd
import pyogrio
import shapely

from geodata.errors import InputError, Issue
from geodata.read.gis_files import read_layer
from geodata.read.header_meaning import HeaderMapping
from geodata.read.osm.outlines import BuildingScan, Outline

EXPORT_SUFFIXES = (".geojson", ".json")

# Map tiles name address tags with an underscore.
_TILE_TAGS = {"addr_street": "addr:street", "addr_housenumber": "addr:housenumber"}


def is_osm_export(path: Path) -> bool:
    """
    Return whether a file is a GeoJSON export of OpenStreetMap buildings, by its fields; False if it is missing.

    A file with a column `building_id` is a table of buildings instead.
    """
    if path.suffix.lower() not in EXPORT_SUFFIXES or not path.is_file():
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fields = {str(name) for name in pyogrio.read_info(path)["fields"]}
    except Exception:  # the reader will report the error
        return False
    return bool({"@id", "building"} <= fields or {"kind", "kind_detail"} <= fields) and "building_id" not in fields


def scan_export(path: Path) -> BuildingScan:
    """
    Read the buildings and building parts of a GeoJSON export, which has no entrances and office points.

    InputError: G101 if the file is missing, G102 if empty, G104 if damaged.
    """
    if not path.is_file():
        raise InputError([Issue("G101", path.name)])
    frame = read_layer(path, HeaderMapping("buildings")).frame
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        raise InputError([Issue("G102", path.name)])
    found: dict[str, Outline] = {}
    texts = frame.drop(columns=frame.geometry.name)
    for row, record, shape in zip(frame.index, texts.to_dict("records"), frame.geometry, strict=True):
        tags = _tags({str(k): v for k, v in record.items() if isinstance(v, str)})
        is_building = any(tags.get(key, "no") != "no" for key in ("building", "building:part"))
        if not is_building or not isinstance(shape, (shapely.Polygon, shapely.MultiPolygon, NoneType)):
            continue
        osm_id = _osm_id(tags) or f"f{row}"
        if shape is None:
            found.setdefault(osm_id, Outline(osm_id, tags))
            continue
        # A building across two tiles comes in pieces.
        if osm_id in found and found[osm_id].wkb:
            shape = shapely.union_all([shape, shapely.from_wkb(found[osm_id].wkb)])
        found[osm_id] = Outline(osm_id, tags, wkb=shapely.to_wkb(shape, hex=True))
    return BuildingScan(outlines=sorted(found.values(), key=lambda o: (o.osm_id[0], int(o.osm_id[1:]))))


def _tags(record: dict[str, str]) -> dict[str, str]:
    if "kind" not in record:
        return record
    tags = {_TILE_TAGS.get(key, key): value for key, value in record.items()}
    use = tags.get("kind_detail", "yes")
    key = {"building": "building", "building_part": "building:part"}.get(tags["kind"])
    return tags | ({key: use} if key else {})


def _osm_id(tags: dict[str, str]) -> str | None:
    """Return the OpenStreetMap id as `w12` or `r12`, from `way/12`, `12` or `-12` (a relation in tiles), or None."""
    found = re.fullmatch(r"(?:(way|relation)/)?(-?)([0-9]{1,18})", tags.get("@id") or tags.get("id") or "")
    if not found:
        return None
    is_relation = found[1] == "relation" or found[2] == "-"
    return f"{'r' if is_relation else 'w'}{found[3]}"
