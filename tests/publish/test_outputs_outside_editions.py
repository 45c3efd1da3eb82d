"""The register of an edition's files against what is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from docs.tools.outputs import OUTPUTS, OUTPUTS_OF_BROKEN
from geodata.message_catalogue import load_texts
from sweep.publish.write_edition import write_edition
from sweep.records.plan import Violation
from tests.publish.small_edition import small_edition

# It is made by the run, not from the edition.
FROM_THE_RUN = {"problem.json", "plan.proof.json"}


def registered(folder: Path) -> set[str]:
    """The names in a folder, an order's as the register has it."""
    names = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    return {"teams/<id>.html" if n.startswith("teams/") else n for n in names}


def test_what_is_written_is_what_is_registered(tmp_path: Path) -> None:
    write_edition(small_edition(), tmp_path / "e", load_texts("en"))
    assert registered(tmp_path / "e") == OUTPUTS.keys() - FROM_THE_RUN


def test_a_plan_that_breaks_a_rule_gets_the_few_that_are_registered_for_it(tmp_path: Path) -> None:
    broken = replace(small_edition(), violations=(Violation("C01", "T1", {"detail": "1 < 2"}),))
    write_edition(broken, tmp_path / "e", load_texts("en"))
    assert registered(tmp_path / "e") == OUTPUTS_OF_BROKEN.keys()
