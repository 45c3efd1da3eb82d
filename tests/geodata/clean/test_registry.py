"""CLEAN: the registry of Shandong 1980-2001, a file that nobody in the project wrote."""

from __future__ import annotations

import gzip
import json

import pytest

from geodata.clean.cleaned import Cleaned
from geodata.clean.firms import clean_firms
from geodata.datum.names import WGS84
from geodata.raw import RawTable
from geodata.read.tables import read_table
from tests.paths import GEO

REGISTRY = GEO / "cn-registry-shandong"
pytestmark = pytest.mark.skipif(not REGISTRY.is_dir(), reason="no shared data folder with cn-registry-shandong")


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> tuple[RawTable, Cleaned]:
    path = tmp_path_factory.mktemp("registry") / "registry.csv"
    path.write_bytes(gzip.decompress((REGISTRY / "shandong_registry_1980_2001.csv.gz").read_bytes()))
    raw = read_table(path, "firms")
    return raw, clean_firms(raw, WGS84)


def test_every_row_is_used_or_in_quarantine(registry: tuple[RawTable, Cleaned]) -> None:
    raw, cleaned = registry
    assert raw.n_rows == 54_972
    assert len(cleaned.table) + len(cleaned.quarantine) == 54_972


def test_the_twenty_codes_in_lower_case_are_mended_and_named(registry: tuple[RawTable, Cleaned]) -> None:
    raw, cleaned = registry
    rows = cleaned.mended_rows["uscc_case"]
    assert (cleaned.repairs["uscc_case"], len(rows)) == (20, 20)
    assert all(raw.frame.at[row, "uscc"] != raw.frame.at[row, "uscc"].upper() for row in rows)


def test_the_row_with_its_columns_shifted_is_set_aside(registry: tuple[RawTable, Cleaned]) -> None:
    _, cleaned = registry
    (line,) = cleaned.quarantine.to_dict("records")
    assert (line["row"], line["code"]) == (13_358, "G224")
    assert json.loads(line["content"])["firm_name"] == "菏泽市进出口公司"


def test_nobodys_number_is_in_the_table(registry: tuple[RawTable, Cleaned]) -> None:
    raw, cleaned = registry
    text = cleaned.table.astype("str").to_csv() + cleaned.quarantine.to_csv()
    assert raw.repairs.get("mobile_number", 0) == 0 or "mobile_number" in cleaned.repairs
    assert "身份证" not in text
