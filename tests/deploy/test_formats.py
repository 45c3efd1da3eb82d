"""The table of formats in CONTRIBUTING.md has the numbers of the code."""

from __future__ import annotations

import re

import pytest

from tests.paths import ROOT

ROWS = re.findall(
    r"^\| (\d+) \| .+ \| `(\w+)` in `(\S+)` \|", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE
)
NUMBER = re.compile(r"^((?:SCHEMA_)?VERSION) = (\d+)$", re.MULTILINE)
# Of a cache and of a study, which are computed again.
NO_FORMATS = {"sweep/jobs/whatif.py"}


def test_each_format_with_a_number_has_its_row() -> None:
    sources = {
        p.relative_to(ROOT).as_posix() for p in (ROOT / "sweep").rglob("*.py") if NUMBER.search(p.read_text("utf-8"))
    }
    assert sources - NO_FORMATS == {path for _, _, path in ROWS}


@pytest.mark.parametrize(("number", "name", "path"), ROWS, ids=[path for _, _, path in ROWS])
def test_the_number_of_a_format_is_that_of_the_table(number: str, name: str, path: str) -> None:
    assert NUMBER.findall((ROOT / path).read_text(encoding="utf-8")) == [(name, number)]
