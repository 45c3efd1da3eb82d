"""Inspection codes of the counties of a province: filed, imported, and no reason to doubt the province's edition."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli import platform
from tests.cli.conftest import Run
from tests.cli.two_counties import Made
from tests.cli.two_counties import here as here
from tests.cli.two_counties import made as made


@pytest.mark.slow
def test_codes_of_each_countys_edition_are_filed_and_imported(made: Made, sweep: Run, tmp_path: Path) -> None:
    out = Path(shutil.copytree(made.out, tmp_path / "out"))
    edition = out / made.edition.relative_to(made.out)
    folders = sorted(p.parent for p in edition.glob("counties/*/*/plan.json"))
    assert len(folders) == 2
    for folder in folders:
        filed = sweep("codes", "file", folder, "--out", tmp_path / "filed" / folder.parent.name)
        assert filed.exit_code == 0, filed.output
        (table,) = (tmp_path / "filed" / folder.parent.name).rglob("filing.csv")
        assert platform.filed(table)
        imported = sweep("codes", "import", folder, platform.answer(table, tmp_path / "back.csv"))
        assert imported.exit_code == 0, imported.output
    checked = sweep("check", made.folder, edition)
    assert checked.exit_code == 0, checked.output
