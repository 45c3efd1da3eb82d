"""CLEAN: investigations, of which no word is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.clean.leads import clean_investigations
from geodata.message_catalogue import LANGUAGES, load_texts
from geodata.read.read_table import read_table

HEADER = "investigation_id,building_id,uscc,opened_on,closed_on"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "row",
    [
        "I1,B1,,ask Wang first,",
        "I1,B1,ask Wang first,2026-09-01,",
        "I1,B1,,2026-09-01,ask Wang first",
        ",B1,,ask Wang,",
    ],
    ids=["opened", "uscc", "closed", "no id"],
)
def test_a_bad_cell_of_an_investigation_is_named_and_not_shown(tmp_path: Path, row: str, lang: str) -> None:
    path = tmp_path / "investigations.csv"
    path.write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
    issues = clean_investigations(read_table(path, "investigations")).issues
    assert issues
    texts = load_texts(lang)
    for issue in issues:
        assert issue.where.startswith("investigations.csv")
        assert "Wang" not in f"{issue} {issue.what(texts)} {issue.fix(texts)}"
