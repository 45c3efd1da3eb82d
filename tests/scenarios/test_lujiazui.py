"""The scenario on real towers: laid, planned and published from the files of the Bund."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from sweep.jobs.run_scenario import RunOutcome, run
from sweep.jobs.stages.run_progress import ProgressCallback
from sweep.scenario.load_scenario import load_scenario
from sweep.scenario.scenario import Scenario
from sweep.terminal.exit_codes import Exit
from tests.paths import GEO, ROOT, needs_data

pytestmark = pytest.mark.slow

BUND = GEO / "osm-cn-shanghai-bund"
with_bund = needs_data(BUND)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lujiazui_run", ROOT / "scenarios" / "lujiazui" / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(script: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return script.lay_scenario(BUND, tmp_path_factory.mktemp("laid") / "lujiazui")


@pytest.fixture(scope="module")
def outcome(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunOutcome]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        scenario = load_scenario(folder, {"solver.iterations": "300"})
        yield run(scenario, tmp_path_factory.mktemp("out"))


@with_bund
def test_the_plan_on_real_towers_keeps_every_rule_and_visits_both_banks(outcome: RunOutcome) -> None:
    edition = outcome.edition
    assert edition.violations == ()
    served = {s.building_id for route in edition.plan.routes for s in route.stops}
    # West of the river's middle, 121.492 E at the bend, lies the Bund, and east of it Lujiazui.
    banks = {edition.buildings[b].division_code for b in served}
    assert banks == {"310101", "310115"}
    assert edition.division_names == {"310101": "黄浦区", "310115": "浦东新区"}


@with_bund
def test_teams_drive_with_parking_and_walk_short_ways(outcome: RunOutcome) -> None:
    edition = outcome.edition
    assert edition.travel_method == "road_and_foot"
    legs = [s for route in edition.plan.routes for s in route.stops]
    parking_s = edition.scenario.roads.parking_minutes * 60
    # A leg without the time to park is walked, and is no longer than what may be walked.
    walked = [s for s in legs if s.travel_s < parking_s]
    assert all(s.distance_m <= edition.scenario.roads.walk_within_m for s in walked)


@with_bund
def test_a_building_without_a_name_is_called_by_its_street(outcome: RunOutcome) -> None:
    names = {b.building_id: b.name for b in outcome.edition.buildings.values()}
    assert names["w164901940"] == "银都大厦"
    bare = [b for b, name in names.items() if name == b]
    assert len(bare) < len(names) / 50


@with_bund
def test_the_firms_are_made_up_and_the_same_each_time(script: ModuleType, folder: Path, tmp_path: Path) -> None:
    again = script.lay_scenario(BUND, tmp_path / "again")
    for name in ("firms.csv", "leads.csv", "roster.csv", "history.csv"):
        assert (again / name).read_bytes() == (folder / name).read_bytes()
    firms = (folder / "firms.csv").read_text(encoding="utf-8").splitlines()[1:]
    # A city that is on no map: no firm of that name is anybody's.
    assert all(line.split(",")[1].startswith("帆州") for line in firms)


def test_the_two_outlines_meet_along_the_river(script: ModuleType) -> None:
    east, west = (f["geometry"]["coordinates"][0] for f in json.loads(json.dumps(script.outlines()))["features"])
    assert east[: len(script.RIVER)] == west[: len(script.RIVER)]


def test_without_the_files_the_script_says_which_it_lacks(script: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"buildings\.geojson and roads\.geojson"):
        script.lay_scenario(tmp_path, tmp_path / "laid")
    assert not (tmp_path / "laid").exists()


def test_the_script_plans_what_it_lays_and_ends_as_sweep_run_does(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_it(scenario: Scenario, _out: Path, on_progress: ProgressCallback) -> str:
        on_progress("read", None)
        return scenario.name

    monkeypatch.setattr(script, "lay_scenario", lambda _source, _target: ROOT / "scenarios" / "quancheng")
    monkeypatch.setattr(script, "run", run_it)
    monkeypatch.setattr(script, "report_outcome", lambda _voice, name: Exit.RULE_BROKEN if name == "quancheng" else 0)
    with pytest.raises(SystemExit) as end:
        script.main(BUND)
    assert end.value.code == Exit.RULE_BROKEN
