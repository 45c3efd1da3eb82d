"""The last look: a secret is found wherever it hides in a file, and nothing else is."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from datetime import date
from pathlib import Path

import pytest

from sweep.publish.handouts.leaks import Secret, find_leaks
from sweep.publish.workbook.workbook import Column, Sheet, workbook

NAME = Secret("building_name", "舜耕 <大厦>")
ID = Secret("building_id", "B12")


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt", content)
    return out.getvalue()


def database(text: str, tmp_path: Path) -> bytes:
    path = tmp_path / "x.gpkg"
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE layer (a TEXT, b BLOB)")
        base.execute("INSERT INTO layer VALUES ('x', ?)", (text.encode(),))
    base.close()
    return path.read_bytes()


def sheet(text: str) -> bytes:
    return workbook([Sheet("a", (Column("b"),), ((text,),))], date(2026, 9, 16), "t")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("在舜耕 <大厦>门口".encode(), id="text"),
        pytest.param("舜耕 &lt;大厦&gt;".encode(), id="HTML"),
        pytest.param(b'{"n": "\\u821c\\u8015 \\u003c\\u5927\\u53a6>"}', id="JSON"),
        pytest.param(zipped("舜耕 <大厦>".encode()), id="zip"),
        pytest.param(zipped(zipped("舜耕 <大厦>".encode())), id="zip in zip"),
        pytest.param(sheet("舜耕 <大厦>"), id="xlsx"),
    ],
)
def test_a_name_is_found(content: bytes) -> None:
    assert [leak.file for leak in find_leaks({"f": content, "g": b"nothing"}, [NAME])] == ["f"]


def test_a_name_is_found_in_a_geopackage(tmp_path: Path) -> None:
    assert find_leaks({"f": database("舜耕 <大厦>", tmp_path)}, [NAME])


def test_a_name_is_found_in_the_name_of_a_file() -> None:
    assert [leak.secret for leak in find_leaks({"teams/B12.html": b""}, [ID])] == [ID]


@pytest.mark.parametrize(
    ("text", "n"), [("B12", 1), ("V-B12", 1), ("B12-1", 1), ("_B12_", 1), ("B123", 0), ("XB12", 0)]
)
def test_an_id_is_a_word_of_its_own(text: str, n: int) -> None:
    assert len(find_leaks({"f": text.encode()}, [ID])) == n


def test_where_a_cell_stands_is_no_id() -> None:
    cells = tuple(("x", "y") for _ in range(20))
    book = workbook([Sheet("a", (Column("a"), Column("b")), cells)], date(2026, 9, 16), "t")
    assert find_leaks({"f": book}, [ID]) == []
    assert find_leaks({"f": b'<path d="M0 0 B12"/>'}, [ID]) == []
    assert find_leaks({"f": b'<text d="B12, the tower!"/>'}, [ID])


def test_what_the_reader_knows_anyway_is_passed_over() -> None:
    secret = Secret("address", "经十路1号")
    assert find_leaks({"f": "经十路1号".encode()}, [secret])
    assert find_leaks({"f": "经十路1号".encode()}, [secret], ["经十路1号"]) == []


@pytest.mark.parametrize(
    "shown", ["\ufffdabc公司", "\u202eabc公司", "abc公司", "ab\ufffdc公司\u202c", "\\u202eabc公司", "&#x202e;abc公司"]
)
def test_a_sign_that_turns_the_order_of_a_text_hides_nothing(shown: str) -> None:
    for text in ("\u202eabc公司", "abc公司"):
        assert find_leaks({"f": f"<td>{shown}</td>".encode()}, [Secret("building_name", text)])


def test_a_byte_that_is_no_text_still_parts_two_words() -> None:
    assert find_leaks({"f": b"\x00B1\xff2"}, [ID]) == []
    assert find_leaks({"f": b"\xffB12\xff"}, [ID])


def test_an_empty_secret_is_in_no_file() -> None:
    secrets = [Secret("building_name", text) for text in ("", "x", "\u202e\u202c")]
    assert find_leaks({"f": b"x"}, secrets) == []
