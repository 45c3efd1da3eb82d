"""What is wrong in a user's files: reported with exit 2 and nothing written, or mended and counted, or set aside."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from sweep.inputs.load_inputs import load_inputs
from sweep.scenario.load_scenario import load_scenario

Run = Any  # these two are of conftest.py
Plain = Any

IMAGE = "<img src=x onerror=alert(1)>"
BACKTICKS = "`${alert(1)}`"


def validated(sweep: Run, plain: Plain) -> dict[str, Any]:
    result = sweep("validate", plain.folder, "--json")
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


@pytest.fixture(scope="module")
def unspoilt(tables: Path, sweep: Run) -> dict[str, Any]:
    """What `validate` says of the tables before anything is changed in them."""
    return dict(json.loads(sweep("validate", tables, "--json").stdout))


def faults(result: Any) -> list[tuple[str, str]]:
    return [(i["code"], i["where"]) for i in json.loads(result.stdout)["issues"]]


def set_keys(plain: Plain, old: str, new: str) -> None:
    file = plain.folder / "scenario.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def without_column(plain: Plain, table: str, column: str) -> None:
    plain.write(table, [{k: v for k, v in row.items() if k != column} for row in plain.rows(table)])


def all_men(plain: Plain) -> None:
    plain.write("roster", [row | {"is_female": "0"} for row in plain.rows("roster")])


def no_inspectors(plain: Plain) -> None:
    plain.write("roster", [row for row in plain.rows("roster") if row["agency"] != "market_regulation"])


def unknown_base(plain: Plain) -> None:
    rows = plain.rows("roster")
    plain.write("roster", [rows[0] | {"base_id": "S99"}, *rows[1:]])


def base_named_as_a_building(plain: Plain) -> None:
    rows = plain.rows("bases")
    plain.write("bases", [*rows, rows[0] | {"base_id": "B0001"}])


def linked_away(plain: Plain) -> None:
    outside = plain.folder.parent / "secret.csv"
    shutil.move(plain.folder / "leads.csv", outside)
    (plain.folder / "leads.csv").symlink_to(outside)


FAULTS: dict[str, tuple[Callable[[Plain], object], set[tuple[str, str]]]] = {
    "a file is not there": (lambda p: (p.folder / "leads.csv").unlink(), {("G101", "leads.csv")}),
    "the street file is not there": (lambda p: (p.folder / "city.osm.pbf").unlink(), {("G120", "city.osm.pbf")}),
    "a column is not there": (lambda p: without_column(p, "leads", "lead_type"), {("G103", "leads.csv")}),
    "a file is empty": (lambda p: (p.folder / "leads.csv").write_bytes(b""), {("G102", "leads.csv")}),
    "a file has a header only": (
        lambda p: (p.folder / "roster.csv").write_text("person_id,agency,role,base_id\n"),
        {("G103", "roster.csv")},
    ),
    "no woman": (all_men, {("S201", "roster.csv")}),
    "no inspector": (no_inspectors, {("S202", "roster.csv")}),
    "a base that is not one": (unknown_base, {("S203", "roster.csv P001")}),
    "a base that has the id of a building": (base_named_as_a_building, {("G280", "bases.csv B0001")}),
    "a path leaves the folder": (
        lambda p: set_keys(p, "[data]\n", '[data]\nleads = "../leads.csv"\n'),
        {("G106", "data.leads")},
    ),
    "an absolute path": (
        lambda p: set_keys(p, "[data]\n", '[data]\nfirms = "/firms.csv"\n'),
        {("G106", "data.firms")},
    ),
    "a link leaves the folder": (linked_away, {("G106", "data.leads")}),
    "the building file is no GeoPackage": (
        lambda p: (p.folder / "buildings.gpkg").write_bytes(b"not a database"),
        {("G104", "buildings.gpkg")},
    ),
    "an unknown key": (lambda p: set_keys(p, "n_teams", "n_team"), {("S103", "teams.n_team")}),
    "a name that leaves the folder": (lambda p: set_keys(p, '"tiny"', '"../../x"'), {("S104", "name")}),
    "more teams than the roster makes": (
        lambda p: set_keys(p, "n_teams = 4", "n_teams = 40"),
        {("S211", "teams.n_teams")},
    ),
}


@pytest.mark.parametrize(("spoil", "expected"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_reported_and_nothing_is_written(
    plain: Plain, sweep: Run, tmp_path: Path, spoil: Callable[[Plain], object], expected: set[tuple[str, str]]
) -> None:
    spoil(plain)
    result = sweep("run", plain.folder, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 2, result.output
    assert set(faults(result)) == expected
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_faults_are_printed_in_words_on_standard_error(plain: Plain, sweep: Run, tmp_path: Path, lang: str) -> None:
    all_men(plain)
    without_column(plain, "leads", "lead_type")
    (plain.folder / "firms.csv").write_bytes(b"")
    result = sweep("run", plain.folder, "--out", tmp_path / "out", "--lang", lang)
    assert (result.exit_code, result.stdout, "Traceback" in result.stderr) == (2, "", False)
    assert [code in result.stderr for code in ("S201", "G103", "G102")] == [True] * 3


def test_no_scenario_is_a_fault(sweep: Run, tmp_path: Path) -> None:
    result = sweep("run", tmp_path / "nowhere", "--out", tmp_path / "out", "--json")
    assert (result.exit_code, [code for code, _ in faults(result)]) == (2, ["S101"])


@pytest.mark.parametrize("options", [("--set", "seed"), ("--set", "=1"), ("--set", "teams.x=1"), ("--lang", "fr")])
def test_a_wrong_option_is_refused(plain: Plain, sweep: Run, tmp_path: Path, options: tuple[str, ...]) -> None:
    result = sweep("run", plain.folder, "--out", tmp_path / "out", *options)
    assert (result.exit_code, "Traceback" in result.output) == (2, False)
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "setting",
    [
        "city.n_buildings=4",
        "city.n_dens=0",
        "plan.speed_kmh=inf",
        "retention.edition_days=0",
        "select.draw_share=1",
        "teams.reserve_share=1",
        "solver.time_limit_s=nan",
        "data.firms=.",
        pytest.param("seed=-1"),
        pytest.param("seed=99999999999"),
        pytest.param("city.seed=-1"),
        pytest.param("city.n_auxiliary=0"),
        pytest.param("day=9999-12-31"),
        pytest.param("select.annual_cap={}"),
        pytest.param("rank.half_life_days.goip=1"),
        pytest.param("rank.hit_share.goip=0.5"),
        pytest.param("plan.entry_minutes=inf"),
    ],
)
def test_a_setting_is_used_or_refused(scenario: Path, sweep: Run, tmp_path: Path, setting: str) -> None:
    result = sweep("run", scenario, "--out", tmp_path / "out", "--iterations", 20, "--set", setting)
    assert isinstance(result.exception, SystemExit | None), repr(result.exception)
    assert result.exit_code in {0, 2}


@pytest.mark.parametrize("out", ["file", "file/deeper"])
def test_an_out_folder_that_cannot_be_written_is_reported(planned: Any, sweep: Run, tmp_path: Path, out: str) -> None:
    (tmp_path / "file").write_text("kept")
    result = sweep("run", planned.scenario, "--out", tmp_path / out)
    assert (result.exit_code, "S108" in result.stderr, "Traceback" in result.output) == (2, True, False)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_folder_that_is_no_edition_is_not_replaced(planned: Any, sweep: Run, tmp_path: Path) -> None:
    mine = tmp_path / "tiny" / planned.folder.name
    mine.mkdir(parents=True)
    (mine / "notes.txt").write_text("mine")
    result = sweep("run", planned.scenario, "--out", tmp_path)
    assert (result.exit_code, [p.name for p in mine.iterdir()]) == (2, ["notes.txt"])


def test_plain_files_plan_like_the_city_they_are(plain: Plain, sweep: Run, planned: Any, tmp_path: Path) -> None:
    reply = json.loads(sweep("run", plain.folder, "--out", tmp_path / "out", "--json").stdout)
    assert reply["value"] == pytest.approx(planned.plan["summary"]["value"])


def test_gb18030_is_read_as_utf8_is(plain: Plain, sweep: Run, planned: Any, tmp_path: Path) -> None:
    for table in ("firms", "leads", "roster", "bases", "building_files", "history"):
        plain.write(table, plain.rows(table), encoding="gb18030")
    result = sweep("run", plain.folder, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["value"] == pytest.approx(planned.plan["summary"]["value"])


def test_swapped_places_are_mended_and_counted(plain: Plain, sweep: Run, unspoilt: dict[str, Any]) -> None:
    rows = plain.rows("leads")
    swapped = [r | {"lon": r["lat"], "lat": r["lon"]} if r["lon"] else r for r in rows]
    plain.write("leads", swapped)
    after = validated(sweep, plain)
    assert after["repairs"]["swapped_lon_lat"] == sum(bool(r["lon"]) for r in rows) > 0
    assert after["matches"] == unspoilt["matches"]


def test_a_second_row_of_one_id_is_set_aside(plain: Plain, sweep: Run, tmp_path: Path) -> None:
    rows = plain.rows("leads")
    plain.write("leads", [*rows, rows[0] | {"lead_type": "tip" if rows[0]["lead_type"] != "tip" else "cards"}])
    reply = validated(sweep, plain)
    assert [(q["code"], q["where"]) for q in reply["quarantine"]] == [("G202", "leads.csv row 92")]
    leads = next(i for i in reply["inputs"] if i["table"] == "leads")
    assert (leads["n_rows"], leads["n_used"], leads["n_quarantined"]) == (91, 90, 1)
    assert "G202" in sweep("validate", plain.folder).stdout
    assert sweep("run", plain.folder, "--out", tmp_path / "out", "--quiet").exit_code == 0
    (quarantine,) = (tmp_path / "out").rglob("quarantine.csv")
    assert "G202" in quarantine.read_text(encoding="utf-8-sig")


def test_what_finds_no_building_is_listed_by_file_and_row(plain: Plain, sweep: Run, tmp_path: Path) -> None:
    nowhere = {"building_id": "", "uscc": "", "lon": "", "lat": ""}
    leads = plain.rows("leads")
    # Row 2 goes to quarantine, so that the third row of the file is the second of the clean table.
    leads[0] |= {"lead_type": "nonsense"}
    leads[1] |= nowhere | {"address": "某某路9号无此大厦3层"}
    plain.write("leads", leads)
    firms = plain.rows("firms")
    firms[4] |= {"building_id": "", "lon": "", "lat": "", "reg_address": "某某路9号无此大厦3层"}
    plain.write("firms", firms)
    assert sweep("run", plain.folder, "--out", tmp_path / "out", "--quiet").exit_code == 0
    (file,) = (tmp_path / "out").rglob("unmatched.csv")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        found = {(row["file"], row["row"]): row for row in csv.DictReader(lines)}
    firm, lead = found["firms.csv", "6"], found["leads.csv", "3"]
    assert (firm["key"], firm["code"], firm["precision"]) == (firms[4]["uscc"], "unknown_name", "street")
    assert (lead["key"], lead["code"]) == (leads[1]["lead_id"], "unknown_name")
    assert firm["address"] == "某某路9号无此大厦3层"
    assert lead["address"] == ""
    assert "unmatched.csv" in json.loads((file.parent / "manifest.json").read_text(encoding="utf-8"))["outputs"]


def test_a_footprint_that_crosses_itself_is_mended(plain: Plain, sweep: Run) -> None:
    file = plain.folder / "buildings.gpkg"
    frame = gpd.read_file(file)
    west, south, east, north = frame.geometry[0].bounds
    bow_tie = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    frame.loc[0, "geometry"] = bow_tie
    file.unlink()
    frame.to_file(file)
    assert validated(sweep, plain)["repairs"]["footprint_made_valid"] == 1


def test_a_lead_in_another_province_is_not_used(plain: Plain, sweep: Run, unspoilt: dict[str, Any]) -> None:
    before = unspoilt["matches"].get("leads.far", 0)
    rows = plain.rows("leads")
    blank = dict.fromkeys(("building_id", "uscc", "event_id", "lon", "lat", "address"), "")
    point = rows[0] | blank | {"lead_id": "FAR1", "lon": "113.26", "lat": "23.13"}
    words = rows[0] | blank | {"lead_id": "FAR2", "address": "广东省广州市天河区体育西路1号"}
    plain.write("leads", [*rows, point, words])
    assert validated(sweep, plain)["matches"]["leads.far"] == before + 2


def test_officers_of_a_past_visit_are_parted_by_a_blank_where_the_roster_knows_them(plain: Plain) -> None:
    rows, (first, second) = plain.rows("history"), (row["person_id"] for row in plain.rows("roster")[:2])
    plain.write("history", [rows[0] | {"track": "case", "officers": f"{first} {second}"}, *rows[1:]])
    history = load_inputs(load_scenario(plain.folder)).history.set_index("visit_id")
    assert history.loc[rows[0]["visit_id"], "officers"] == f"{first};{second}"


def test_names_are_shown_as_text_everywhere(plain: Plain, sweep: Run, tmp_path: Path) -> None:
    file = plain.folder / "buildings.gpkg"
    frame = gpd.read_file(file)
    frame["building_name"] = [f"{IMAGE} {BACKTICKS} {i}" for i in range(len(frame))]
    file.unlink()
    frame.to_file(file)
    plain.write("firms", [row | {"firm_name": IMAGE + BACKTICKS} for row in plain.rows("firms")])
    plain.write("bases", [row | {"base_name": IMAGE + BACKTICKS} for row in plain.rows("bases")])
    assert sweep("run", plain.folder, "--out", tmp_path / "out", "--quiet").exit_code == 0
    pages = {p.name: p.read_text(encoding="utf-8") for p in (tmp_path / "out").rglob("*.html")}
    assert len(pages) == 2 + 4
    assert [name for name, text in pages.items() if IMAGE in text or "<img src=x" in text] == []
    scripts = re.findall(r"<script(?![^>]*application/json)[^>]*>(.*?)</script>", "".join(pages.values()), re.DOTALL)
    assert [s for s in scripts if "alert(1)" in s] == []
    assert all("onerror=alert(1)" in text for text in pages.values())


ODD_NAMES = (IMAGE, BACKTICKS, "[bold]x[/bold]", "[/]", "[link=x]y")


@pytest.fixture(scope="module")
def oddly_named(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The city with an odd name on each building, and the id of each building by its name."""
    folder = Path(shutil.copytree(tables, tmp_path_factory.mktemp("named") / "plain"))
    frame = gpd.read_file(folder / "buildings.gpkg")
    frame["building_name"] = [f"{ODD_NAMES[i % len(ODD_NAMES)]}{i}" for i in range(len(frame))]
    (folder / "buildings.gpkg").unlink()
    frame.to_file(folder / "buildings.gpkg")
    return folder, dict(zip(frame["building_name"], frame["building_id"], strict=True))


@pytest.mark.parametrize("n", range(len(ODD_NAMES)), ids=ODD_NAMES)
def test_a_name_is_plain_text_on_the_terminal(
    oddly_named: tuple[Path, dict[str, str]], sweep: Run, planned: Any, n: int
) -> None:
    folder, ids = oddly_named
    name = f"{ODD_NAMES[n]}{n}"
    result = sweep("explain", folder, planned.folder, ids[name])
    assert (result.exit_code, name in result.stdout.replace("\n", "")) == (0, True)


def test_columns_that_were_not_read_are_listed(plain: Plain, sweep: Run) -> None:
    plain.write("leads", [row | {"联系电话": "13800138000", "备注": "y"} for row in plain.rows("leads")])
    reply = validated(sweep, plain)
    leads = next(i for i in reply["inputs"] if i["table"] == "leads")
    assert (leads["personal_columns"], leads["ignored_columns"]) == (["联系电话"], ["备注"])
    assert reply["repairs"]["personal_column"] == 1
    words = sweep("validate", plain.folder).stdout
    assert "联系电话" in words
    assert "备注" in words


def test_a_street_file_is_among_the_inputs(unspoilt: dict[str, Any]) -> None:
    streets = next(i for i in unspoilt["inputs"] if i["table"] == "streets")
    assert streets["file"] == "city.osm.pbf"
    assert streets["n_rows"] == streets["n_used"] > 0


def test_a_table_of_footways_is_named_as_the_scenario_names_it(plain: Plain, sweep: Run) -> None:
    line = shapely.LineString([(117.0, 36.61), (117.02, 36.61)])
    gpd.GeoDataFrame({"highway": ["footway"]}, geometry=[line], crs=4326).to_file(plain.folder / "roads.geojson")
    result = sweep("validate", plain.folder, "--json", "--set", 'data.streets="roads.geojson"')
    assert faults(result) == [("G125", "roads.geojson")]


def test_a_recusal_that_keeps_nobody_away_is_reported(plain: Plain, sweep: Run) -> None:
    rows = plain.rows("roster")
    company = plain.rows("building_files")[0]["property_company_id"]
    building = plain.rows("building_files")[0]["building_id"]
    plain.write("roster", [rows[0] | {"recusals": f"{building}、{company};银荷大厦"}, *rows[1:]])
    result = sweep("validate", plain.folder, "--json")
    assert result.exit_code == 2
    found = [(i["code"], i["where"]) for i in json.loads(result.output)["issues"]]
    assert found == [("S204", f"roster.csv {rows[0]['person_id']}")]
    assert "银荷大厦" in result.output
    allowed = sweep("validate", plain.folder, "--json", "--set", "teams.recusals_elsewhere=true")
    assert [n["code"] for n in json.loads(allowed.output)["notes"]].count("S204") == 1
