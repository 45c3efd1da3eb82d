"""Each refusal of a setting is told in the reader's language."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import geodata
import sweep
from geodata.errors import InputError
from geodata.texts import LANGUAGES, load_texts
from sweep.scenario.file import load_scenario
from sweep.scenario.refusals import own_refusal

ZH = load_texts("zh_CN")
FILES = [*(Path(sweep.__file__).parent / "scenario").glob("*.py"), Path(geodata.__file__).parent / "datum" / "names.py"]
ENGLISH = re.compile(r"\b[a-z]{2,} (?:[a-z]{2,} )+[a-z]{2,}\b")


def sentences() -> list[str]:
    """Every sentence that a check of the settings raises, its holes filled with a word."""
    found = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                argument = node.exc.args[0]
                parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
                found.append("".join(p.value if isinstance(p, ast.Constant) else "X" for p in parts))
    return found


@pytest.mark.parametrize("sentence", sorted(set(sentences()) - {"datum X: X"}))
def test_each_sentence_of_the_settings_is_in_the_catalogue(sentence: str) -> None:
    assert own_refusal(sentence, ZH) != sentence


@pytest.mark.parametrize("fault", ["there is no such code", "it is X, not degrees or metres on a plane"])
def test_each_fault_of_a_code_is_in_the_catalogue(fault: str) -> None:
    assert fault not in own_refusal(f"datum 'epsg:1': {fault}", ZH)


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
periods = [{from_s = 3, until_s = 2, factors = {motorway = 9}}]
"""


def test_no_english_sentence_is_told_to_a_chinese_reader(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text(BAD, encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_scenario(tmp_path, {}, ZH)
    assert len(error.value.issues) > 12
    told = [f"{i.where} {i.what(ZH)} {i.fix(ZH)}" for i in error.value.issues]
    assert [line for line in told if ENGLISH.search(line)] == []


def test_a_branch_of_a_union_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text(BAD, encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_scenario(tmp_path)
    assert {i.where for i in error.value.issues if "clip" in i.where} <= {"data.clip", "data.clip.2", "data.clip.3"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_the_toml_breaks_is_told(tmp_path: Path, lang: str) -> None:
    (tmp_path / "scenario.toml").write_text('name = "a"\nday = = 1\n', encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_scenario(tmp_path, {}, load_texts(lang))
    told = error.value.issues[0].what(load_texts(lang))
    assert ("第 2 行第 7 列" if lang == "zh_CN" else "line 2, column 7") in told
