"""
Cache of the tables that commands read, clean, match and rank, one for each test worker.

A test of a command breaks one table of nine and copies the others; without the cache these took a third of the time.
Each different file under each different setting is still processed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.match.gazetteer import Gazetteer
from geodata.raw_table import RawTable
from geodata.read.read_table import sha256_of
from sweep.inputs import clean_tables, read_tables, tie_to_buildings
from sweep.jobs.stages import ranker
from sweep.rank.learnt.training_data import TrainingCache
from sweep.rank.rank_buildings import Ranking

READING = (
    (read_tables, "read_table"),
    *((clean_tables, name) for name in ("osm_table", "read_osm_streets", "read_osm_water")),
)
CLEANING = ("clean_firms", "clean_leads", "clean_buildings", "clean_roster", "clean_bases", "clean_history")
WORKING = (
    *((clean_tables, name) for name in CLEANING),
    *((tie_to_buildings, name) for name in ("match_firms", "match_leads")),
    *((ranker, name) for name in ("rank_buildings", "label_buildings")),
)
# Formats of a single file; a shapefile consists of several files.
ALONE = (".csv", ".gpkg", ".pbf")

KNOWN: dict[str, tuple[Any, object]] = {}
"""Results of calls by their key; with the arguments, so that their ids are not reused."""


@pytest.fixture(scope="module", autouse=True)
def tables_known() -> Iterator[None]:
    """Make commands look up known results, in test modules that import this fixture."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in READING:
            patch.setattr(module, name, partial(_read, getattr(module, name)))
        for module, name in WORKING:
            patch.setattr(module, name, partial(_worked, getattr(module, name)))
        yield


def _read(work: Callable[..., Any], path: Path, *given: object, **named: object) -> Any:
    if path.suffix not in ALONE or not path.is_file():
        return work(path, *given, **named)
    key = _key(work, path.name, sha256_of(path), *given, *named, *named.values())
    if key not in KNOWN:
        KNOWN[key] = work(path, *given, **named), (given, named)
    found = KNOWN[key][0]
    # A caller that changes a column of a returned table changes a copy.
    return replace(found, path=path) if isinstance(found, RawTable) else found.copy(deep=False)


def _worked(work: Callable[..., Any], *given: object, **named: object) -> Any:
    key = _key(work, *given, *named, *named.values())
    if key not in KNOWN:
        KNOWN[key] = work(*given, **named), (given, named)
    found = KNOWN[key][0]
    return found.copy() if isinstance(found, pd.DataFrame) else replace(found, table=found.table.copy(deep=False))


def _key(work: Callable[..., Any], *given: object) -> str:
    return f"{work.__name__} {[_short(one) for one in given]}"


def _short(one: object) -> object:
    """Return the part of a key that represents a value."""
    if isinstance(one, RawTable):
        return id(one.frame), one.anywhere, one.own_words
    if isinstance(one, pd.DataFrame):
        return _digest(one)
    if isinstance(one, Gazetteer):
        return id(one)
    if isinstance(one, Ranking):
        return id(one.event_rows)
    if isinstance(one, TrainingCache):
        return one.last
    if isinstance(one, np.ndarray):
        return one.tobytes()
    if isinstance(one, shapely.Geometry):
        return one.wkb
    return sorted(one) if isinstance(one, frozenset) else one


def _digest(frame: pd.DataFrame) -> str:
    plain = pd.DataFrame(frame.to_wkb()) if isinstance(frame, gpd.GeoDataFrame) else frame
    rows = pd.util.hash_pandas_object(plain).to_numpy().tobytes()
    return f"{hashlib.sha256(rows).hexdigest()} {frame.dtypes.to_dict()} {getattr(frame, 'crs', '')}"
