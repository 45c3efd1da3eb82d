"""province.toml read and put together; each slip of it is told with its code, all of them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.errors import InputError
from geodata.message_catalogue import load_texts
from sweep.province.model.load_province import load_province, with_limits

EN = load_texts("en")
HEAD = 'name = "p"\nday = 2026-09-16\n'
CITY = '[[cities]]\nid = "c1"\ncounties = ["a*"]\n'
OTHER = '[[cities]]\nid = "c2"\ncounties = ["b1"]\n'


def write(folder: Path, text: str, counties: tuple[str, ...] = ("a1", "a2", "b1")) -> Path:
    for county in counties:
        (folder / "counties" / county).mkdir(parents=True)
    (folder / "province.toml").write_text(text, encoding="utf-8")
    return folder


def faults(folder: Path) -> set[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        load_province(folder, EN)
    return {(i.code, i.where) for i in caught.value.issues}


def test_counties_are_found_by_a_pattern_and_belong_to_cities(tmp_path: Path) -> None:
    province = load_province(write(tmp_path, HEAD + CITY + OTHER), EN)
    assert [(c.county_id, c.folder, c.city_id) for c in province.counties] == [
        ("a1", "counties/a1", "c1"),
        ("a2", "counties/a2", "c1"),
        ("b1", "counties/b1", "c2"),
    ]
    assert province.settings.overrides["day"] == "2026-09-16"


LINK = '[[links]]\nid = "L"\nsites = [{county = "a1", building = "B1"}, {county = "%s", building = "B2"}]\n'
LINK_TO_THE_SAME = (LINK % "b1").replace('"L"', '"M"')


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(HEAD + 'counties = ["counties/a1", "counties/a1"]\n' + CITY, ("S952", "counties a1"), id="twice"),
        pytest.param(HEAD + 'counties = ["counties/a9"]\n' + CITY, ("S953", "counties a9"), id="missing folder"),
        pytest.param(HEAD + CITY + OTHER + '[[cities]]\nid = "c3"\ncounties = ["z*"]\n', ("S954", "cities c3"), id="nobody"),  # noqa: E501
        pytest.param(HEAD + CITY, ("S955", "counties b1"), id="in no city"),
        pytest.param(HEAD + CITY + OTHER.replace("b1", "*"), ("S956", "counties a1"), id="in two cities"),
        pytest.param(HEAD + CITY + CITY + OTHER, ("S956", "cities c1"), id="city twice"),
        pytest.param(HEAD + CITY + OTHER + LINK % "z9", ("S957", "links L"), id="link to no county"),
        pytest.param(HEAD + CITY + OTHER + LINK % "a1", ("S957", "links L"), id="one county twice in a link"),
        pytest.param(HEAD + CITY + OTHER + (LINK % "a2") * 2, ("S957", "links L"), id="link twice"),
        pytest.param(HEAD + CITY + OTHER + LINK % "a2" + LINK_TO_THE_SAME, ("S957", "links M"), id="site in two links"),
        pytest.param(HEAD + 'counties = "nowhere/*"\n' + CITY, ("S958", "counties"), id="no county"),
        pytest.param(HEAD + 'counties = "/nowhere/*"\n' + CITY, ("S958", "counties"), id="absolute pattern"),
        pytest.param(HEAD + 'counties = ""\n' + CITY, ("S958", "counties"), id="empty pattern"),
        pytest.param(HEAD + 'counties = "."\n' + CITY, ("S958", "counties"), id="pattern of the folder alone"),
        pytest.param(HEAD + "[mobile]\ninspectors = 2\n" + CITY + OTHER, ("S959", "mobile.inspectors"), id="no letter"),
        pytest.param(HEAD + "teams = 3\n" + CITY, ("S103", "teams"), id="unknown key"),
        pytest.param(HEAD + "[mobile]\nwomen = 5\n" + CITY, ("S104", "mobile"), id="more women than people"),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_its_code(tmp_path: Path, text: str, found: tuple[str, str]) -> None:
    assert found in faults(write(tmp_path, text))


def test_all_slips_are_told_at_once(tmp_path: Path) -> None:
    text = HEAD + 'counties = ["counties/a1", "counties/a1", "counties/a9", "counties/b1"]\n' + CITY
    assert {code for code, _ in faults(write(tmp_path, text))} == {"S952", "S953", "S955"}


def test_a_folder_without_a_province_is_told(tmp_path: Path) -> None:
    assert faults(tmp_path) == {("S101", str(tmp_path / "province.toml"))}


def test_limits_of_one_run_take_the_place_of_the_file_s(tmp_path: Path) -> None:
    province = load_province(write(tmp_path, HEAD + CITY + OTHER + "[limits]\ntime_limit_s = 10\n"), EN)
    changed = with_limits(province, {"iterations": 300, "time_limit_s": None}, "en", EN)
    assert changed.settings.overrides["solver.iterations"] == "300"
    assert changed.settings.overrides["solver.time_limit_s"] == "10.0"
    with pytest.raises(InputError, match="S104"):
        with_limits(province, {"iterations": 0}, None, EN)
