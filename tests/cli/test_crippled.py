"""A scenario that lacks a table, a column, a role, a skill or a base gets an error or a state that is not green."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import geopandas as gpd
import pytest

from sweep.made_up.generate_city import generate_city
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.made_up.write_city import write_pbf
from tests.cli.conftest import Plain, Run

type Cripple = Callable[[Plain], None]


def no_table(key: str) -> Cripple:
    """The table is named no more and its file is gone."""

    def cripple(plain: Plain) -> None:
        toml = plain.folder / "scenario.toml"
        text = toml.read_text(encoding="utf-8")
        file = re.search(rf'^{key} = "(.*)"\n', text, re.MULTILINE)
        (plain.folder / (file[1] if file else f"{key}.csv")).unlink()
        toml.write_text(text.replace(file[0], "") if file else text, encoding="utf-8")

    return cripple


def no_rows(table: str, column: str, *values: str) -> Cripple:
    """The rows with one of the values are gone; without values all rows."""

    def cripple(plain: Plain) -> None:
        rows = plain.rows(table)
        kept = [r for r in rows if values and r[column] not in values]
        plain.write(table, kept or rows[:1])
        if not kept:
            path = plain.folder / f"{table}.csv"
            path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")

    return cripple


def no_column(table: str, column: str) -> Cripple:
    def cripple(plain: Plain) -> None:
        plain.write(table, [{k: v for k, v in row.items() if k != column} for row in plain.rows(table)])

    return cripple


def each(table: str, **cells: str) -> Cripple:
    """Every row has these cells."""

    def cripple(plain: Plain) -> None:
        plain.write(table, [row | cells for row in plain.rows(table)])

    return cripple


def in_settings(old: str, new: str) -> Cripple:
    """A text of scenario.toml is another."""

    def cripple(plain: Plain) -> None:
        toml = plain.folder / "scenario.toml"
        toml.write_text(toml.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    return cripple


def all_under_investigation(plain: Plain) -> None:
    ids = gpd.read_file(plain.folder / "buildings.gpkg", ignore_geometry=True)["building_id"]
    opened = {"uscc": "", "opened_on": "2026-09-10"}
    plain.write("investigations", [{"investigation_id": f"Z{b}", "building_id": b} | opened for b in ids])
    in_settings("[data]\n", '[data]\ninvestigations = "investigations.csv"\n')(plain)


def streets_of_another_city(plain: Plain) -> None:
    settings = SyntheticCitySettings(seed=4, day=date(2026, 9, 16), n_buildings=30, n_dens=3, n_leads=30)
    city = generate_city(settings)
    away = city.streets.set_geometry(city.streets.translate(4.0, -5.0))
    write_pbf(replace(city, streets=away), plain.folder / "city.osm.pbf")


def leads_of_one_building(plain: Plain) -> None:
    first = next(row for row in plain.rows("leads") if row["building_id"])
    plain.write("leads", [row for row in plain.rows("leads") if row["building_id"] == first["building_id"]])


CRIPPLES: dict[str, Cripple] = {
    **{f"no {t}": no_table(t) for t in ("buildings", "firms", "leads", "roster", "bases", "history", "streets")},
    **{f"no rows of {t}": no_rows(t, "") for t in ("firms", "leads", "roster", "bases", "history")},
    **{
        f"no {table} {column}": no_column(table, column)
        for table, columns in {
            "firms": ("uscc", "firm_name", "credit_class"),
            "leads": ("lead_id", "lead_type", "lead_source", "received_at", "address"),
            "roster": (
                *("person_id", "agency", "role", "certificate_until", "is_female", "base_id", "division_code"),
                *("shift_start", "shift_end", "recusals", "skills"),
            ),
            "bases": ("base_id", "base_name", "division_code", "lon", "lat"),
            "history": ("visit_id", "building_id", "visited_on", "track", "authority", "outcome", "officers"),
        }.items()
        for column in columns
    },
    **{f"no {a}": no_rows("roster", "agency", a) for a in ("police", "market_regulation")},
    **{f"no {r}": no_rows("roster", "role", r) for r in ("officer", "inspector")},
    "no women": each("roster", is_female="no"),
    "certificates of last year": each("roster", certificate_until="2025-12-31"),
    "shifts of an hour": each("roster", shift_start="13:00", shift_end="14:00"),
    "all people of one district": each("roster", division_code="370102"),
    "bases far away": each("bases", lon="100.0", lat="30.0"),
    "old leads": each("leads", received_at="2024-01-01 10:00"),
    "one team": in_settings("n_teams = 3", "n_teams = 1"),
    "all buildings under investigation": all_under_investigation,
    "streets of another city": streets_of_another_city,
    "leads of one building alone": leads_of_one_building,
    "no team in the day's hours": each("roster", shift_start="06:00", shift_end="08:00"),
    "a base in the next town": each("bases", lon="117.6"),
    "leads of the other table's ids": each("leads", building_id="F0001", uscc="", address=""),
    "leads at no building": each("leads", building_id="", uscc="", address="无名路1号"),
}


# Those of which a whole day is planned that takes longest; the others of that kind are always run.
LONG = (
    *("leads of the other table's ids", "leads of one building alone", "streets of another city"),
    *("leads at no building", "no firms credit_class", "no leads address"),
    *("no roster skills", "no roster recusals", "no history officers"),
)
CASES = [pytest.param(c, id=n, marks=[pytest.mark.slow] if n in LONG else []) for n, c in CRIPPLES.items()]


@pytest.fixture
def plain(plain: Plain) -> Plain:
    """A scenario with as many teams as it has work for, and nothing to check again."""
    toml = plain.folder / "scenario.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("n_teams = 4", "n_teams = 3"), encoding="utf-8")
    return plain


def test_the_whole_scenario_is_green(plain: Plain, sweep: Run) -> None:
    assert outcome(plain, sweep) == "green"


@pytest.mark.parametrize("cripple", CASES)
def test_a_crippled_scenario_is_refused_or_not_green(plain: Plain, sweep: Run, cripple: Cripple) -> None:
    cripple(plain)
    assert outcome(plain, sweep) in ("error", "amber", "red")


def outcome(plain: Plain, sweep: Run) -> str:
    """The state that `run` reports; `error` for an exit code other than 0."""
    result = sweep("run", plain.folder, "--out", plain.folder.parent / "out", "--json")
    if result.exit_code:
        assert "Traceback" not in result.output
        return "error"
    return str(json.loads(result.stdout)["state"])
