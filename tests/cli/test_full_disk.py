"""A disk that does not take all of a command's files: nothing is written, and the log gains no line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Planned, Run
from tests.cli.test_unfinished import edition as edition
from tests.kills import call

COMMANDS: dict[str, Callable[[Path, Path], tuple[object, ...]]] = {
    "approve": lambda _, edition: ("approve", edition, "--by", "C001"),
    "orders": lambda _, edition: ("orders", edition, "--seal"),
    "release": lambda scenario, edition: ("release", scenario, edition, "--class", "property"),
}


def content(out: Path) -> dict[str, bytes]:
    """Every file but for locks, and every folder."""
    found = {p for p in out.rglob("*") if p.suffix != ".lock"}
    return {str(p.relative_to(out)): p.read_bytes() if p.is_file() else b"" for p in found}


@pytest.mark.slow
@pytest.mark.parametrize("n_bytes", [100, 1_000, 8_000])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_disk_that_takes_no_more_leaves_log_and_editions_as_they_were(
    planned: Planned, edition: Path, sweep: Run, name: str, n_bytes: int
) -> None:
    out, arguments = edition.parent.parent, COMMANDS[name](planned.scenario, edition)
    before = content(out)
    done = call(arguments, most_bytes=n_bytes)
    assert (done.code, "S108" in done.text, "Nothing was written" in done.text) == (2, True, True), done.text
    assert content(out) == before
    assert sweep(*arguments).exit_code == 0
    assert sweep("audit", "--out", out).exit_code == 0
