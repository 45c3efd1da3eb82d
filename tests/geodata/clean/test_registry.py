"""CLEAN: the registry of Shandong 1980-2001, a file that nobody in the project wrote."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from geodata.clean.firms import clean_firms
from geodata.clean.table_cleaner import Cleaned
from geodata.datum.datum_names import WGS84
from geodata.raw_table import RawTable
from geodata.read.read_table import read_table
from tests.paths import GEO, needs_data

REGISTRY = GEO / "cn-registry-shandong"
pytestmark = needs_data(REGISTRY)


def content() -> bytes:
    return gzip.decompress((REGISTRY / "shandong_registry_1980_2001.csv.gz").read_bytes())


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> tuple[RawTable, Cleaned]:
    path = tmp_path_factory.mktemp("registry") / "registry.csv"
    path.write_bytes(content())
    raw = read_table(path, "firms")
    return raw, clean_firms(raw, WGS84)


def test_every_row_is_used_or_in_quarantine(registry: tuple[RawTable, Cleaned]) -> None:
    raw, cleaned = registry
    assert raw.n_rows == 54_972
    assert len(cleaned.table) + len(cleaned.quarantine) == 54_972


def test_the_twenty_codes_in_lower_case_are_read_in_upper_case(registry: tuple[RawTable, Cleaned]) -> None:
    raw, cleaned = registry
    assert cleaned.repairs["uscc_case"] == (raw.frame["uscc"] != raw.frame["uscc"].str.upper()).sum() == 20
    assert (cleaned.table["uscc"] == cleaned.table["uscc"].str.upper()).all()


def test_the_row_with_its_columns_shifted_is_set_aside(registry: tuple[RawTable, Cleaned]) -> None:
    _, cleaned = registry
    (line,) = cleaned.quarantine.to_dict("records")
    assert (line["row"], line["code"]) == (13_358, "G224")
    assert json.loads(line["content"])["firm_name"] == "菏泽市进出口公司"


def test_no_number_of_54972_firms_is_taken_for_a_persons(registry: tuple[RawTable, Cleaned]) -> None:
    raw, cleaned = registry
    assert not {"identity_number", "mobile_number"} & set(raw.repairs)
    # Eighteen figures, as an identity number has; its check digit is none.
    assert "113701000041887414" in cleaned.table.astype("str").to_csv()


def test_a_persons_number_among_them_is_taken_out_and_counted(tmp_path: Path) -> None:
    head, first, *_ = content().decode("utf-8-sig").splitlines()
    typed = first.replace("清河街1088号", "清河街1088号王某13812345678身份证11010519491231002X")
    path = tmp_path / "registry.csv"
    path.write_text(f"{head}\n{typed}\n", encoding="utf-8")
    raw = read_table(path, "firms")
    assert raw.repairs == {"identity_number": 1, "mobile_number": 1}
    text = clean_firms(raw, WGS84).table.astype("str").to_csv()
    assert "王某" in text
    assert not [number for number in ("13812345678", "11010519491231002X") if number in text]
