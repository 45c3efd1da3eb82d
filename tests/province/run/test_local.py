"""Children of one machine: killed ones are replaced, a county that kills three is set aside, a coordinator may die."""

from __future__ import annotations

from pathlib import Path

import pytest

from sweep.province.engines.executors import LocalEngine
from sweep.province.run.run_province import ProvinceOutcome, run_province
from tests.kills import has_ended, left_over
from tests.province.run.conftest import STUB_CHILD, loaded
from tests.province.run.processes import forked, wait_for
from tests.province.run.stub import tell, write_province

pytestmark = pytest.mark.usefixtures("at_home")


def run_local(folder: Path, out: Path) -> ProvinceOutcome:
    return run_province(loaded(folder), out, LocalEngine(2, STUB_CHILD), lambda _: None)


def test_a_county_that_kills_three_children_is_set_aside_and_the_others_go_on(tmp_path: Path) -> None:
    folder = write_province(tmp_path / "p", 3)
    tell(folder, "c0002", kill=True)
    edition = run_local(folder, tmp_path / "out").edition
    assert [c.state for c in edition.counties] == ["planned", "set_aside", "planned"]
    (issue,) = edition.counties[1].issues
    assert issue.code == "S963"
    assert str(issue.values["detail"]).startswith("-9")


@pytest.mark.slow
def test_a_coordinator_that_is_killed_loses_nothing_that_was_done(tmp_path: Path) -> None:
    folder = write_province(tmp_path / "p", 4)
    for k in range(1, 5):
        tell(folder, f"c{k:04d}", sleep_s=0.15)
    whole = run_local(folder, tmp_path / "undisturbed").folder
    log = tmp_path / "out" / "p" / "calls.log"
    process = forked(run_local, folder, tmp_path / "out")
    wait_for(lambda: log.exists() and log.read_text().count("\n") >= 3)
    children = process.children()
    process.kill()
    process.wait()
    # They see that nobody waits for them, and end.
    wait_for(lambda: all(map(has_ended, children)))
    again = run_local(folder, tmp_path / "out")
    assert (again.folder / "manifest.json").read_bytes() == (whole / "manifest.json").read_bytes()
    assert again.n_cached >= 3
    done = log.read_text().splitlines()
    # Each of the two children may end between its result and its line here.
    assert 6 <= len(set(done)) == len(done) <= 8
    log.unlink()
    assert left_over(tmp_path / "out") == []
