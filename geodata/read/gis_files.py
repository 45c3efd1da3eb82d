"""Reader of GIS files (GeoPackage, GeoJSON, FlatGeobuf, GeoParquet, shapefile), with attributes as text."""

import codecs
import glob
import sqlite3
import warnings
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow
import pyarrow.parquet
import pyogrio
import shapely

from geodata.errors import InputError, Issue
from geodata.raw_table import as_text, single_points
from geodata.read.column_aliases import ALIASES
from geodata.read.header_meaning import HeaderMapping, normalise_header
from geodata.read.header_row import TITLE_ROWS, Sheet, find_header, refuse_wide
from geodata.reader_errors import as_input_error
from geodata.regular_file import read_regular

# Required first bytes for each suffix. GDAL detects formats by content: without this check, a `.geojson` that contains
# a GDAL script could open any other file of the machine or a network address.
_BEGINNINGS = {
    ".gpkg": b"SQLite format 3\0",
    ".geojson": b"{",
    ".json": b"{",
    ".fgb": b"fgb",
    ".shp": b"\x00\x00\x27\x0a",
}
_GDAL_SCRIPT = b"gdal_streamed_alg"

_MAX_UNPACKED_BYTES = 4_000_000_000


def read_layer(path: Path, dialect: HeaderMapping) -> Sheet:
    """
    Read one layer of a file: the layer with the name of the table (`dialect.table`), else the first.

    The index counts features from 1. Coordinates and `crs` of the frame are those in the file, which may lack a `crs`.

    Raises
    ------
    InputError
        G104 if the file cannot be read, or its content does not fit its suffix; G106 if a part of a shapefile is a
        link to outside its folder.
    """
    _refuse_disguise(path)
    name = dialect.table
    encoding = _dbf_encoding(path)
    with as_input_error("G104", path.name, "reason"):
        with warnings.catch_warnings():
            # GDAL warns of unread layers and closed rings; the clean stage checks the result.
            warnings.simplefilter("ignore")
            layers = [str(layer) for layer, _ in pyogrio.list_layers(path)]
            layer = name if name in layers else layers[0]
            read = _read_features(path, layer, encoding)
        faults: tuple[tuple[int, str, dict[str, str]], ...]
        faults = tuple((row, "G231", {}) for row in _damaged_rows(path, layer, read))
        frame, repairs = _with_lon_lat(_as_text(read), name)
        return Sheet(frame, encoding, repairs, faults)


def _read_features(path: Path, layer: str, encoding: str | None) -> pd.DataFrame:
    """Return the features of a layer, with None for an invalid geometry, such as an open ring."""
    try:
        read: pd.DataFrame = pyogrio.read_dataframe(path, layer=layer, encoding=encoding)
    except shapely.errors.ShapelyError:
        about, _, wkb, columns = pyogrio.raw.read(path, layer=layer, encoding=encoding)
        cells = pd.DataFrame(dict(zip(about["fields"], columns, strict=True)))
        read = gpd.GeoDataFrame(cells, geometry=shapely.from_wkb(wkb, on_invalid="ignore"), crs=about["crs"])
    return read


def _damaged_rows(path: Path, layer: str, read: pd.DataFrame) -> list[int]:
    """Return the rows, from 1, of a GeoPackage whose geometry cannot be read; empty for other formats."""
    if path.suffix.lower() != ".gpkg" or not isinstance(read, gpd.GeoDataFrame) or not read.geometry.isna().any():
        return []
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as base:
        sql = "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?"
        column, table = (str(name).replace('"', '""') for name in (*base.execute(sql, (layer,)).fetchone(), layer))
        is_written = [bool(w) for (w,) in base.execute(f'SELECT "{column}" IS NOT NULL FROM "{table}"')]  # noqa: S608
    missing = read.geometry.isna()
    return [row for row, (w, m) in enumerate(zip(is_written, missing, strict=True), start=1) if w and m]


def _refuse_disguise(path: Path) -> None:
    for part in path.parent.glob(f"{glob.escape(path.stem)}.*") if path.suffix.lower() == ".shp" else ():
        if part.is_symlink() and not part.resolve().is_relative_to(path.parent.resolve()):
            raise InputError([Issue("G106", path.name, {"path": part.name})])
    raw = read_regular(path)
    beginning = _BEGINNINGS[path.suffix.lower()]
    # JSON may begin with a byte order mark or blanks.
    is_json = beginning == b"{"
    head = raw.removeprefix(codecs.BOM_UTF8).lstrip() if is_json else raw
    if not head.startswith(beginning) or (is_json and _GDAL_SCRIPT in raw):
        raise InputError([Issue("G104", path.name, {"reason": "content"})])


def read_geoparquet(path: Path, dialect: HeaderMapping) -> Sheet:
    """Read a (Geo)Parquet file, index from 1; InputError G104 if unreadable, G111 if too large, G112 if too wide."""
    with as_input_error("G104", path.name, "reason"):
        about = pyarrow.parquet.read_metadata(path)
        refuse_wide(path.name, about.num_columns)
        size = sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups))
        if size > _MAX_UNPACKED_BYTES or about.num_rows > 20_000_000:
            values = {"size_mb": size // 1_000_000, "most_mb": _MAX_UNPACKED_BYTES // 1_000_000}
            raise InputError([Issue("G111", path.name, values)])
        is_geo = b"geo" in (about.metadata or {})
        read = gpd.read_parquet(path) if is_geo else pd.read_parquet(path)
        return read_frame(read, dialect)


def read_frame(frame: pd.DataFrame, dialect: HeaderMapping) -> Sheet:
    """
    Read a table in memory as text, index from 1; InputError G112 if it is too wide.

    The header may be one of the first rows: where a sheet has a title above it, pandas takes the title as the header.
    """
    refuse_wide(dialect.table, len(frame.columns))
    cells, repairs = _with_lon_lat(_as_text(frame), dialect.table)
    top = cells.head(TITLE_ROWS + 1).drop(columns="geometry", errors="ignore").astype("object")
    rows = [[str(name) for name in top.columns], *top.where(top.notna(), None).to_numpy().tolist()]
    header = find_header(rows, dialect)
    if header.last_row > 0 and header.n_known > dialect.n_known(rows[0]) and top.shape[1] == cells.shape[1]:
        cells = cells.iloc[header.last_row :].set_axis(list(header.names), axis=1)
    return Sheet(cells, None, repairs)


def _as_text(read: pd.DataFrame) -> pd.DataFrame:
    index = pd.RangeIndex(1, len(read) + 1)
    shape = read.geometry.name if isinstance(read, gpd.GeoDataFrame) and read.active_geometry_name else None
    at = [i for i, name in enumerate(read.columns) if shape is None or name != shape]
    # By place, for a table in memory may have two columns of one name.
    columns = [as_text(pd.Series(read.iloc[:, i])).set_axis(index) for i in at]
    cells = pd.concat(columns, axis=1) if columns else pd.DataFrame(index=index)
    cells.columns = pd.Index([str(read.columns[i]) for i in at])
    if shape is None:
        return cells
    # An empty shape counts as missing.
    crs = read.geometry.crs
    # Local grids of a building site, heights and geocentric systems name no place on a map.
    crs = crs if crs is not None and (crs.is_geographic or crs.is_projected) else None
    shapes = gpd.GeoSeries(read.geometry.mask(read.geometry.is_empty).to_numpy(), index=index, crs=crs)
    return gpd.GeoDataFrame(cells, geometry=shapes)


def _with_lon_lat(features: pd.DataFrame, table: str) -> tuple[pd.DataFrame, dict[str, int]]:
    """
    Return features with points copied to empty coordinate cells, and the number without a point, by reason.

    The only reason is `no_single_point`: another shape. Shapes of tables with outlines or lines are unchanged.
    """
    takes_points = "lon" in ALIASES[table] and "geometry" not in ALIASES[table]
    if not takes_points or not isinstance(features, gpd.GeoDataFrame):
        return features, {}
    shapes = features.geometry
    points = gpd.GeoSeries(single_points(np.asarray(shapes.values)), index=features.index, crs=shapes.crs)
    if points.crs is not None:
        points = points.to_crs(4326)
    own = {normalise_header(str(name)): str(name) for name in features.columns}
    x, y = own.get("lon", "lon"), own.get("lat", "lat")
    cells = {x: as_text(points.x), y: as_text(points.y)}
    is_placed = points.notna()
    if {x, y} <= set(features.columns):
        is_filled = features[x].notna() & features[y].notna()
        cells = {name: cell.mask(is_filled, features[name]) for name, cell in cells.items()}
        is_placed |= is_filled
    n_lost = int((shapes.notna() & ~is_placed).sum())
    found = features.assign(**cells) if points.notna().any() else features
    return found, {"no_single_point": n_lost} if n_lost else {}


def _dbf_encoding(path: Path) -> str | None:
    """Return the encoding of a shapefile's attributes, by trial; None if a .cpg file states it or in other formats."""
    table = path.with_suffix(".dbf")
    if path.suffix.lower() != ".shp" or path.with_suffix(".cpg").exists() or not table.exists():
        return None
    try:
        _words(read_regular(table)).decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _words(table: bytes) -> bytes:
    """Return field names and records of a dBASE table; the rest of its header is binary."""
    first = int.from_bytes(table[8:10], "little")
    names = (table[at : at + 11].partition(b"\0")[0] for at in range(32, first - 1, 32))
    return b"\n".join((*names, table[first:]))
