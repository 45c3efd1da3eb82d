"""A province of two small counties, made by one of the tests' processes for all, planned once and for reading alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sweep.province import synthetic_province
from sweep.province.cli import run_and_init
from sweep.province.records import MobileTeam
from sweep.province.run import check_province
from sweep.province.run.county_job import do_job
from sweep.province.run.county_with_mobile_teams import CountyAssignment, reinforced_problem
from sweep.province.run.value_curve import read_county
from sweep.scenario.load_scenario import load_scenario
from sweep.scenario.scenario import Scenario
from tests.cli.conftest import Run
from tests.once import made_once
from tests.province.run.conftest import Here
from tests.recorded import copy_with_log


@dataclass(frozen=True)
class Made:
    """Two counties with one linked action, planned and published."""

    folder: Path
    out: Path
    edition: Path
    sites: dict[str, str]
    """The linked building by county."""
    shown: dict[str, Any]


@pytest.fixture(scope="module")
def here() -> Iterator[None]:
    """Counties are planned in this process: a child takes longer to begin than to plan one."""
    scenarios: dict[str, Scenario] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_and_init, "make_engine", lambda *_: Here(do_job))
        read = cache(lambda name: read_county(scenarios[name]))
        patch.setattr(check_province, "read_county", lambda s: scenarios.update({s.name: s}) or read(s.name))
        yield


def two_counties(sweep: Run, factory: pytest.TempPathFactory) -> Path:
    """Two small counties with campaigns, to be copied."""

    def make(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(synthetic_province, "_MEDIAN", 14.0)
            options = ("--counties", 2, "--campaign", "--lang", "en")
            assert sweep("init", "p", "--province", *options, "--folder", folder).exit_code == 0

    return made_once(factory, "two_counties", make) / "p"


@pytest.fixture(scope="module")
def made(here: None, sweep: Run, tmp_path_factory: pytest.TempPathFactory) -> Made:
    def make(place: Path) -> None:
        folder, sites = Path(shutil.copytree(two_counties(sweep, tmp_path_factory), place / "p")), {}
        for county in sorted((folder / "counties").iterdir()):
            _, problem = reinforced_problem(
                read_county(load_scenario(county)), CountyAssignment(MobileTeam(4, 1)), 2, None
            )
            sites[county.name] = max(problem.visits, key=lambda v: v.value).building_id
        listed = ", ".join(f'{{county = "{c}", building = "{b}"}}' for c, b in sites.items())
        with (folder / "province.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[[links]]\nid = "L1"\nsites = [{listed}]\n')
        result = sweep("run", folder, "--out", place / "out", "--iterations", 60, "--json")
        assert result.exit_code == 0, result.output
        (place / "made.json").write_text(json.dumps([sites, json.loads(result.stdout)]), encoding="utf-8")

    place = made_once(tmp_path_factory, "province", make)
    sites, shown = json.loads((place / "made.json").read_text(encoding="utf-8"))
    return Made(place / "p", place / "out", Path(shown["folder"]), sites, shown)


def spoilt(made: Made, tmp_path: Path) -> Path:
    """A copy of the edition, with its log, that may be changed."""
    return copy_with_log(made.edition, tmp_path / made.edition.name)
