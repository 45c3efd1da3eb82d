"""Tables in formats other than CSV: conversion to a text, which is stored by record, and back."""

import errno
import io
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
import xlsxwriter

from geodata.atomic_writes import scratch
from geodata.raw_table import RawTable

# Prefix of the text form, which no other file has.
_MARKER = b"#sweep "
# Lines before the first record.
N_ABOVE = 2
_BOOKS = frozenset({".xlsx", ".xlsm"})
_PARQUET = frozenset({".parquet", ".geoparquet"})
_DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".json": "GeoJSON", ".fgb": "FlatGeobuf"}
_TEXTS = frozenset({".csv", ".tsv", ".txt"})
# Fixed creation time for GeoPackages and workbooks, so that equal records give equal bytes.
_STAMP = datetime(2026, 1, 1)
_GDAL = {"OGR_CURRENT_DATE": "2026-01-01T00:00:00.000Z", "OGR_GPKG_ALLOW_THREADED_RTREE": "NO", "GDAL_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class _About:
    table: str
    shape: str | None
    """Header of the geometry column, which contains hexadecimal WKB."""
    crs: str | None


def has_text_form(name: str) -> bool:
    """Return whether `file_of` can write the format of this file name; it cannot write a shapefile."""
    return PurePosixPath(name).suffix.lower() in {*_TEXTS, *_BOOKS, *_PARQUET, *_DRIVERS}


def text_form(raw: RawTable) -> bytes:
    """Return a table as text: a line of JSON with name, geometry column and CRS, then header and records as CSV."""
    frame = pd.DataFrame(raw.frame)
    shape = raw.headers["geometry"] if "geometry" in raw.headers and isinstance(raw.frame, gpd.GeoDataFrame) else None
    crs = raw.frame.crs.to_wkt() if shape is not None and raw.frame.crs is not None else None
    if shape is not None:
        known = frame["geometry"].notna()
        frame["geometry"] = pd.Series(shapely.to_wkb(frame["geometry"].to_numpy(), hex=True), frame.index).where(known)
    about = {"table": raw.name, "shape": shape, "crs": crs}
    header = [raw.headers[str(column)] for column in frame.columns]
    text = frame.to_csv(index=False, header=header, lineterminator="\n")
    return _MARKER + json.dumps(about, ensure_ascii=False).encode() + b"\n" + text.encode()


def file_of(name: str, content: bytes) -> bytes:
    """Return a file in the format of its extension, converted from the text of `text_form`; other bytes unchanged."""
    if not content.startswith(_MARKER):
        return content
    line, _, text = content.partition(b"\n")
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _TEXTS:
        return text
    about = _About(**json.loads(line.removeprefix(_MARKER)))
    cells = pd.read_csv(io.BytesIO(text), dtype="str", keep_default_na=False, na_values=[""], encoding="utf-8")
    if suffix in _BOOKS:
        return _book(cells, about.table)
    with scratch() as folder:
        path = folder / f"{about.table}{suffix}"
        _write(cells if about.shape is None else _features(cells, about.shape, about.crs), path, about.table)
        return path.read_bytes()


def _features(cells: pd.DataFrame, shape: str, crs: str | None) -> gpd.GeoDataFrame:
    shapes = shapely.from_wkb(cells[shape].fillna("").to_numpy(object), on_invalid="ignore")
    return gpd.GeoDataFrame(cells.drop(columns=shape), geometry=shapes, crs=crs)


def _write(table: pd.DataFrame, path: Path, layer: str) -> None:
    driver = _DRIVERS.get(path.suffix)
    if driver is None:
        table.to_parquet(path, index=False)
        return
    pyogrio.set_gdal_config_options(_GDAL)
    try:
        # A FlatGeobuf with a spatial index reorders its features.
        index = {"SPATIAL_INDEX": "NO"} if driver == "FlatGeobuf" else {}
        pyogrio.write_dataframe(table, path, layer=layer, driver=driver, layer_options=index)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError) as error:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(path)) from error
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(_GDAL))


def _book(cells: pd.DataFrame, title: str) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    book.set_properties({"created": _STAMP})
    page = book.add_worksheet(title)
    for number, row in enumerate([tuple(cells.columns), *cells.itertuples(index=False, name=None)]):
        for place, value in enumerate(row):
            if isinstance(value, str):
                page.write_string(number, place, value)
    book.close()
    return out.getvalue()
