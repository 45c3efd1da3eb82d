"""READ: a csv of dated points, for a backtest without a scenario."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import Transformer

from geodata.datum import metre_crs
from geodata.errors import InputError, Issue
from geodata.schema import CRS

Floats = NDArray[np.float64]
METRES, DEGREES, DATE = ("x_m", "y_m"), ("lon", "lat"), "date"


def read_points(path: Path) -> tuple[Floats, Floats]:
    """
    Places in metres, shape (k, 2), and days since the first, shape (k,).

    The file has the columns `date` and either `x_m` and `y_m` or `lon` and `lat`.

    Raises
    ------
    InputError
        S403 no such csv, or a column is missing; S404 a row cannot be read.
    """
    try:
        table = pd.read_csv(path, encoding="utf-8-sig", dtype=str)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise InputError([Issue("S403", str(path), {"columns": "date, x_m, y_m"})]) from error
    names = METRES if set(METRES) <= set(table.columns) else DEGREES
    if not {DATE, *names} <= set(table.columns) or table.empty:
        raise InputError([Issue("S403", path.name, {"columns": "date, x_m, y_m / date, lon, lat"})])
    when = pd.to_datetime(table[DATE], errors="coerce", format="ISO8601", utc=True)
    places = np.column_stack([pd.to_numeric(table[c], errors="coerce").to_numpy(np.float64) for c in names])
    limit = (np.inf, np.inf) if names == METRES else (180.0, 90.0)
    is_good = when.notna().to_numpy(np.bool_) & (np.isfinite(places) & (np.abs(places) <= limit)).all(axis=1)
    if not is_good.all():
        first = int(np.flatnonzero(~is_good)[0]) + 2
        raise InputError([Issue("S404", f"{path.name} row {first}", {"n": int((~is_good).sum())})])
    if names == DEGREES:
        lon, lat = places.T
        places = np.column_stack(Transformer.from_crs(CRS, metre_crs(lon, lat), always_xy=True).transform(lon, lat))
    days = (when - when.min().normalize()).dt.total_seconds() / 86_400.0
    return np.asarray(places, np.float64), np.asarray(days, np.float64)
