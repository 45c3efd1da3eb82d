"""`sweep orders`: what it writes, what it keeps apart, and what it refuses."""

from __future__ import annotations

import base64
import csv
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from sweep.cli import orders as command
from sweep.publish.orders import encrypted_order, print_pdf
from sweep.publish.orders.encrypted_order import Sealed
from tests.chromium import NO_CHROMIUM
from tests.recorded import copy_with_log
from tests.unsealed import unseal

Run = Any  # of conftest.py


def sealed_in(path: Path) -> Sealed:
    (block,) = re.findall(r'id="sealed">(.*?)</script>', path.read_text(encoding="utf-8"))
    content = json.loads(block)
    salt, nonce, ciphertext = (base64.b64decode(content[name]) for name in ("salt", "nonce", "ciphertext"))
    return Sealed(salt, nonce, content["iterations"], content["bound_to"], ciphertext)


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def keys_beside(folder: Path) -> list[dict[str, str]]:
    path = folder.parent / f"{folder.name}.passphrases" / "passphrases.csv"
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_each_team_gets_a_file_that_its_own_passphrase_opens_and_no_other(sweep: Run, copied: Path) -> None:
    before = contents(copied)
    result = sweep("orders", copied, "--seal", "--by", "C001", "--json")
    assert result.exit_code == 0, result.output
    keys, plan = keys_beside(copied), json.loads((copied / "plan.json").read_text(encoding="utf-8"))
    assert sorted(k["team_id"] for k in keys) == sorted(t["team_id"] for t in plan["teams"])
    assert len({k["passphrase"] for k in keys}) == len(keys)
    files = [copied.parent / f"{copied.name}.orders" / k["file"] for k in keys]
    for k, path in zip(keys, files, strict=True):
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", k["not_before"])
        assert k["team_id"] in unseal(sealed_in(path), k["passphrase"])
    with pytest.raises(ValueError, match="wrong passphrase"):
        unseal(sealed_in(files[0]), keys[1]["passphrase"])
    assert {Path(f).name for f in json.loads(result.stdout)["files"]} == {p.name for p in files} | {"passphrases.csv"}
    # The edition itself is as it was.
    assert contents(copied) == before


def teams_of(edition: Path) -> list[str]:
    return sorted(t["team_id"] for t in json.loads((edition / "plan.json").read_text(encoding="utf-8"))["teams"])


GIVEN = ("correct horse battery", "staple under cold rain", "seven grey geese walk", "a lamp beside no door")


def test_a_passphrase_for_each_team_can_be_given_in_a_file(sweep: Run, copied: Path, tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text("\n".join(GIVEN) + "\n", encoding="utf-8")
    assert sweep("orders", copied, "--seal", "--passphrase-file", tmp_path / "key.txt").exit_code == 0
    keys = {k["team_id"]: k for k in keys_beside(copied)}
    for team, passphrase in zip(teams_of(copied), GIVEN, strict=True):
        path = copied.parent / f"{copied.name}.orders" / keys[team]["file"]
        assert team in unseal(sealed_in(path), passphrase)


def test_passphrases_of_a_spreadsheet_in_gb18030_are_read_as_other_tables_are(
    sweep: Run, copied: Path, tmp_path: Path
) -> None:
    given = ["雨中的旧木楼梯与三只灰雁飞过北面湖水", *GIVEN[1:]]
    (tmp_path / "key.csv").write_text("\r\n".join(given), encoding="gb18030")
    assert sweep("orders", copied, "--seal", "--passphrase-file", tmp_path / "key.csv").exit_code == 0
    assert [k["passphrase"] for k in keys_beside(copied)] == given
    keys = copied.parent / f"{copied.name}.passphrases" / "passphrases.csv"
    keys.write_text(keys.read_text(encoding="utf-8-sig"), encoding="gb18030")
    assert sweep("orders", copied, "--seal").exit_code == 0
    assert [k["passphrase"] for k in keys_beside(copied)] == given


@pytest.mark.parametrize(
    ("lines", "mode", "codes"),
    [
        pytest.param(("aaaaaaaaaaaa", *GIVEN[1:]), 0o600, {"S734"}, id="one sign"),
        pytest.param(("123456789012", *GIVEN[1:]), 0o600, {"S734"}, id="a run"),
        pytest.param(("passwordpassword", *GIVEN[1:]), 0o600, {"S734"}, id="a word twice"),
        pytest.param(("-" + GIVEN[0], *GIVEN[1:]), 0o600, {"S734"}, id="a formula"),
        pytest.param(("＝" + GIVEN[0], *GIVEN[1:]), 0o600, {"S734"}, id="a formula in full width"),
        pytest.param(GIVEN[:1], 0o600, {"S739"}, id="one for all"),
        pytest.param((*GIVEN, "one more than teams"), 0o600, {"S739"}, id="too many"),
        pytest.param((GIVEN[1], *GIVEN[1:]), 0o600, {"S740"}, id="one for two"),
        pytest.param((GIVEN[1] + " ", *GIVEN[1:]), 0o600, {"S740"}, id="one for two but for a blank"),
        pytest.param(GIVEN, 0o666, {"S741"}, id="all may write"),
        pytest.param(("aaaaaaaaaaaa",), 0o620, {"S734", "S739", "S741"}, id="all at once"),
    ],
)
def test_passphrases_that_are_none_are_refused(
    sweep: Run, copied: Path, tmp_path: Path, lines: tuple[str, ...], mode: int, codes: set[str]
) -> None:
    file = tmp_path / "key.txt"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    file.chmod(mode)
    result = sweep("orders", copied, "--seal", "--passphrase-file", file, "--json")
    assert (result.exit_code, {i["code"] for i in json.loads(result.stdout)["issues"]}) == (2, codes)
    assert {p.name for p in tmp_path.iterdir()} == {copied.name, "key.txt"}


def test_the_size_of_a_sealed_order_does_not_say_whether_its_team_goes_anywhere(
    sweep: Run, copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The orders of a small city all fit into one block: with smaller ones each would have its own size.
    monkeypatch.setattr(encrypted_order, "_BLOCK_BYTES", 64)
    plan = json.loads((copied / "plan.json").read_text(encoding="utf-8"))
    assert any(t["is_reserve"] for t in plan["teams"]) and max(len(r["stops"]) for r in plan["routes"]) > 1
    assert sweep("orders", copied, "--seal").exit_code == 0
    sizes = {p.stat().st_size for p in (copied.parent / f"{copied.name}.orders").iterdir()}
    assert len(sizes) == 1


def test_an_approved_plans_sealed_order_is_no_draft(sweep: Run, copied: Path) -> None:
    for is_approved in (False, True):
        if is_approved:
            assert sweep("approve", copied, "--by", "C001").exit_code == 0
        assert sweep("orders", copied, "--seal").exit_code == 0
        key = keys_beside(copied)[0]
        text = unseal(sealed_in(copied.parent / f"{copied.name}.orders" / key["file"]), key["passphrase"])
        assert ('class="watermark"' in text) is not is_approved


@pytest.mark.parametrize(
    ("options", "code"),
    [
        pytest.param([], "S733", id="nothing asked for"),
        pytest.param(["--seal", "--passphrase-file", "short.txt"], "S734", id="short passphrase"),
        pytest.param(["--seal", "--passphrase-file", "none.txt"], "S108", id="no such file"),
        pytest.param(["--seal", "--passphrase-file", "picture.png"], "G110", id="no text"),
        pytest.param(["--pdf"], "S731", id="no browser"),
    ],
)
def test_a_fault_is_reported_and_nothing_is_written(
    sweep: Run, copied: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], code: str
) -> None:
    monkeypatch.chdir(copied.parent)
    Path("short.txt").write_text("12345678901\n", encoding="utf-8")
    Path("picture.png").write_bytes(b"\x89PNG\xff\xff\xff" * 9)
    monkeypatch.setattr(print_pdf, "_NAMES", ())
    monkeypatch.setattr(print_pdf, "_PLACES", ())
    result = sweep("orders", copied, *options)
    assert (result.exit_code, code in result.stderr) == (2, True), result.stderr
    assert sorted(p.name for p in copied.parent.iterdir()) == [copied.name, "picture.png", "short.txt"]


def test_a_browser_that_fails_is_reported(sweep: Run, copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(print_pdf, "_NAMES", ("false",))
    result = sweep("orders", copied, "--pdf")
    assert (result.exit_code, "S732" in result.stderr) == (2, True)


@pytest.mark.browser
def test_all_orders_are_printed(sweep: Run, copied: Path) -> None:
    if not any(map(shutil.which, print_pdf._NAMES)):
        pytest.skip(NO_CHROMIUM)
    assert sweep("orders", copied, "--pdf").exit_code == 0
    assert (copied.parent / f"{copied.name}.orders" / "orders.pdf").read_bytes().startswith(b"%PDF-")


def test_orders_can_be_written_elsewhere(sweep: Run, copied: Path, tmp_path: Path) -> None:
    assert sweep("orders", copied, "--seal", "--out", tmp_path / "stick").exit_code == 0
    place = tmp_path / "stick" / copied.parent.name
    assert {p.name for p in place.iterdir()} == {f"{copied.name}.orders", f"{copied.name}.passphrases"}
    assert not list(copied.parent.glob("*.orders"))


def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_logged(
    sweep: Run, copied: Path, tmp_path: Path
) -> None:
    plan = copy_with_log(copied, tmp_path / "tiny" / copied.name)
    logged = (tmp_path / "_audit" / "tiny.jsonl").read_bytes()
    (tmp_path / "file").write_text("x")
    result = sweep("orders", plan, "--seal", "--out", tmp_path / "file")
    assert (result.exit_code, "S108" in result.stderr) == (2, True)
    assert (tmp_path / "_audit" / "tiny.jsonl").read_bytes() == logged


def test_orders_sealed_again_open_with_the_keys_that_phones_have(sweep: Run, copied: Path) -> None:
    def seals() -> dict[str, tuple[str, bytes, bytes]]:
        assert sweep("orders", copied, "--seal").exit_code == 0
        orders = copied.parent / f"{copied.name}.orders"
        found = {k["team_id"]: (k["passphrase"], sealed_in(orders / k["file"])) for k in keys_beside(copied)}
        return {team: (phrase, s.salt, s.nonce) for team, (phrase, s) in found.items()}

    first, again = seals(), seals()
    assert {t: (phrase, salt) for t, (phrase, salt, _) in first.items()} == {
        t: (phrase, salt) for t, (phrase, salt, _) in again.items()
    }
    # The same key never takes a nonce twice.
    assert not {nonce for _, _, nonce in first.values()} & {nonce for _, _, nonce in again.values()}


def test_a_passphrase_whose_cell_is_marked_is_the_same_when_it_is_sealed_again(
    sweep: Run, copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = dict(zip(teams_of(copied), ("-" + GIVEN[0], *GIVEN[1:]), strict=True))
    with monkeypatch.context() as patch:
        # No such passphrase is taken any more; lists made before hold them.
        patch.setattr(command, "_given", lambda *_: given)
        assert sweep("orders", copied, "--seal").exit_code == 0
    before = keys_beside(copied)
    assert sweep("orders", copied, "--seal").exit_code == 0
    assert [k["passphrase"] for k in keys_beside(copied)] == [k["passphrase"] for k in before]
    (row,) = (k for k in before if k["team_id"] == teams_of(copied)[0])
    unseal(sealed_in(copied.parent / f"{copied.name}.orders" / row["file"]), "-" + GIVEN[0])


def test_a_new_passphrase_makes_a_new_key_and_the_command_says_what_that_means(
    sweep: Run, copied: Path, tmp_path: Path
) -> None:
    assert sweep("orders", copied, "--seal").exit_code == 0
    before = keys_beside(copied)
    new = tmp_path / "phrases.txt"
    new.write_text("\n".join(f"correct horse battery {n}" for n in range(len(before))), encoding="utf-8")
    new.chmod(0o600)
    result = sweep("orders", copied, "--seal", "--passphrase-file", new, "--lang", "en")
    assert result.exit_code == 0
    assert "no longer open" in " ".join(result.stdout.split())
    assert {k["passphrase"] for k in keys_beside(copied)}.isdisjoint(k["passphrase"] for k in before)
