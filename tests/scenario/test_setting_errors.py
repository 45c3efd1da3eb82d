"""Each refusal of a setting is rendered in the reader's language."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest
from pydantic import ValidationError

import geodata
import sweep
from geodata.errors import InputError
from geodata.message_catalogue import LANGUAGES, load_texts
from sweep.scenario.load_scenario import load_scenario
from sweep.scenario.road_settings import Period

ZH = load_texts("zh_CN")
FILES = [
    # The calendar computes; it checks no setting.
    *(p for p in (Path(sweep.__file__).parent / "scenario").glob("*.py") if p.name != "working_days_and_hours.py"),
    Path(sweep.__file__).parent / "campaign" / "campaign_settings.py",
    Path(geodata.__file__).parent / "datum" / "datum_names.py",
]
ENGLISH = re.compile(r"\b[a-z]{2,} (?:[a-z]{2,} )+[a-z]{2,}\b")


def refusals() -> set[tuple[str, frozenset[str]]]:
    """Key and names of the values of every refusal that the code raises."""
    return {
        (str(node.args[0].value), frozenset(str(k.arg) for k in node.keywords))
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("setting_error", "DatumError")
        and isinstance(node.args[0], ast.Constant)
    }


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("key", "values"), sorted(refusals()), ids=lambda part: part if isinstance(part, str) else "")
def test_each_refusal_is_in_the_catalogue_with_its_values(key: str, values: frozenset[str], lang: str) -> None:
    text = load_texts(lang).raw(f"refusal.{key}")
    assert {name for _, name, _, _ in string.Formatter().parse(text) if name} <= values


def test_no_check_of_the_settings_raises_an_error_without_a_key() -> None:
    assert len(refusals()) > 20
    assert [str(path) for path in FILES if "raise ValueError" in path.read_text(encoding="utf-8")] == []


def test_a_value_with_braces_is_shown_as_it_stands(tmp_path: Path) -> None:
    text = 'name = "a"\nday = 2026-09-16\n[data]\ndatum = "{known}"\n'
    (tmp_path / "scenario.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_scenario(tmp_path, {}, ZH)
    assert str(error.value.issues[0].values["problem"]).startswith("没有 '{known}' 这种坐标系；可用的有：wgs84, ")


@pytest.mark.parametrize("until_s", [2, 3])
def test_a_refused_setting_is_in_english_where_nobody_asks_for_a_language(until_s: int) -> None:
    with pytest.raises(ValidationError, match="until must be later than from"):
        Period(from_s=3, until_s=until_s, factors={})


BAD = """
name = "bad x"
day = "2026-13-01"
lang = "fr"
seed = -1
nosuch = 1
rank = 3
[teams]
n_teams = "x"
reserve_share = 3.5
min_certified = {police = 1}
assist_letter = "perhaps"
[plan]
shift_start_s = 50000
shift_end_s = 40000
[select]
draw_commitment = "abc"
draw_ratio = {Z = 1}
[data]
datum = "foo"
clip = [1, 2]
firms = 3
[roads]
periods = [{from = 00:00:03, until = 00:00:02, factors = {motorway = 9}}]
"""


def test_no_english_sentence_is_shown_to_a_chinese_reader(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text(BAD, encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_scenario(tmp_path, {}, ZH)
    assert len(error.value.issues) > 12
    lines = [f"{i.where} {i.what(ZH)} {i.fix(ZH)}" for i in error.value.issues]
    assert [line for line in lines if ENGLISH.search(line)] == []


def test_a_branch_of_a_union_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text(BAD, encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_scenario(tmp_path)
    assert {i.where for i in error.value.issues if "clip" in i.where} <= {"data.clip", "data.clip.2", "data.clip.3"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_the_toml_breaks_is_named(tmp_path: Path, lang: str) -> None:
    (tmp_path / "scenario.toml").write_text('name = "a"\nday = = 1\n', encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_scenario(tmp_path, {}, load_texts(lang))
    text = error.value.issues[0].what(load_texts(lang))
    assert ("第 2 行第 7 列" if lang == "zh_CN" else "line 2, column 7") in text
