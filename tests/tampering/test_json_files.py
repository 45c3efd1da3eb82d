"""Some keys of each JSON file with a wrong value, which is found, and the files in other words, which are taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sweep.publish.archive.plan_schema import plan_schema
from tests.cli.conftest import prepared_once  # noqa: F401
from tests.edited.json_edits import edits_of
from tests.edited.judged_files import STILL_A_PROOF, file_of_province, files_of_edition, tally_of
from tests.recorded import copy_with_log

# One key of so many; tests/benchmarks/audit/edited_files.py edits all.
EACH = {"plan.json": 9, "edition.json": 60, "manifest.json": 20, "problem.json": 20, "plan.proof.json": 4}


@pytest.mark.slow
@pytest.mark.usefixtures("prepared_once")
def test_a_wrong_value_of_a_key_of_an_edition_is_found(planned: Any, sweep: Any, tmp_path: Path) -> None:
    edition = copy_with_log(planned.folder, tmp_path / "out" / "tiny" / planned.folder.name)
    (tmp_path / "alone").mkdir()
    for file in files_of_edition(planned.scenario, edition, tmp_path / "alone", sweep):
        tally = tally_of(file, EACH[file.path.name])
        assert tally.refused == []
        assert tally.unseen == [] or file.name == STILL_A_PROOF, (file.path.name, dict(tally.passed))


def test_a_wrong_value_of_a_key_of_a_province_is_found(tmp_path: Path) -> None:
    tally = tally_of(file_of_province(tmp_path / "out"), 5)
    assert (tally.unseen, tally.refused) == ([], [])


def test_a_key_that_is_added_to_the_schema_is_edited(planned: Any) -> None:
    schema = plan_schema()
    schema["$defs"]["StopPart"]["properties"]["floor"] = {"type": "integer"}
    assert "routes[].stops[].floor" in {edit.key for edit in edits_of(planned.plan, schema)}
