"""What of [data] is read for a made-up city."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.datum.datum_names import BD09, GCJ02, WGS84
from geodata.read.column_aliases import REQUIRED
from sweep.inputs.read_tables import CITY_KEPT, RawInputs, read
from sweep.scenario.input_settings import PointColumns
from sweep.scenario.load_scenario import load_scenario


def test_a_datum_and_points_of_a_made_up_city_stay_what_they_are(tmp_path: Path) -> None:
    lines = (
        'name = "a"',
        "day = 2026-09-16",
        'data.datum = "gcj02"',
        'data.datums.firms = "bd09"',
        'data.points.leads = [{ lon = "x", lat = "y", datum = "wgs84" }]',
    )
    (tmp_path / "city.toml").touch()
    (tmp_path / "scenario.toml").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / CITY_KEPT).mkdir()
    found = read(load_scenario(tmp_path)).data
    assert (found.datum, found.datums) == (GCJ02, {"firms": BD09})
    assert found.points == {"leads": (PointColumns(lon="x", lat="y", datum=WGS84),)}


def read_pins(folder: Path, content: bytes) -> RawInputs:
    """What is read of a made-up city without files, with such a table of pins."""
    lines = ('name = "a"', "day = 2026-09-16", 'data.pins = "pins.csv"')
    (folder / "city.toml").touch()
    (folder / "scenario.toml").write_text("\n".join(lines), encoding="utf-8")
    (folder / "pins.csv").write_bytes(content)
    (folder / CITY_KEPT).mkdir()
    return read(load_scenario(folder))


def pins_at_fault(inputs: RawInputs) -> list[str]:
    return [i.code for i in inputs.issues if i.where == "pins.csv"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old mac"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le"])
def test_a_typed_table_with_a_row_is_read_whatever_its_lines_end_in(tmp_path: Path, end: str, encoding: str) -> None:
    found = read_pins(tmp_path, f"要求,楼宇{end}never,B0001{end}".encode(encoding))
    assert found.tables["pins"].frame["building"].tolist() == ["B0001"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16"])
def test_a_typed_table_of_a_header_alone_is_no_table_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    found = read_pins(tmp_path, "pin,building\n".encode(encoding))
    assert ("pins" in found.tables, pins_at_fault(found)) == (False, [])


@pytest.mark.parametrize(
    "text", ["pin,building\n,\n,\n", "settled in September,\npin,building\n"], ids=["cleared", "titled"]
)
def test_a_typed_table_that_was_emptied_in_a_spreadsheet_is_no_table(tmp_path: Path, text: str) -> None:
    found = read_pins(tmp_path, text.encode())
    assert ("pins" in found.tables, pins_at_fault(found)) == (False, [])


def test_a_typed_table_in_no_encoding_is_told_with_the_faults_of_all_files(tmp_path: Path) -> None:
    found = read_pins(tmp_path, b"pin,building\nnever,\xff\xff\xff\n")
    assert pins_at_fault(found) == ["G110"]
    assert {i.where for i in found.issues} > {"pins.csv"}


@pytest.mark.parametrize("table", ["history", "building_files", "leads", "firms"])
def test_a_table_of_which_other_districts_have_all_rows_is_none_where_tables_are_shown_in_part(
    tmp_path: Path, table: str
) -> None:
    lines = ('name = "a"', "day = 2026-09-16")
    kept = tmp_path / CITY_KEPT
    kept.mkdir()

    def found(*more: str) -> list[str]:
        (tmp_path / "city.toml").touch()
        (tmp_path / "scenario.toml").write_text("\n".join((*lines, *more)), encoding="utf-8")
        read_now = read(load_scenario(tmp_path))
        assert table not in read_now.tables
        return [i.code for i in read_now.issues if i.where == f"{table}.csv"]

    in_part = ('data.divisions = ["370102"]', "data.in_part = true")
    assert found(*in_part) == ["G101"]
    (kept / f"{table}.csv").write_text(f"{','.join(REQUIRED[table])}\n", encoding="utf-8")
    # Who sees all rows of a table that has none is told; so is who left them out of a whole table.
    assert [found(), found(in_part[0]), found(*in_part)] == [["G127"], ["G127"], []]
