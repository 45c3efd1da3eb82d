"""Tables in memory are read as files are; each error of them names table, column, row label and fix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

import sweep
from geodata.message_catalogue import load_texts
from tests.api.demo import N, tables

type Tables = dict[str, Any]


def _set(table: str, column: str, *cells: object) -> Callable[[Tables], None]:
    """Put cells into the first rows of a column."""

    def change(given: Tables) -> None:
        frame = given[table].astype({column: object})
        for row, cell in enumerate(cells):
            frame.iloc[row, frame.columns.get_loc(column)] = cell
        given[table] = frame

    return change


def _without(table: str, column: str) -> Callable[[Tables], None]:
    return lambda given: given.update({table: given[table].drop(columns=column)})


def _replaced(table: str, change: Callable[[Any], Any]) -> Callable[[Tables], None]:
    return lambda given: given.update({table: change(given[table])})


def _twice(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    other = frame[[column]].rename(columns={column: column})
    return pd.concat([frame, other], axis=1)


def _repeated(frame: pd.DataFrame, **changed: object) -> pd.DataFrame:
    """The first row once more under its key, with something else in it, and a label of its own."""
    again = frame.iloc[[0]].assign(**changed)
    again.index = pd.Index(["again" if isinstance(frame.index[0], str) else 99])
    return pd.concat([frame, again])


SITE = 'ENGCRS["site",EDATUM["site"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["metre",1]]'

BROKEN = {
    # Columns: name, and the table that lacks or doubles it.
    "no lead type": (_without("leads", "lead_type"), "G103", "leads", "lead_type"),
    "no lead id": (_without("leads", "lead_id"), "G103", "leads", "lead_id"),
    "no building id": (_without("buildings", "building_id"), "G103", "buildings", "building_id"),
    "no geometry": (_without("buildings", "geometry"), "G103", "buildings", ""),
    "no credit code": (_without("firms", "uscc"), "G103", "firms", "uscc"),
    "no agency": (_without("roster", "agency"), "G103", "roster", "agency"),
    "no longitude": (_without("bases", "lon"), "G103", "bases", "lon"),
    "a column twice": (_replaced("leads", lambda f: _twice(f, "lead_type")), "G107", "leads", "lead_type"),
    "too many columns": (
        _replaced("firms", lambda f: f.join(pd.DataFrame(0, f.index, [f"c{k}" for k in range(1_001)]))),
        *("G112", "firms", ""),
    ),
    "an unknown table": (
        lambda given: given.update(historie=given["leads"]),
        *("S103", "data.historie", "history"),
    ),
    "a day in another notation": (lambda given: given.update(day="16/09/2026"), "S104", "day", "16/09/2026"),
    "an unknown setting": (lambda given: given.update(settings={"teams.n_team": 4}), "S103", "teams.n_team", "n_teams"),
    # Tables.
    "no firms": (lambda given: given.pop("firms"), "G137", "firms", ""),
    "no roster": (lambda given: given.pop("roster"), "G137", "roster", ""),
    "no row": (_replaced("leads", lambda f: f.iloc[:0]), "G127", "leads", ""),
    # Cells: the row has the label of the frame, text or number.
    "no time": (_set("leads", "received_at", pd.NaT, pd.NaT), "G201", "leads row a", "received_at"),
    "no time, numbered rows": (_set("roster", "person_id", None), "G201", "roster row 0", "person_id"),
    "NaN for a number": (_set("bases", "lon", np.nan), "G201", "bases row 0", "lon"),
    "a time that is none": (_set("leads", "received_at", "soon", "later"), "G208", "leads row b", "received_at"),
    "a number for a time": (_set("leads", "received_at", 17, 18), "G208", "leads row a", "received_at"),
    "a time of another day": (
        _set("leads", "received_at", *[pd.Timestamp("2026-09-20", tz="UTC")] * 12),
        *("G212", "leads row l", "received_at"),
    ),
    "a word for a number": (_set("buildings", "n_floors", "many", "few"), "", "buildings row 1", "n_floors"),
    "an unknown kind": (_set("leads", "lead_type", "x", "y"), "G207", "leads row b", "lead_type"),
    "an unknown agency": (_set("roster", "agency", "army"), "G207", "roster row 0", "agency"),
    "a clock that is none": (_set("roster", "shift_start_s", "noon"), "G213", "roster row 0", "shift_start_s"),
    "a clock below 0": (_set("roster", "shift_start_s", -5), "G213", "roster row 0", "shift_start_s"),
    "a wrong credit code": (_set("firms", "uscc", "91370102MA00000000", "1"), "", "firms row 1", "uscc"),
    # Keys.
    "a lead twice": (
        _replaced("roster", lambda f: _repeated(f, role="auxiliary")),
        *("G202", "roster row 99", "person_id"),
    ),
    "a building twice": (
        _replaced("buildings", lambda f: _repeated(f, n_floors=3)),
        *("G202", "buildings row 99", "building_id"),
    ),
    "an unknown base": (_set("roster", "base_id", "S9"), "", "roster", "S9"),
    # Geometry and datum.
    "degrees beyond the poles": (_set("bases", "lat", 136.0), "", "bases row 0", "lat"),
    "metres without a CRS": (
        _replaced("buildings", lambda b: b.to_crs(32650).set_crs(None, allow_override=True)),
        *("G220", "buildings row 0", ""),
    ),
    "a CRS of a building site": (
        _replaced("buildings", lambda b: b.to_crs(32650).set_crs(SITE, allow_override=True)),
        *("G220", "buildings row 0", ""),
    ),
    "a CRS of heights": (
        _replaced("buildings", lambda b: b.to_crs(32650).set_crs(5773, allow_override=True)),
        *("G220", "buildings row 0", ""),
    ),
    "geocentric metres": (
        _replaced("buildings", lambda b: b.to_crs(32650).set_crs(4978, allow_override=True)),
        *("G220", "buildings row 0", ""),
    ),
    "a MultiIndex of rows": (
        _replaced(
            "leads", lambda f: f.assign(lead_type="x").set_axis(pd.MultiIndex.from_product([["one", "two"], range(6)]))
        ),
        *("G207", "leads row two, 5", "lead_type"),
    ),
    "cells of categories": (
        _replaced("leads", lambda f: f.assign(lead_type=pd.Categorical(["x"] * N))),
        *("G207", "leads row c", "lead_type"),
    ),
    "missing cells of a nullable type": (
        _replaced("roster", lambda f: f.assign(is_female=pd.array([None] * N, dtype="boolean"))),
        *("G201", "roster row 7", "is_female"),
    ),
    "lists in cells": (
        _replaced("buildings", lambda f: f.assign(n_floors=[[1, 2]] * N)),
        *("", "buildings row 2", "n_floors"),
    ),
    "degrees said to be metres": (
        _replaced("buildings", lambda b: b.set_crs(32650, allow_override=True)),
        *("", "buildings row 0", ""),
    ),
    "lines for outlines": (
        _replaced("buildings", lambda b: b.set_geometry(b.geometry.boundary)),
        *("G218", "buildings row 0", ""),
    ),
    "no outline": (
        _replaced("buildings", lambda b: b.set_geometry([shapely.Polygon()] * 12)),
        "G217",
        "buildings row 3",
        "",
    ),
}


@pytest.fixture(scope="module")
def sound() -> sweep.Scenario:
    """Scenario of the tables as they are; its inputs are read once for all tests."""
    return sweep.Scenario.from_tables(**tables())


def test_sound_tables_have_no_error(sound: sweep.Scenario) -> None:
    inputs = sound.inputs
    assert [len(t) for t in (inputs.buildings, inputs.firms, inputs.leads, inputs.roster, inputs.bases)] == [12] * 4 + [
        1
    ]
    assert len(inputs.quarantine) == 0


@pytest.mark.parametrize("name", BROKEN)
def test_an_error_names_table_row_label_column_and_fix(name: str) -> None:
    change, code, where, column = BROKEN[name]
    given = tables()
    change(given)
    with pytest.raises(sweep.InputError) as caught:
        _ = sweep.Scenario.from_tables(**given).inputs
    lines = [line for line in str(caught.value).splitlines() if code in line and column in line]
    place, _, label = where.partition(" row ")
    found = [
        line for line in lines if place in line and (not label or label in line.partition(":")[0].partition(" row")[2])
    ]
    assert found, caught.value
    texts = load_texts("en")
    assert any(issue.fix(texts) and issue.fix(texts) in found[0] for issue in caught.value.issues)


def test_there_are_thirty_broken_tables() -> None:
    assert len(BROKEN) >= 30


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("leads", lambda f: f.set_index("lead_id")),
        ("leads", lambda f: f.set_index(["lead_id", "lead_source"])),
        ("buildings", lambda f: f.set_index("building_id").to_crs(4549)),
        ("buildings", lambda f: f.set_geometry(shapely.force_3d(f.geometry.values, 5.0), crs=f.crs)),
        ("buildings", lambda f: f.convert_dtypes().assign(division_code=370102.0)),
        ("leads", lambda f: f.convert_dtypes(dtype_backend="pyarrow")),
        ("leads", lambda f: f.astype({"lead_type": "category"})),
        ("roster", lambda f: f.assign(certificate_until=pd.Timestamp("2027-12-30 16:00", tz="UTC"))),
    ],
    ids=["index", "MultiIndex", "index and CRS", "heights", "nullable", "arrow", "categories", "UTC"],
)
def test_usual_forms_of_a_table_give_the_same_inputs(
    sound: sweep.Scenario, table: str, change: Callable[[Any], Any]
) -> None:
    given = tables()
    given[table] = change(given[table])
    frames = [getattr(of.inputs, table).copy() for of in (sound, sweep.Scenario.from_tables(**given))]
    shapes = [f.pop("geometry") if "geometry" in f else None for f in frames]
    pd.testing.assert_frame_equal(*(pd.DataFrame(f) for f in frames), check_exact=False, atol=1e-7)
    assert shapes[0] is None or shapely.equals_exact(*(shapely.normalize(s.values) for s in shapes), 1e-8).all()


def test_a_table_below_a_title_row_is_read_with_the_labels_of_its_own_rows(sound: sweep.Scenario) -> None:
    # As pandas reads a sheet whose first row is a title: the header is a row of the data.
    given = tables()
    leads = given["leads"].assign(received_at="2026-09-10 10:00")
    rows = [["线索台账（9月）", *[None] * (leads.shape[1] - 1)], ["截至9月15日", *[None] * (leads.shape[1] - 1)]]
    below = pd.DataFrame([*rows[1:], list(leads.columns), *leads.to_numpy().tolist()])
    below.columns = pd.Index([rows[0][0], *[f"Unnamed: {k}" for k in range(1, leads.shape[1])]])
    read = sweep.Scenario.from_tables(**given | {"leads": below}).study_inputs.leads
    wanted = sound.study_inputs.leads
    pd.testing.assert_frame_equal(read.reset_index(drop=True), wanted.reset_index(drop=True))

    below.iloc[4, list(leads.columns).index("lead_type")] = "fairy_tale"
    found = sweep.validate(sweep.Scenario.from_tables(**given | {"leads": below}))
    assert found[found["code"] == "G207"]["where"].tolist() == ["leads row 4"]


@pytest.mark.parametrize("is_hex", [False, True])
def test_outlines_as_well_known_binary_are_read_like_shapes(is_hex: bool) -> None:
    given = tables()
    shapes = given["buildings"].geometry
    wkb = [shapely.to_wkb(shape, hex=is_hex) for shape in shapes]
    plain = pd.DataFrame(given["buildings"].drop(columns="geometry")).assign(geometry=wkb)
    read = sweep.Scenario.from_tables(**given | {"buildings": plain}).study_inputs.buildings
    assert read.geometry.reset_index(drop=True).geom_equals(shapes.reset_index(drop=True)).all()


def test_an_error_that_settings_fix_names_the_argument_of_from_tables() -> None:
    given = tables()
    given["leads"] = given["leads"].rename(columns={"lead_type": "线索类型名称"}).assign(lead_source="群众来信")
    with pytest.raises(sweep.InputError) as caught:
        _ = sweep.Scenario.from_tables(**given).study_inputs
    last = str(caught.value).splitlines()[-1]
    assert last.startswith("S890 ")
    assert "settings={'data.columns.leads': {'lead_type': '线索类型名称'}}" in last
    table = sweep.validate(sweep.Scenario.from_tables(**given))
    assert list(table[table["kind"] == "warning"]["code"]) == ["S890"]

    given["leads"] = given["leads"].rename(columns={"线索类型名称": "lead_type"})
    words = {"data.values.leads.lead_source": {"群众来信": "reported"}}
    assert len(sweep.Scenario.from_tables(**given, settings=words).study_inputs.leads)


def test_numbers_of_numpy_and_codes_as_text_are_settings() -> None:
    settings = {"teams.n_teams": np.int64(2), "data.division_code": "370102"}
    scenario = sweep.Scenario.from_tables(**tables(), settings=settings)
    assert scenario.settings.teams.n_teams == 2
    assert scenario.settings.data.division_code == "370102"


def test_chinese_headers_and_a_projected_crs_are_read() -> None:
    given = tables()
    given["leads"] = given["leads"].rename(columns={"lead_type": "线索类型", "received_at": "受理时间"})
    given["buildings"] = given["buildings"].to_crs(4549)
    inputs = sweep.Scenario.from_tables(**given).inputs
    assert len(inputs.leads) == 12
    assert inputs.buildings.geometry.iloc[0].centroid.x == pytest.approx(116.99, abs=1e-6)


def test_a_time_without_a_zone_is_china_standard_time() -> None:
    given = tables()
    naive, aware = given["leads"].copy(), given["leads"].copy()
    naive["received_at"] = pd.Timestamp("2026-09-10 10:00")
    aware["received_at"] = pd.Timestamp("2026-09-10 02:00", tz="UTC")
    read = [sweep.Scenario.from_tables(**given | {"leads": leads}).inputs.leads for leads in (naive, aware)]
    pd.testing.assert_frame_equal(*read)


def test_tables_give_the_inputs_that_their_files_give(sound: sweep.Scenario, tmp_path: Path) -> None:
    given = tables()
    for name in ("leads", "firms", "roster", "bases"):
        given[name].to_csv(tmp_path / f"{name}.csv", index=False)
    given["buildings"].to_file(tmp_path / "buildings.gpkg")
    (tmp_path / "scenario.toml").write_text(f'name = "files"\nday = {given["day"]}\n', encoding="utf-8")
    of_files = sweep.load_scenario(tmp_path).inputs
    for name in ("leads", "firms", "roster", "bases", "buildings"):
        pd.testing.assert_frame_equal(pd.DataFrame(getattr(of_files, name)), pd.DataFrame(getattr(sound.inputs, name)))


def test_no_file_of_the_working_folder_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "assign.csv").write_text("nonsense\n", encoding="utf-8")
    (tmp_path / "follow_up").mkdir()
    (tmp_path / "follow_up" / "results-x.csv").write_text("nonsense\n", encoding="utf-8")
    assert len(sweep.Scenario.from_tables(**tables()).inputs.leads) == 12


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(TypeError, match="leads must be a DataFrame, got str"):
        sweep.Scenario.from_tables(**tables() | {"leads": "leads.csv"})


def test_issues_of_warnings_have_the_labels_too() -> None:
    given = tables()
    given["leads"].loc["c", "received_at"] = pd.NaT
    found = sweep.validate(sweep.Scenario.from_tables(**given))
    assert found[found["kind"] == "quarantined"][["code", "where"]].values.tolist() == [["G201", "leads row c"]]


@pytest.mark.slow
def test_rows_with_whole_numbers_as_labels_are_named_by_these_in_every_function() -> None:
    given = tables()
    given["leads"] = given["leads"].set_axis(range(1, 24, 2)).astype({"lead_type": object})
    given["leads"].loc[[5, 7], "lead_type"] = "x"
    scenario = sweep.Scenario.from_tables(**given)
    for function in (sweep.rank, sweep.plan, sweep.backtest, lambda s: sweep.check(s, "none"), lambda s: s.inputs):
        with pytest.raises(sweep.InputError, match="G207 leads rows 5, 7 "):
            function(scenario)
    found = sweep.validate(scenario)
    assert found[found["kind"] == "error"]["where"].tolist()[-2:] == ["leads row 5", "leads row 7"]
