"""scenario.toml: read with its defaults and overrides, or refused with every fault at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from geodata.datum.datum_names import WGS84
from geodata.errors import InputError, Issue
from geodata.message_catalogue import LANGUAGES, load_texts
from sweep.scenario import scenario as records
from sweep.scenario.base_section import Section
from sweep.scenario.load_scenario import load_scenario
from sweep.scenario.scenario import Scenario

LEAST = 'name = "tiny"\nday = 2026-09-16\n'
SECTIONS = [k for k in vars(records).values() if isinstance(k, type) and issubclass(k, Section)]


def written(folder: Path, content: str | bytes) -> Path:
    file = folder / "scenario.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def faults(folder: Path, overrides: dict[str, str] | None = None) -> list[Issue]:
    with pytest.raises(InputError) as caught:
        load_scenario(folder, overrides)
    return list(caught.value.issues)


def places(folder: Path, overrides: dict[str, str] | None = None) -> list[tuple[str, str]]:
    return [(i.code, i.where) for i in faults(folder, overrides)]


def test_name_and_day_are_enough(tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path, LEAST))
    assert scenario.model_dump(exclude={"folder"}) == Scenario(name="tiny", day="2026-09-16").model_dump(
        exclude={"folder"}
    )
    assert scenario.folder == tmp_path.resolve()


def test_defaults_hold(tmp_path: Path) -> None:
    s = load_scenario(written(tmp_path, LEAST))
    assert (s.lang, s.seed, s.city) == ("zh_CN", 1, None)
    assert (s.teams.n_teams, s.teams.reserve_share, s.teams.min_female) == (None, 0.10, 1)
    assert s.teams.min_certified == {"police": 2, "market_regulation": 2}
    assert (s.plan.shift_start_s, s.plan.shift_end_s) == (13.5 * 3600, 17.5 * 3600)
    assert (s.plan.window_end_s, s.plan.link_tolerance_s) == (16.75 * 3600, 300)
    assert (s.plan.entry_minutes, s.plan.door_minutes, s.plan.inspection_minutes) == (12.0, 3.0, 20.0)
    assert (s.select.draw_share, s.select.target_share_max) == (0.10, 0.20)
    assert s.select.annual_cap == {"A": 1, "B": 2, "C": 2, "D": 4}
    assert (s.rank.half_life_days["goip"], s.rank.half_life_days["call_room"]) == (2.0, 30.0)
    assert (s.solver.time_limit_s, s.solver.iterations) == (20.0, None)
    assert (s.data.firms, s.data.datum, s.data.match_within_m) == ("firms.csv", WGS84, 60.0)


def test_the_file_may_be_named_itself(tmp_path: Path) -> None:
    assert load_scenario(written(tmp_path, LEAST) / "scenario.toml").folder == tmp_path.resolve()


def test_a_name_alone_is_looked_for_in_scenarios_where_nothing_of_that_name_lies_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder, name in (("scenarios/east", "made"), ("scenarios/west", "made"), ("west", "here")):
        Path(folder).mkdir(parents=True)
        Path(folder, "scenario.toml").write_text(f'name = "{name}"\nday = 2026-09-16\n', encoding="utf-8")
    # A folder without a scenario.toml, as one that outputs go to, hides nothing.
    Path("east").mkdir()
    assert load_scenario(Path("east")).folder == tmp_path / "scenarios" / "east"
    assert load_scenario(Path("west")).name == "here"
    Path("scenario.toml").write_text('name = "up"\nday = 2026-09-16\n', encoding="utf-8")
    for path in ("north", "..", "./north", "deep/east", "../east"):
        assert [i.code for i in faults(Path(path))] == ["S101"], path


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    assert load_scenario(written(tmp_path, b"\xef\xbb\xbf" + LEAST.encode())).name == "tiny"


def test_a_name_in_chinese_is_one(tmp_path: Path) -> None:
    assert load_scenario(written(tmp_path, 'name = "泉城-1"\nday = 2026-09-16\n')).name == "泉城-1"


@pytest.mark.parametrize(
    ("line", "where", "nearest"),
    [
        pytest.param("sed = 2", "sed", "seed", id="top"),
        pytest.param("[team]\nn_teams = 3", "team", "teams", id="section"),
        pytest.param("[teams]\nn_team = 3", "teams.n_team", "n_teams", id="in a section"),
        pytest.param('[store]\nurl = "postgresql://h/d"\nur = 1', "store.ur", "url", id="in an optional section"),
        pytest.param("[plan]\nqqqqqq = 3", "plan.qqqqqq", "", id="like nothing"),
        pytest.param(
            '[[law.special]]\nnumber = "A-1"\nfirms = ["F1"]\nlevle = "city"',
            "law.special.0.levle",
            "level",
            id="in a list",
        ),
        pytest.param('folder = "x"', "folder", "", id="a field that is no key"),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest(tmp_path: Path, line: str, where: str, nearest: str) -> None:
    (issue,) = faults(written(tmp_path, LEAST + line))
    assert (issue.code, issue.where, issue.values["nearest"]) == ("S103", where, nearest)


def test_a_city_in_its_own_file_is_the_scenarios(tmp_path: Path) -> None:
    folder = written(tmp_path, LEAST)
    assert load_scenario(folder).city is None
    (folder / "city.toml").write_text("n_buildings = 40\n", encoding="utf-8")
    city = load_scenario(folder, {"city.n_dens": "8"}).city
    assert city is not None
    assert (city.seed, city.n_buildings, city.n_dens) == (1, 40, 8)
    (folder / "city.toml").write_text("n_building = 9\n", encoding="utf-8")
    (issue,) = faults(folder)
    assert (issue.code, issue.where, issue.values["nearest"]) == ("S103", "city.n_building", "n_buildings")


def test_hours_of_one_type_of_lead_leave_those_of_the_others_as_they_are(tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path, LEAST + "[select.due_hours]\ngoip = 12\ncall_room = 48\n"))
    assert scenario.select.due_hours == {"goip": 12.0, "sim_bank": 24.0, "call_room": 48.0}


def test_a_slip_in_a_word_that_the_program_knows_is_refused(tmp_path: Path) -> None:
    assert places(written(tmp_path, LEAST + "[select]\ndue_hours = { gopi = 12 }")) == [("S104", "select.due_hours")]


def test_a_value_that_is_of_one_branch_of_a_union_is_not_refused_by_the_other(tmp_path: Path) -> None:
    found = places(written(tmp_path, LEAST + "[data]\nclip = [-999, 36, 118, 37]\n"))
    assert found == [("S104", "data.clip.0")]


def test_all_faults_are_reported_at_once_by_key(tmp_path: Path) -> None:
    text = """
        lang = "fr"
        [teams]
        n_teams = 0
        teamsize = 4
        [teams.min_certified]
        police = 1
        market_regulation = 2
        [plan]
        shift_start_s = 60000
        shift_end_s = 50000
        [rank.half_life_days]
        goip = 0
    """
    assert set(places(written(tmp_path, text))) == {
        ("S105", "name"),
        ("S105", "day"),
        ("S104", "lang"),
        ("S104", "teams.n_teams"),
        ("S103", "teams.teamsize"),
        ("S104", "teams.min_certified"),
        ("S104", "plan"),
        ("S104", "rank.half_life_days.goip"),
    }


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        ('[teams]\nn_teams = "4"', "teams.n_teams"),
        ("[teams]\nn_teams = true", "teams.n_teams"),
        ("[teams]\nreserve_share = true", "teams.reserve_share"),
        ("[teams]\nassist_letter = 1", "teams.assist_letter"),
        ('[teams]\nmin_certified = {police = "2", market_regulation = 2}', "teams.min_certified.police"),
        ("[solver]\niterations = 1.0", "solver.iterations"),
        ('[rank.half_life_days]\ngoip = "3"', "rank.half_life_days.goip"),
        ("[plan]\nentry_low_minutes = 20\nentry_high_minutes = 8", "plan"),
        ("[plan]\nentry_low_minutes = 21", "plan"),
    ],
)
def test_a_number_of_another_kind_and_bounds_that_are_reversed_are_refused(
    tmp_path: Path, lines: str, key: str
) -> None:
    assert places(written(tmp_path, f"{LEAST}{lines}\n")) == [("S104", key)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_missing_key_is_named_in_the_mend(tmp_path: Path, lang: str) -> None:
    (issue,) = faults(written(tmp_path, 'name = "tiny"'))
    assert "day" in issue.fix(load_texts(lang))
    assert "{" not in issue.fix(load_texts(lang))


@pytest.mark.parametrize(
    ("content", "in_problem"),
    [
        pytest.param("name = ", "line 1", id="no value"),
        pytest.param("name = 'a'\nname = 'b'\n", "line 2", id="one key twice"),
        pytest.param("\x00", "line 1", id="binary"),
        pytest.param('name = "泉城"'.encode("gb18030"), "UTF-8", id="GB18030"),
    ],
)
def test_what_is_not_toml_is_refused(tmp_path: Path, content: str | bytes, in_problem: str) -> None:
    (issue,) = faults(written(tmp_path, content))
    assert (issue.code, in_problem in str(issue.values["problem"])) == ("S102", True)


@pytest.mark.parametrize("name", ["", "nowhere", "scenario.toml/deeper"])
def test_no_file_is_reported(tmp_path: Path, name: str) -> None:
    if name.endswith("deeper"):
        written(tmp_path, LEAST)
    assert [i.code for i in faults(tmp_path / name)] == ["S101"]


@pytest.mark.parametrize(
    "name", ["../../x", "/x", "a/b", "a\\\\b", "..", ".", "", " ", "-x", "_x", "a b", "a" * 65, "a\\n"]
)
def test_a_name_that_is_no_folder_name_is_refused(tmp_path: Path, name: str) -> None:
    assert places(written(tmp_path, f'name = "{name}"\nday = 2026-09-16')) == [("S104", "name")]


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("seed", "7", 7),
        ("teams.n_teams", "3", 3),
        ("select.draw_share", "0.25", 0.25),
        ("teams.assist_letter", "true", True),
        ("lang", "en", "en"),
        ("lang", '"en"', "en"),
        ("select.draw_seed", "a b = c", "a b = c"),
        ("data.streets", "x.osm.pbf", "x.osm.pbf"),
        ("rank.half_life_days.goip", "3", 3.0),
        ("select.annual_cap", "{A = 0, B = 1}", {"A": 0, "B": 1, "C": 2, "D": 4}),
    ],
)
def test_an_override_is_toml_or_a_text(tmp_path: Path, key: str, text: str, value: object) -> None:
    found: Any = load_scenario(written(tmp_path, LEAST), {key: text})
    for part in key.split("."):
        found = found[part] if isinstance(found, dict) else getattr(found, part)
    assert found == value


def test_an_override_goes_before_the_file(tmp_path: Path) -> None:
    folder = written(tmp_path, LEAST + "[teams]\nn_teams = 9\nmin_female = 2\n")
    teams = load_scenario(folder, {"teams.n_teams": "3"}).teams
    assert (teams.n_teams, teams.min_female) == (3, 2)


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("teams.n_team", "3", ("S103", "teams.n_team")),
        ("teams.n_teams", "many", ("S104", "teams.n_teams")),
        ("seed.x", "3", ("S104", "seed.x")),
        ("teams", "3", ("S104", "teams")),
        ("folder", "/elsewhere", ("S103", "folder")),
        ("", "3", ("S103", "")),
    ],
)
def test_a_wrong_override_is_refused(tmp_path: Path, key: str, text: str, expected: tuple[str, str]) -> None:
    assert places(written(tmp_path, LEAST + "seed = 1\n"), {key: text}) == [expected]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda s: s.__name__)
def test_every_section_forbids_unknown_keys_and_is_frozen(section: type[BaseModel]) -> None:
    assert (section.model_config["extra"], section.model_config["frozen"]) == ("forbid", True)


@pytest.mark.parametrize(
    "values",
    [{"police": 1, "market_regulation": 2}, {"police": 2}, {"police": 2, "market_regulation": 2, "street": 1}],
    ids=["one officer", "one agency", "an agency more"],
)
def test_the_law_asks_for_two_officers_of_each_authority(tmp_path: Path, values: dict[str, int]) -> None:
    lines = "".join(f"{k} = {v}\n" for k, v in values.items())
    (issue,) = faults(written(tmp_path, LEAST + "[teams.min_certified]\n" + lines))
    assert "C01" in str(issue.values["problem"])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("13:30:00", 48_600), ('"13:30"', 48_600), ('"25:00"', 90_000), ("48600", 48_600)],
)
def test_a_time_of_the_day_is_written_as_a_time(tmp_path: Path, text: str, seconds: int) -> None:
    written(tmp_path, f'{LEAST}[plan]\nwindow_end = {text}\nshift_end = "26:00"\n')
    plan = load_scenario(tmp_path).plan
    assert plan.window_end_s == seconds
    assert plan.model_dump(mode="json")["shift_end"] == "26:00:00"


@pytest.mark.parametrize("text", ["true", '"half past one"', "13.5", "13:30:00.5", '"49:00"'])
def test_what_is_no_time_of_the_day_is_refused(tmp_path: Path, text: str) -> None:
    written(tmp_path, f"{LEAST}[plan]\nshift_end = {text}\n")
    assert [(i.code, i.where) for i in faults(tmp_path)] == [("S104", "plan.shift_end")]
