"""Scenarios for scripts, made from a folder or from tables in memory."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TypedDict

import geopandas as gpd
import pandas as pd

from geodata.errors import InputError, Issue, MessageValue
from geodata.message_catalogue import Texts, load_texts
from geodata.schema import BUILDINGS
from sweep.inputs.load_inputs import load_inputs
from sweep.inputs.matched_inputs import Inputs
from sweep.inputs.row_losses import quarantine_issues
from sweep.jobs.stages.input_contradictions import input_issues
from sweep.jobs.stages.rank_day import rank
from sweep.made_up.generate_city import generate_city
from sweep.made_up.gis_layers import street_layer
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.scenario import load_scenario as files
from sweep.scenario.scenario import GivenTables
from sweep.scenario.scenario import Scenario as Settings

type SettingValues = Mapping[str, object]
"""Values of scenario.toml by dotted key: `{"teams.n_teams": 6, "solver.time_limit_s": 10}`."""

_IN_ROWS = re.compile(r"\b(\w+) row (\d+(?:, \d+)*)")


@dataclass(frozen=True, eq=False)
class Scenario:
    """
    A scenario: its settings, and the files or tables that it reads.

    Parameters
    ----------
    settings
        All keys of scenario.toml.
    """

    settings: Settings

    @classmethod
    def from_tables(
        cls,
        *,
        buildings: pd.DataFrame,
        day: date | str,
        leads: pd.DataFrame | None = None,
        firms: pd.DataFrame | None = None,
        roster: pd.DataFrame | None = None,
        bases: pd.DataFrame | None = None,
        history: pd.DataFrame | None = None,
        streets: gpd.GeoDataFrame | Path | str | None = None,
        settings: SettingValues | None = None,
        **others: pd.DataFrame,
    ) -> Scenario:
        """
        Make a scenario from tables in memory; they are read and cleaned like files, at first use.

        Parameters
        ----------
        buildings, leads, firms, roster, bases, history
            Tables with the columns of docs/columns.md, under English or Chinese names. A plan needs all but `history`;
            a ranking needs `buildings`, and `leads` or `history`. A geometry without a CRS, and columns of longitude
            and latitude, are in `data.datum` (WGS-84). A time without a zone is China standard time. A named index is
            read as a column.
        day
            Day of the sweep.
        streets
            Lines of streets, or the path of an OpenStreetMap file; None: distances are 1.4 times the straight line.
        settings
            Values of scenario.toml by dotted key; a string is read as TOML, or kept if it is no TOML.
        others
            Further tables by their key in `[data]` of scenario.toml: `building_files`, `districts`, `water`, `pins`,
            `investigations`, `other_inspections`, `assign`.

        Raises
        ------
        InputError
            If a setting is not allowed, or `[data]` has no key of a table's name.
        TypeError
            If a table is no DataFrame.
        """
        given = {"buildings": buildings, "leads": leads, "firms": firms, "roster": roster, "bases": bases, **others}
        given |= {"history": history, "streets": None if isinstance(streets, Path | str) else streets}
        tables = {name: table for name, table in given.items() if table is not None}
        for name, table in tables.items():
            if not isinstance(table, pd.DataFrame):
                raise TypeError(f"{name} must be a DataFrame, got {type(table).__name__}")
            # A key is often the index, which a file would have as a column.
            levels = {key: at for at, key in enumerate(table.index.names) if key is not None}
            named = {str(key): table.index.get_level_values(at) for key, at in levels.items() if key not in table}
            tables[name] = table.assign(**named)
        folder = Path()
        values: dict[str, object] = {"day": day, **{f"data.{name}": name for name in tables}, **(settings or {})}
        if isinstance(streets, Path | str):
            path = Path(streets).absolute()
            folder, values["data.streets"] = path.parent, path.name
        made = files.make_scenario({"name": "tables"}, folder, values, load_texts("en"))
        return cls(made.with_tables(GivenTables(tables)))

    def with_settings(self, settings: SettingValues) -> Scenario:
        """
        Return a copy of the scenario with new values of settings, by dotted key of scenario.toml.

        Raises
        ------
        InputError
            If a setting is not allowed.
        """
        own = self.settings
        tree = own.model_dump(exclude_unset=True, exclude={"folder"})
        made = files.make_scenario(tree, own.folder, settings, load_texts("en"))
        return type(self)(made if own.given is None else made.with_tables(own.given))

    @cached_property
    def inputs(self) -> Inputs:
        """Clean inputs of a plan, read at first use; raises InputError with every error found."""
        with row_labels(self):
            return load_inputs(self.settings)

    @cached_property
    def study_inputs(self) -> Inputs:
        """Clean inputs of a ranking, which needs no firms, roster or bases; otherwise the same as `inputs`."""
        with row_labels(self):
            return load_inputs(self.settings, is_study=True)


@contextmanager
def row_labels(scenario: Scenario) -> Iterator[None]:
    """Context in which an InputError names rows of tables in memory by their index labels instead of row numbers."""
    try:
        yield
    except InputError as error:
        notes = [*labelled(scenario, error.notes), *_settings_note(scenario, error.issues)]
        raise InputError(labelled(scenario, error.issues), notes) from error.__cause__


def labelled(scenario: Scenario, issues: Iterable[Issue]) -> list[Issue]:
    """
    Return the issues with the index labels of rows of tables in memory, instead of row numbers.

    Issues of a scenario that reads files are returned unchanged.
    """
    given = scenario.settings.given
    return list(issues) if given is None else [_labelled(issue, given.frames) for issue in issues]


def texts_of(scenario: Scenario) -> Texts:
    """Return the texts in the language of a scenario."""
    return load_texts(scenario.settings.lang)


def load_scenario(path: Path | str, settings: SettingValues | None = None) -> Scenario:
    """
    Load a scenario from its folder or its scenario.toml.

    Parameters
    ----------
    path
        Folder with scenario.toml, the file itself, or the name of a folder in `scenarios/`.
    settings
        Values of scenario.toml by dotted key that replace those of the file.

    Raises
    ------
    InputError
        If there is no such file, or a setting is not allowed.
    """
    return Scenario(files.load_scenario(Path(path), settings))


def validate(scenario: Scenario) -> pd.DataFrame:
    """
    Return every issue of the inputs: errors that prevent a plan, rows that are not used, and warnings.

    Returns
    -------
    DataFrame
        `kind` (`error`, `quarantined`, `warning`), `code`, `where`, `what`, `fix`; empty if nothing was found.
    """
    found: dict[str, Sequence[Issue]] = {"error": (), "quarantined": (), "warning": ()}
    try:
        inputs = scenario.inputs
        found["quarantined"] = labelled(scenario, quarantine_issues(inputs.quarantine))
        found["warning"] = labelled(scenario, inputs.warnings)
        with row_labels(scenario):
            ranked = rank(scenario.settings, inputs)
        clashes, notes = input_issues(scenario.settings, inputs, ranked)
        found |= {"error": labelled(scenario, clashes), "warning": labelled(scenario, notes)}
    except InputError as error:
        found |= {"error": error.issues, "warning": error.notes}
    rows = [
        (kind, issue.code, issue.where, issue.what(texts_of(scenario)), issue.fix(texts_of(scenario)))
        for kind, issues in found.items()
        for issue in issues
    ]
    return pd.DataFrame(rows, columns=["kind", "code", "where", "what", "fix"])


class DemoTables(TypedDict):
    """Tables of a made-up city as keyword arguments of `Scenario.from_tables`."""

    day: date
    buildings: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    firms: pd.DataFrame
    leads: pd.DataFrame
    roster: pd.DataFrame
    bases: pd.DataFrame
    history: pd.DataFrame


def demo_tables(*, seed: int = 1, day: date = date(2026, 9, 16), n_buildings: int = 290) -> DemoTables:
    """
    Return the tables of a made-up city, as `Scenario.from_tables` takes them; nothing in them is real.

    Parameters
    ----------
    seed
        Seed of the city.
    day
        Day of the sweep; leads and visits cover the year before it.
    n_buildings
        Number of office buildings, at least 4.
    """
    usual = SyntheticCitySettings(seed=seed, day=day)
    share = n_buildings / usual.n_buildings
    n_leads, n_dens = round(share * usual.n_leads), max(1, round(share * usual.n_dens))
    city = generate_city(replace(usual, n_buildings=n_buildings, n_leads=n_leads, n_dens=n_dens))
    return DemoTables(
        day=day,
        buildings=gpd.GeoDataFrame(city.buildings[list(BUILDINGS.columns)]),
        streets=street_layer(city),
        firms=city.firms,
        leads=city.leads,
        roster=city.roster,
        bases=city.bases,
        history=city.history,
    )


def _settings_note(scenario: Scenario, issues: Iterable[Issue]) -> Iterator[Issue]:
    """Yield a note for tables in memory: `settings` to pass in place of the scenario.toml lines that issues propose."""
    values: dict[str, dict[str, object]] = {}
    for issue in issues if scenario.settings.given else ():
        # A confidential word has no line.
        if " = " in (line := str(issue.values.get("line"))):
            values.setdefault(str(issue.values["section"]), {}).update(tomllib.loads(line))
    if values:
        yield Issue("S890", "from_tables", {"argument": f"settings={values!r}"})


def _labelled(issue: Issue, frames: Mapping[str, pd.DataFrame]) -> Issue:
    """Return an issue that names rows by the index labels of the tables in `frames`, instead of by number from 1."""

    def label(table: str, row: str) -> str:
        own = frames[table].index[int(row) - 1]
        return ", ".join(map(str, own)) if isinstance(own, tuple) else str(own)

    def labels(found: re.Match[str]) -> str:
        table, rows = found[1], found[2].split(", ")
        return f"{table} row {', '.join(label(table, row) for row in rows)}" if table in frames else found[0]

    values: dict[str, MessageValue] = dict(issue.values)
    found = _IN_ROWS.search(issue.where)
    if found and (table := found[1]) in frames:
        if isinstance(first := values.get("first_row"), int):
            values["first_row"] = label(table, str(first))
        if isinstance(rows := values.get("rows"), tuple):
            own = (re.sub(r"^\d+", lambda row: label(table, row[0]), str(row)) for row in rows)
            values["rows"] = tuple(_IN_ROWS.sub(labels, row) for row in own)
    return Issue(issue.code, _IN_ROWS.sub(labels, issue.where), values)
