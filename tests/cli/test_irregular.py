"""Pipes, devices, links and over-long numbers in the place of inputs: an error with a code, at once."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Plain, Run
from tests.cli.test_unfinished import edition as edition

CAMPAIGN = 'name = "tiny"\nfirst_day = 2026-09-16\nlast_day = 2026-12-31\n'


@pytest.fixture(autouse=True)
def no_wait() -> Iterator[None]:
    """A command that waits for a pipe, or reads a device without end, is stopped."""
    signal.alarm(300)
    yield
    signal.alarm(0)


def put(path: Path, kind: str) -> None:
    """Put an entry of a kind in the place of a file."""
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to({"device": "/dev/zero", "itself": path.name, "nothing": "nothing"}[kind])


@pytest.mark.parametrize("kind", ["pipe", "device", "itself", "folder", "nothing"])
@pytest.mark.parametrize("file", ["scenario.toml", "campaign.toml"])
def test_settings_that_are_no_regular_file_are_refused(plain: Plain, sweep: Run, kind: str, file: str) -> None:
    (plain.folder / "campaign.toml").write_text(CAMPAIGN, encoding="utf-8")
    put(plain.folder / file, kind)
    for command in (
        ("validate", plain.folder),
        ("validate", plain.folder / file),
        ("campaign", "advance", plain.folder),
    ):
        if file == "scenario.toml" or command[0] == "campaign":
            result = sweep(*command)
            assert (result.exit_code, "S1" in result.stderr or "S901" in result.stderr) == (2, True), result.output


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_county_whose_settings_are_a_pipe_does_not_stop_the_province(
    plain: Plain, sweep: Run, tmp_path: Path, kind: str
) -> None:
    (tmp_path / "province.toml").write_text(
        'name = "p"\nday = 2026-09-16\nlang = "en"\ncounties = ["plain"]\n', encoding="utf-8"
    )
    put(plain.folder / "scenario.toml", kind)
    result = sweep("run", tmp_path, "--out", tmp_path / "out")
    assert result.exit_code == 2, result.output
    assert "scenario.toml" in result.output


def test_a_name_with_a_nul_in_campaign_toml_is_a_scenario_that_is_missing(plain: Plain, sweep: Run) -> None:
    (plain.folder / "campaign.toml").write_text(f'{CAMPAIGN}scenario = "a\\u0000"\n', encoding="utf-8")
    for command in ("plan", "advance"):
        result = sweep("campaign", command, plain.folder)
        assert (result.exit_code, "S101" in result.stderr) == (2, True), result.output


def test_a_head_with_thousands_of_digits_is_refused(edition: Path, sweep: Run) -> None:
    head = f"{'1' * 5_000}:{'0' * 64}"
    result = sweep("audit", "tiny", "--out", edition.parent.parent, "--head", head)
    assert (result.exit_code, "S807" in result.stderr) == (2, True), result.output
    assert sweep("approve", edition, "--by", "C001").exit_code == 0
    file = edition / "approval.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | {"audit_head": head}), encoding="utf-8")
    for command in (("orders", edition, "--seal"), ("audit", "--out", edition.parent.parent)):
        result = sweep(*command)
        assert result.exit_code in (0, 2, 3), result.output


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "nothing"])
@pytest.mark.parametrize("file", ["assign.csv", "follow_up/closed.csv", "firms.csv"])
def test_an_input_that_is_no_regular_file_is_reported(plain: Plain, sweep: Run, file: str, kind: str) -> None:
    (plain.folder / "follow_up").mkdir()
    put(plain.folder / file, kind)
    result = sweep("validate", plain.folder)
    # A link that leads out of the scenario's folder is refused for that.
    assert (result.exit_code, ("G106" if kind == "device" and "/" not in file else "G131") in result.stderr) == (
        2,
        True,
    ), result.output


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf", b"", b"\xef\xbb\xbf\r\n"], ids=["BOM", "nothing", "blank"])
@pytest.mark.parametrize("file", ["assign.csv", "follow_up/closed.csv"])
def test_a_file_without_a_header_is_reported(plain: Plain, sweep: Run, file: str, content: bytes) -> None:
    (plain.folder / "follow_up").mkdir()
    (plain.folder / file).write_bytes(content)
    result = sweep("validate", plain.folder)
    code = "G102" if file == "assign.csv" else "S738"
    assert (result.exit_code, code in result.stderr) == (2, True), result.output


@pytest.mark.parametrize("kind", ["pipe", "device"])
@pytest.mark.parametrize("file", ["approval.json", "manifest.json", "report.html"])
def test_no_command_waits_for_a_file_of_an_edition(
    edition: Path, plain: Plain, sweep: Run, file: str, kind: str
) -> None:
    put(edition / file, kind)
    purge = ("purge", plain.folder, "--out", edition.parent.parent, "--yes")
    for command in (("approve", edition, "--by", "C001"), ("orders", edition), purge):
        result = sweep(*command)
        assert result.exit_code in (0, 2, 3), result.output
        assert "Traceback" not in result.output, result.output
