"""
Cache of the inputs of commands, and of the tables that they read, clean, match and rank, one for each test worker.

A test of a command breaks one table of nine and copies the others; without the cache these took a third of the time.
Each different file under each different setting is still processed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
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
from sweep.inputs import clean_tables, load_inputs, match_to_buildings, read_tables
from sweep.inputs.matched_inputs import Inputs
from sweep.jobs.stages import prepared_ranking
from sweep.rank.learnt.training_data import TrainingCache
from sweep.rank.rank_buildings import Ranking
from sweep.scenario.scenario import Scenario

READING = (
    (read_tables, "read_table"),
    *((clean_tables, name) for name in ("osm_table", "read_osm_streets", "read_osm_water")),
)
CLEANING = ("clean_firms", "clean_leads", "clean_buildings", "clean_roster", "clean_bases", "clean_history")
WORKING = (
    *((clean_tables, name) for name in CLEANING),
    *((match_to_buildings, name) for name in ("match_firms", "match_leads")),
    *((prepared_ranking, name) for name in ("rank_buildings", "label_buildings")),
)
# Formats of a single file; a shapefile consists of several files.
ALONE = (".csv", ".gpkg", ".pbf")

KNOWN: dict[str, tuple[Any, object]] = {}
"""Results of calls by their key; with the arguments, so that their ids are not reused."""


@pytest.fixture(scope="module", autouse=True)
def tables_known() -> Iterator[None]:
    """Make commands look up known results, in test modules that import this fixture."""
    with pytest.MonkeyPatch.context() as patch:
        for name, step in (("read", _read_all), ("clean", _clean_all), ("match", _match_all)):
            patch.setattr(load_inputs, name, partial(step, getattr(load_inputs, name)))
        for module, name in READING:
            patch.setattr(module, name, partial(_read, getattr(module, name)))
        for module, name in WORKING:
            patch.setattr(module, name, partial(_worked, getattr(module, name)))
        yield


def _read_all(work: Callable[..., Any], scenario: Scenario, *, is_study: bool) -> tuple[str, Any]:
    """Return the key of a scenario's inputs, and its raw tables unless the inputs are known."""
    key = _content(scenario, is_study)
    street_file = KNOWN[key][0].street_file if key in KNOWN else None
    is_known = key in KNOWN and (street_file is None or _moved(street_file, key, scenario).is_file())
    return key, None if is_known else work(scenario, is_study=is_study)


def _clean_all(
    work: Callable[..., Any], scenario: Scenario, held: tuple[str, Any], *, is_study: bool
) -> tuple[str, Any]:
    key, raw = held
    return key, None if raw is None else work(scenario, raw, is_study=is_study)


def _match_all(work: Callable[..., Any], scenario: Scenario, held: tuple[str, Any], *, is_study: bool) -> Inputs:
    key, tables = held
    if tables is not None:
        inputs = work(scenario, tables, is_study=is_study)
        if not key:
            return inputs
        KNOWN[key] = inputs, scenario.folder
    inputs = KNOWN[key][0]
    street_file = inputs.street_file and _moved(inputs.street_file, key, scenario)
    frames = {f.name: getattr(inputs, f.name) for f in fields(Inputs)}
    frames = {name: frame.copy(deep=False) for name, frame in frames.items() if isinstance(frame, pd.DataFrame)}
    return replace(inputs, street_file=street_file, **frames)


def _content(scenario: Scenario, is_study: bool) -> str:
    """Return the key of all that a scenario's inputs depend on; empty for a scenario without a folder."""
    if scenario.given is not None or scenario.folder == Path():
        return ""
    settings = scenario.model_copy(update={"folder": Path()})
    files = {
        # A link may lead to a file that is refused.
        str(p.relative_to(scenario.folder)): (p.is_symlink(), p.is_file() and sha256_of(p))
        for p in scenario.folder.rglob("*")
    }
    return f"inputs {is_study} {settings!r} {sorted(files.items())} {os.environ.get('XDG_CACHE_HOME')}"


def _moved(street_file: Path, key: str, scenario: Scenario) -> Path:
    """Return the street file in the folder of this scenario, if the known one lay in the folder of the other."""
    folder = KNOWN[key][1]
    return scenario.folder / street_file.relative_to(folder) if street_file.is_relative_to(folder) else street_file


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
