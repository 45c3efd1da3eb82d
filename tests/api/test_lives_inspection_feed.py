"""LIVES feeds (inspections of businesses, as a zip archive) are read as past visits."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

import sweep
from tests.api.demo import DAY, tables

INSPECTIONS = """business_id,score,date,description,type
B00,96,20260301,,routine
B01,58,20260302,,complaint
B02,80,20260303,,followup
B03,,20260304,,initial
"""
VIOLATIONS = "business_id,date,code,description\nB02,20260303,10,Door\nB02,20260303,11,Sign\nB00,20250101,10,Door\n"


def _feed(folder: Path, **tables_by_name: str) -> Path:
    with zipfile.ZipFile(folder / "feed.zip", "w") as archive:
        for name, text in tables_by_name.items():
            archive.writestr(f"{name}.csv", text)
    return folder / "feed.zip"


def test_scores_violations_and_types_become_outcome_severity_and_track(tmp_path: Path) -> None:
    history = sweep.lives_history(_feed(tmp_path, inspections=INSPECTIONS, violations=VIOLATIONS), find_below=60)
    # 58 is below 60; two violations on the day of B02; one of another day for B00; an empty score counts as no find.
    assert history["outcome"].tolist() == ["nothing", "find", "irregular", "nothing"]
    assert history["severity"].tolist() == [0, 0, 2, 0]
    assert history["track"].tolist() == ["routine", "case", "routine", "routine"]
    assert history["ground"].fillna("").tolist() == ["", "complaint", "recheck", ""]


def test_a_feed_is_a_history_of_a_ranking(tmp_path: Path) -> None:
    history = sweep.lives_history(_feed(tmp_path, inspections=INSPECTIONS), find_below=60)
    scenario = sweep.Scenario.from_tables(buildings=tables()["buildings"], day=DAY, history=history)
    read = scenario.study_inputs.history
    assert read["building_id"].tolist() == ["B00", "B01", "B02", "B03"]
    assert read["visited_on"].dt.strftime("%Y-%m-%d").tolist()[0] == "2026-03-01"
    assert len(sweep.rank(scenario).buildings) == 12


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"businesses": "business_id\nB00\n"}, "inspections.csv"),
        ({"inspections": "business_id,date,type\nB00,20260301,routine\n"}, "score"),
        ({"inspections": INSPECTIONS.replace("96", "good")}, "good"),
        ({"inspections": ""}, "No columns"),
    ],
    ids=["no inspections", "no column", "a word for a score", "empty"],
)
def test_an_error_of_a_feed_names_the_archive_and_the_part(given: dict[str, str], named: str, tmp_path: Path) -> None:
    with pytest.raises(sweep.InputError, match=f"G104 feed.zip: .*{named}"):
        sweep.lives_history(_feed(tmp_path, **given), find_below=60)
