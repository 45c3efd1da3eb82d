"""READ: a csv of dated points, for a backtest without a scenario's own past."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from pyproj import Transformer

from geodata.arrays import Bools, Float64s
from geodata.datum.convert import metre_crs, to_wgs84
from geodata.datum.names import BD09, GCJ02, Datum
from geodata.errors import InputError, Issue
from geodata.schema import CRS

METRES, DEGREES, DATE = ("x_m", "y_m"), ("lon", "lat"), "date"
_SHIFTED = (GCJ02, BD09)


@dataclass(frozen=True, slots=True)
class Positions:
    """Where things are, shape (k, 2): metres of a plane of the file's own, or longitude and latitude in WGS-84."""

    at: Float64s
    is_metres: bool


def read_points(path: Path, datum: Datum) -> tuple[Positions, Float64s]:
    """
    Places, and days since the first, shape (k,).

    The file has the columns `date` and either `x_m` and `y_m` or `lon` and `lat`.

    Parameters
    ----------
    path
        A csv.
    datum
        What longitudes and latitudes are in, if it is a shifted one of degrees; else they are taken as WGS-84.

    Raises
    ------
    InputError
        S403 no such csv, or a column is missing; S404 a row cannot be read.
    """
    table = read_csv(path, "date, x_m, y_m / date, lon, lat")
    if not {DATE, *position_columns(table)} <= set(table.columns) or table.empty:
        raise InputError([Issue("S403", path.name, {"columns": "date, x_m, y_m / date, lon, lat"})])
    when = pd.to_datetime(table[DATE], errors="coerce", format="ISO8601", utc=True)
    positions, is_good = positions_of(table, datum)
    refuse_rows(path, is_good & when.notna().to_numpy(np.bool_))
    days = (when - when.min().normalize()).dt.total_seconds() / 86_400.0
    return positions, np.asarray(days, np.float64)


def read_csv(path: Path, columns: str) -> pd.DataFrame:
    """
    The cells of a csv as text.

    Raises
    ------
    InputError
        S403 with the columns that it should have.
    """
    try:
        return pd.read_csv(path, encoding="utf-8-sig", dtype=str)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise InputError([Issue("S403", str(path), {"columns": columns})]) from error


def position_columns(table: pd.DataFrame) -> tuple[str, str]:
    """`x_m` and `y_m` if the table has them, else `lon` and `lat`."""
    return METRES if set(METRES) <= set(table.columns) else DEGREES


def positions_of(table: pd.DataFrame, datum: Datum) -> tuple[Positions, Bools]:
    """The positions of a table that has the columns, and which rows have one."""
    names = position_columns(table)
    at = np.column_stack([pd.to_numeric(table[c], errors="coerce").to_numpy(np.float64) for c in names])
    limit = (np.inf, np.inf) if names == METRES else (180.0, 90.0)
    is_good = (np.isfinite(at) & (np.abs(at) <= limit)).all(axis=1)
    if names == DEGREES and datum in _SHIFTED:
        lon, lat = np.where(is_good[:, None], at, np.nan).T
        at = np.column_stack(to_wgs84(lon, lat, datum))
    return Positions(at, names == METRES), np.asarray(is_good, np.bool_)


def refuse_rows(path: Path, is_good: Bools) -> None:
    """
    Nothing, if every row can be read.

    Raises
    ------
    InputError
        S404 with the first that cannot, and how many there are.
    """
    if not is_good.all():
        first = int(np.flatnonzero(~is_good)[0]) + 2
        raise InputError([Issue("S404", f"{path.name} row {first}", {"n": int((~is_good).sum())})])


def in_one_plane(*positions: Positions) -> list[Float64s]:
    """Each in metres of one plane; all of them must be in degrees, or all in metres."""
    if all(p.is_metres for p in positions):
        return [p.at for p in positions]
    lon, lat = np.vstack([p.at for p in positions]).T
    to_metres = Transformer.from_crs(CRS, metre_crs(lon, lat), always_xy=True)
    return [np.column_stack(to_metres.transform(*p.at.T)) for p in positions]
