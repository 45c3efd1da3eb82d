"""Every file of tests/data/broken is refused with the code that its name begins with, its place and its mend."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from geodata.clean.buildings import clean_building_files, clean_buildings
from geodata.clean.firms import clean_firms
from geodata.clean.history import clean_history
from geodata.clean.leads import clean_leads
from geodata.clean.roster_and_bases import check_bases, clean_bases, clean_roster
from geodata.clean.streets_and_water import clean_street_lines, clean_water
from geodata.clean.table_cleaner import Cleaned
from geodata.datum.datum_names import WGS84
from geodata.errors import InputError, Issue
from geodata.message_catalogue import LANGUAGES, load_texts
from geodata.raw_table import RawTable
from geodata.read.osm.buildings_and_streets import read_osm_buildings, read_osm_streets
from geodata.read.read_table import read_table
from tests.paths import BROKEN

FILES = sorted(BROKEN.iterdir())
DAY = date(2026, 9, 16)
CLEANERS: dict[str, Callable[[RawTable], Cleaned]] = {
    "buildings": lambda raw: clean_buildings(raw, None, WGS84),
    "building_files": lambda raw: clean_building_files(raw, pd.Series(["B1"], dtype="str")),
    "firms": lambda raw: clean_firms(raw, WGS84),
    "street_lines": lambda raw: clean_street_lines(raw, WGS84),
    "water": lambda raw: clean_water(raw, WGS84),
    "leads": lambda raw: clean_leads(raw, WGS84, DAY),
    "roster": clean_roster,
    "bases": lambda raw: clean_bases(raw, WGS84),
    "history": lambda raw: clean_history(raw, DAY),
}
# Not in a file: a missing one, a path, an entry that is no file or that a change has left, a scenario's own words, a
# slip of the code, a warning that needs all tables.
WITHOUT_A_FILE = {
    "G101",
    "G106",
    "G113",
    "G114",
    "G115",
    "G119",
    "G120",
    "G126",
    "G128",
    "G129",
    "G130",
    "G231",
    "G131",
    "G132",
    "G133",
    "G134",
    "G135",
    "G136",
    "G137",
    "G232",
    "G234",
    "G228",
    "G229",
    "G280",
    "G290",
    "S204",
}


def issues_of(path: Path) -> list[Issue]:
    table = path.name.split(".")[1]
    try:
        if table == "osm":
            (read_osm_streets if "G125" in path.name else read_osm_buildings)(path)
            return []
        raw = read_table(path, table)
    except InputError as error:
        return list(error.issues)
    cleaned = CLEANERS[table](raw)
    lines = cleaned.quarantine[["code", "where", "values"]].itertuples(index=False)
    bases = pd.DataFrame({"base_id": ["S1"]})
    lost = check_bases(cleaned.table, bases, path.name) if table == "roster" and not cleaned.issues else ()
    return [*cleaned.issues, *(Issue(code, where, json.loads(values)) for code, where, values in lines), *lost]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_broken_file_gives_its_code_its_place_and_its_mend(path: Path) -> None:
    issues = issues_of(path)
    code = path.name[:4]
    assert code in {issue.code for issue in issues}
    for issue in issues:
        assert issue.where.startswith(path.name)
        for lang in LANGUAGES:
            texts = load_texts(lang, ("geodata",))
            assert issue.what(texts)
            assert issue.fix(texts)


def test_there_is_a_broken_file_for_every_code() -> None:
    keys = load_texts("en", ("geodata",)).keys()
    codes = {key.split(".")[1] for key in keys if key.startswith("issue.") and not key.startswith("issue.G3")}
    assert {path.name[:4] for path in FILES} == codes - WITHOUT_A_FILE
    assert len(FILES) >= 40
