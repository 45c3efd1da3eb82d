"""Issues of one cause told as one, and what would mend them in scenario.toml."""

from __future__ import annotations

import tomllib

from geodata.errors import Issue, grouped, toml_of
from geodata.message_catalogue import load_texts


def unknown(row: int, word: str, column: str = "outcome") -> Issue:
    facts = {"column": column, "section": f"data.values.history.{column}", "line": f'"{word}" = "nothing"'}
    return Issue("G207", f"history.csv row {row}", facts)


def test_rows_with_one_unknown_word_are_one_group_and_two_words_two() -> None:
    groups = grouped([unknown(9, "a"), unknown(2, "a"), unknown(4, "b"), Issue("G201", "history.csv row 3")])
    assert [(g.first.code, g.rows) for g in groups] == [("G207", (2, 9)), ("G207", (4,)), ("G201", (3,))]
    places = [g.place(load_texts("en")) for g in groups]
    assert places == ["history.csv rows 2, 9 (2 rows)", "history.csv row 4", "history.csv row 3"]
    assert groups[0].place(load_texts("zh_CN")) == "history.csv第2、9行（共2行）"


def test_of_many_rows_the_first_are_named_with_their_number() -> None:
    (group,) = grouped([unknown(row, "a") for row in range(2, 542)])
    assert group.place(load_texts("en")) == "history.csv rows 2, 3, 4, 5, 6, 7, 8, 9, … (540 rows)"


def test_issues_without_a_row_are_one_only_if_all_they_say_is_one() -> None:
    issues = [Issue("G305", "buildings", {"building_id": b}) for b in ("B1", "B2", "B1")]
    assert [g.first.values["building_id"] for g in grouped(issues)] == ["B1", "B2"]


def test_the_lines_of_all_issues_are_one_text_of_toml_with_each_section_once() -> None:
    text = toml_of(
        [unknown(2, "a"), unknown(3, "a"), unknown(4, "b"), unknown(5, "c", "track"), Issue("G102", "x.csv")]
    )
    words = {"outcome": {"a": "nothing", "b": "nothing"}, "track": {"c": "nothing"}}
    assert tomllib.loads(text) == {"data": {"values": {"history": words}}}
    assert toml_of([Issue("G102", "x.csv")]) == ""
