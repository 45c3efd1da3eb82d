from __future__ import annotations

import csv
import io
from dataclasses import replace

import pandas as pd
import pytest

from geodata.message_catalogue import load_texts
from sweep.publish.edition import Edition
from sweep.publish.table_columns import RANKING_COLUMNS, table_csv
from sweep.publish.tables.buildings_and_coverage_tables import ranking_rows
from sweep.publish.tables.edition_tables import edition_csv
from sweep.records.plan import Violation
from tests.publish.small_edition import FORMULA, QUOTES

EN = load_texts("en")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def rows_of(table: str, edition: Edition) -> list[dict[str, str]]:
    return rows(edition_csv(f"{table}.csv", edition, EN))


@pytest.mark.parametrize(
    ("table", "n"),
    [("buildings", 3), ("clusters", 1), ("coverage", 4), ("draw", 2), ("quarantine", 1), ("unserved", 2)],
)
def test_each_table_has_its_rows_and_no_formula(edition: Edition, table: str, n: int) -> None:
    found = rows_of(table, edition)
    assert len(found) == n
    assert not [v for row in found for v in row.values() if v[:1] in set("=@")]


def test_buildings_hold_every_column_of_the_ranking_in_rank_order(edition: Edition) -> None:
    found = rows_of("buildings", edition)
    assert tuple(found[0])[: len(RANKING_COLUMNS)] == RANKING_COLUMNS
    assert [row["rank"] for row in found] == ["1", "2", "3"]


def test_missing_values_are_empty_cells(edition: Edition) -> None:
    found = rows_of("buildings", edition)
    assert (found[2]["cluster_id"], found[1]["last_visit_on"], found[2]["teams"]) == ("", "", "")


def test_a_hostile_name_is_a_cell_of_text(edition: Edition) -> None:
    found = rows_of("buildings", edition)
    assert found[2]["building_name"] == "'" + FORMULA
    assert found[1]["address"] == QUOTES


def test_unserved_rows_carry_reason_and_action(edition: Edition) -> None:
    first = rows_of("unserved", edition)[0]
    assert first["code"] == "NO_TEAM_WITH_OFFICERS"
    assert "needs 5 certified officers (Police); the largest team has 2" in first["reason"]
    assert first["action"]


def test_an_empty_quarantine_is_a_heading(edition: Edition) -> None:
    empty = replace(edition, quarantine=pd.DataFrame())
    assert edition_csv("quarantine.csv", empty, EN) == "file,row,code,what,fix,content\r\n"


def test_violations_are_sentences(edition: Edition) -> None:
    broken = replace(edition, violations=(Violation("P02", "T1 stop 2", {"detail": "16:50"}),))
    assert rows_of("violations", broken)[0]["what"] == "T1 stop 2: the stop starts outside its window (16:50)."


def test_the_ranking_alone_has_its_columns(edition: Edition) -> None:
    first = rows(table_csv("ranking.csv", ranking_rows(edition.ranking, edition.terms)))[0]
    assert tuple(first) == (*RANKING_COLUMNS, "terms")
    assert first["terms"].split(" ")[0].partition("=")[0] == edition.terms[first["building_id"]][0].key


def test_what_finds_no_building_is_listed_with_its_candidates(edition: Edition) -> None:
    line = {
        "table": "leads",
        "file": "leads.csv",
        "row": 7,
        "key": "L7",
        "reason": "which_tower",
        "precision": "street",
        "address": None,
        "candidates": '[["B1", 1.0], ["gone", 0.92]]',
        "score": 1.0,
        "margin": 0.0,
    }
    (row,) = rows_of("unmatched", replace(edition, unmatched=pd.DataFrame([line])))
    assert (row["row"], row["code"], row["address"]) == ("7", "which_tower", "")
    assert row["reason"].startswith("The complex has several towers")
    assert row["candidates"] == f"B1 {edition.buildings['B1'].name}; gone".removeprefix("=")
    assert row["scores"] == "1.000; 0.920"


def test_a_match_by_text_is_listed_with_how_and_with_the_next_best(edition: Edition) -> None:
    line = {
        "table": "leads",
        "file": "leads.csv",
        "row": 7,
        "key": "L7",
        "text": "=称在银河大厦9楼",
        "read_as": "新泺大街2008号 银荷大厦",
        "building_id": "B1",
        "matched_by": "fuzzy",
        "score": 0.89,
        "runner_up": "B2",
        "runner_up_score": 0.75,
        "reason": None,
        "candidates": '[["B1", 0.89], ["B2", 0.75]]',
    }
    left = line | {"building_id": None, "matched_by": "none", "runner_up": None, "reason": "near_miss"}
    placed, open_row = rows_of("matched", replace(edition, matched=pd.DataFrame([line, left])))
    names = {i: edition.buildings[i].name.removeprefix("=") for i in ("B1", "B2")}
    assert (placed["how_text"], placed["reason"], placed["candidates"]) == ("by a similar name", "", "")
    assert (placed["building_id"], placed["runner_up"], placed["runner_up_score"]) == ("B1", "B2", "0.750000")
    assert placed["building_name"].endswith(names["B1"])
    assert placed["text"] == "'=称在银河大厦9楼"  # no spreadsheet takes it for a formula
    assert (open_row["building_id"], open_row["code"]) == ("", "near_miss")
    assert open_row["candidates"].startswith("B1 ") and open_row["scores"] == "0.890; 0.750"


def test_with_nothing_matched_by_text_there_is_a_heading(edition: Edition) -> None:
    heading = edition_csv("matched.csv", edition, EN)
    assert heading.startswith("table,key,text,read_as,building_id,building_name,how,how_text,score,")
    assert rows_of("matched", edition) == []


def test_with_nothing_unmatched_there_is_a_heading(edition: Edition) -> None:
    assert rows_of("unmatched", edition) == []
    heading = edition_csv("unmatched.csv", edition, EN)
    assert heading.startswith("table,file,row,key,precision,code,reason,address,candidates,")
