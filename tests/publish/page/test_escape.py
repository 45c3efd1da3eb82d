from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep.disk.formula_safe_csv import csv_cell, csv_text
from sweep.publish.page.escape import file_stem, isolate_direction, json_for_script
from sweep.publish.page.render_pages import _environment


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        pytest.param("=1+1", "'=1+1", id="equals"),
        pytest.param("+cmd", "'+cmd", id="plus"),
        pytest.param("-cmd", "'-cmd", id="minus"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="at"),
        pytest.param("\t=1", "'\t=1", id="tab"),
        pytest.param("\uff1d1", "'\uff1d1", id="full-width equals"),
        pytest.param("-12.5", "-12.5", id="number as text"),
        pytest.param(-12.5, "-12.500000", id="number"),
        pytest.param(-3, "-3", id="whole number"),
        pytest.param("-1_0", "'-1_0", id="not a number to a spreadsheet"),
        pytest.param(None, "", id="none"),
        pytest.param(float("nan"), "", id="not a number"),
        pytest.param(float("inf"), "", id="infinity"),
        pytest.param(True, "1", id="flag"),
        pytest.param("甲=乙", "甲=乙", id="equals inside"),
        pytest.param("", "", id="empty"),
    ],
)
def test_no_cell_is_a_formula(value: object, cell: str) -> None:
    assert csv_cell(value) == cell


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n")), min_size=1, max_size=4))
def test_a_row_comes_back_but_for_the_apostrophe(row: list[str]) -> None:
    back = list(csv.reader(io.StringIO(csv_text([str(i) for i in range(len(row))], [row]), newline="")))[1]
    assert [b.removeprefix("'") if not r.startswith("'") else b for b, r in zip(back, row, strict=True)] == row


# The explicit formatting signs of the Unicode Bidirectional Algorithm.
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(TURNING + "<>&\u2028\u2029")))
def test_json_for_a_script_means_the_same_but_for_signs_that_turn_it_and_cannot_end_it(text: str) -> None:
    made = json_for_script({"a": text})
    assert json.loads(made) == {"a": "".join("\ufffd" if sign in TURNING else sign for sign in text)}
    assert not set(made) & {*TURNING, *"<>&\u2028\u2029"}


def test_a_number_that_json_has_no_word_for_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_for_script(float("nan"))


@pytest.mark.parametrize(
    "name", ["../../x", "a/b", "a\\b", "C:\\x", "", ".", "..", "con", "NUL", "a\0b", "x" * 300, "a b"]
)
def test_a_file_name_stays_in_its_folder(name: str) -> None:
    stem = file_stem(name)
    assert stem
    assert not set(stem) & set("/\\.:\0 ")
    assert len(stem) <= 80


def test_a_plain_name_is_kept() -> None:
    assert (file_stem("T01"), file_stem("甲组")) == ("T01", "甲组")


def test_two_names_never_meet_in_one_file() -> None:
    assert file_stem("a/b") != file_stem("a_b") != file_stem("a\\b")


@pytest.mark.parametrize("sign", ["\u202a", "\u202e", "\u2066", "\u2069"])
def test_a_sign_that_turns_the_order_of_others_is_shown_and_does_nothing(sign: str) -> None:
    assert isolate_direction(f"Tower{sign}1") == "Tower\ufffd1"
    assert json_for_script({"a": f"泉城{sign}"}) == '{"a":"泉城\ufffd"}'
    assert _environment().from_string("{{ x }}").render(x=f"<{sign}") == "&lt;\ufffd"


def test_a_text_from_right_to_left_is_isolated_and_no_other() -> None:
    assert isolate_direction("\u05d0 12") == "\u2068\u05d0 12\u2069"
    assert (isolate_direction("泉城广场 A-1"), isolate_direction("Tower 1")) == ("泉城广场 A-1", "Tower 1")
