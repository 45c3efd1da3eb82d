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

from sweep.publish.orders import pdf
from sweep.publish.orders.seal import Sealed, unseal

Run = Any  # these two are of conftest.py
Planned = Any


@pytest.fixture
def copied(planned: Planned, tmp_path: Path) -> Path:
    """The planned edition; what the command writes lies beside it."""
    return Path(shutil.copytree(planned.folder, tmp_path / planned.folder.name))


def sealed_in(path: Path) -> Sealed:
    (block,) = re.findall(r'id="sealed">(.*?)</script>', path.read_text(encoding="utf-8"))
    content = json.loads(block)
    salt, nonce, ciphertext = (base64.b64decode(content[name]) for name in ("salt", "nonce", "ciphertext"))
    return Sealed(salt, nonce, content["iterations"], content["bound_to"], ciphertext)


def keys_beside(folder: Path) -> list[dict[str, str]]:
    path = folder.parent / f"{folder.name}.passphrases" / "passphrases.csv"
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_each_team_gets_a_file_that_its_own_passphrase_opens_and_no_other(sweep: Run, copied: Path) -> None:
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
    assert sweep("check", copied.parent, copied).exit_code in (0, 2)
    assert not (copied / "passphrases.csv").exists()


def test_one_passphrase_for_all_can_be_given_in_a_file(sweep: Run, copied: Path, tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text("correct horse battery\nsecond line\n", encoding="utf-8")
    assert sweep("orders", copied, "--seal", "--passphrase-file", tmp_path / "key.txt").exit_code == 0
    for k in keys_beside(copied):
        path = copied.parent / f"{copied.name}.orders" / k["file"]
        assert unseal(sealed_in(path), "correct horse battery")


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
        pytest.param(["--pdf"], "S731", id="no browser"),
    ],
)
def test_a_fault_is_reported_and_nothing_is_written(
    sweep: Run, copied: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], code: str
) -> None:
    monkeypatch.chdir(copied.parent)
    Path("short.txt").write_text("12345678901\n", encoding="utf-8")
    monkeypatch.setattr(pdf, "_NAMES", ())
    monkeypatch.setattr(pdf, "_PLACES", ())
    result = sweep("orders", copied, *options)
    assert (result.exit_code, code in result.stderr) == (2, True), result.stderr
    assert sorted(p.name for p in copied.parent.iterdir()) == [copied.name, "short.txt"]


def test_a_browser_that_fails_is_reported(sweep: Run, copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_NAMES", ("false",))
    result = sweep("orders", copied, "--pdf")
    assert (result.exit_code, "S732" in result.stderr) == (2, True)


def test_all_orders_are_printed(sweep: Run, copied: Path) -> None:
    if not any(map(shutil.which, pdf._NAMES)):
        pytest.skip("no browser of Chromium's kind is installed")
    assert sweep("orders", copied, "--pdf").exit_code == 0
    assert (copied.parent / f"{copied.name}.orders" / "orders.pdf").read_bytes().startswith(b"%PDF-")
