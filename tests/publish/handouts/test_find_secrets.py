"""The last look: a secret is found wherever it hides in a file, and nothing else is."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from datetime import date
from pathlib import Path

import pytest

from sweep.publish.handouts.find_secrets import find_leaks, find_numbers
from sweep.publish.workbook.write_xlsx import Column, WorkbookSheet, workbook
from sweep.records.withheld_texts import WithheldText

NAME = WithheldText("building_name", "舜耕 <大厦>")
ID = WithheldText("building_id", "B12")


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
    return workbook([WorkbookSheet("a", (Column("b"),), ((text,),))], date(2026, 9, 16), "t")


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
    book = workbook([WorkbookSheet("a", (Column("a"), Column("b")), cells)], date(2026, 9, 16), "t")
    assert find_leaks({"f": book}, [ID]) == []
    assert find_leaks({"f": b'<path d="M0 0 B12"/>'}, [ID]) == []
    assert find_leaks({"f": b'<text d="B12, the tower!"/>'}, [ID])


def test_what_the_reader_knows_anyway_is_passed_over() -> None:
    secret = WithheldText("address", "经十路1号")
    assert find_leaks({"f": "经十路1号".encode()}, [secret])
    assert find_leaks({"f": "经十路1号".encode()}, [secret], ["经十路1号"]) == []


@pytest.mark.parametrize(
    "shown", ["\ufffdabc公司", "\u202eabc公司", "abc公司", "ab\ufffdc公司\u202c", "\\u202eabc公司", "&#x202e;abc公司"]
)
def test_a_sign_that_turns_the_order_of_a_text_hides_nothing(shown: str) -> None:
    for text in ("\u202eabc公司", "abc公司"):
        assert find_leaks({"f": f"<td>{shown}</td>".encode()}, [WithheldText("building_name", text)])


def test_a_byte_that_is_no_text_still_parts_two_words() -> None:
    assert find_leaks({"f": b"\x00B1\xff2"}, [ID]) == []
    assert find_leaks({"f": b"\xffB12\xff"}, [ID])


def test_an_empty_secret_is_in_no_file() -> None:
    secrets = [WithheldText("building_name", text) for text in ("", "x", "\u202e\u202c")]
    assert find_leaks({"f": b"x"}, secrets) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("f.html", "<td>泉城路1号 138.0013.8007</td>".encode(), id="text of a page"),
        pytest.param("f.html", b"<td>138&#8211;0013&nbsp;8007</td>", id="escapes of HTML"),
        pytest.param("f.html", '<option value="张某 138·0013·8007">'.encode(), id="attribute"),
        pytest.param("f.html", b'<script>const d = {"n": "138\\u20130013\\u20138007"}</script>', id="script"),
        pytest.param("f.csv", b'B1,"138,0013,8007"\n', id="cell with commas"),
        pytest.param("f.csv", b"B1,tel13800138007,x\n", id="cell"),
        pytest.param("f.json", '{"n": "138－0013－8007"}'.encode(), id="JSON"),
        pytest.param("plan.xlsx", sheet("舜耕大厦202138-0013-8007"), id="xlsx"),
        pytest.param("13800138007/B1.html", b"", id="name of a file"),
    ],
)
def test_a_mobile_number_is_found_and_masked(name: str, content: bytes) -> None:
    assert [(leak.file, leak.secret) for leak in find_numbers({name: content})] == [
        (name, WithheldText("mobile_number", "138********"))
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("f.html", b"<td>13</td><td>800</td><td>138007</td>", id="cells of a page"),
        pytest.param(
            "f.html", b"<style>.a{width:13800138007px}</style><script>let a=[13800,138007]</script>", id="code"
        ),
        pytest.param("f.html", b'<path d="M138.0013 80.07"/>', id="drawing"),
        pytest.param("f.csv", b"13,800,138007\n13,800138007\n", id="cells"),
        pytest.param("f.json", b'{"a": 13800138007, "h": "a13800138007b1234"}', id="JSON"),
        pytest.param("plan.xlsx", sheet("0.13800138007"), id="xlsx"),
    ],
)
def test_digits_of_two_cells_or_of_code_are_no_number(name: str, content: bytes) -> None:
    assert find_numbers({name: content}) == []


def test_an_id_in_the_form_of_a_number_is_passed_over() -> None:
    page = {"f.html": b"<td>13800138007</td><td>139-0013-8008</td>"}
    assert len(find_numbers(page)) == 2
    assert len(find_numbers(page, ["V-13800138007"])) == 1
