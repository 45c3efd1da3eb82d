"""Provinces at the command line: two real counties planned, checked, spoilt and compared, and every slip told."""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from geodata.texts import load_texts
from sweep.commands.wings import province as commands
from sweep.pipeline.new_scenario import made_up_province
from sweep.pipeline.province import judge
from sweep.pipeline.province.county import do_job
from sweep.pipeline.province.curve import read_county
from sweep.pipeline.province.reinforced import Task, reinforced
from sweep.records.province import MobileTeam
from sweep.scenario.file import load_scenario
from sweep.scenario.scenario import Scenario
from tests.commands.conftest import Run
from tests.paths import ROOT
from tests.pipeline.province.conftest import Here


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
        patch.setattr(commands, "make_engine", lambda *_: Here(do_job))
        patch.setattr(made_up_province, "_MEDIAN", 14.0)
        read = cache(lambda name: read_county(scenarios[name]))
        patch.setattr(judge, "read_county", lambda s: scenarios.update({s.name: s}) or read(s.name))
        yield


@pytest.fixture(scope="module")
def made(here: None, sweep: Run, tmp_path_factory: pytest.TempPathFactory) -> Made:
    place = tmp_path_factory.mktemp("provinces")
    assert sweep("init", "p", "--province", "--counties", 2, "--folder", place, "--lang", "en").exit_code == 0
    folder, sites = place / "p", {}
    for county in sorted((folder / "counties").iterdir()):
        read = read_county(load_scenario(county))
        _, problem = reinforced(read, Task(MobileTeam(4, 1)), 2, None)
        sites[county.name] = max(problem.visits, key=lambda v: v.value).building_id
    listed = ", ".join(f'{{county = "{c}", building = "{b}"}}' for c, b in sites.items())
    with (folder / "province.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[[links]]\nid = "L1"\nsites = [{listed}]\n')
    result = sweep("province", "run", folder, "--out", place / "out", "--iterations", 60, "--json")
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout)
    return Made(folder, place / "out", Path(shown["folder"]), sites, shown)


def spoilt(made: Made, tmp_path: Path) -> Path:
    """A copy of the edition that may be changed."""
    return Path(shutil.copytree(made.edition, tmp_path / made.edition.name))


def test_every_county_has_its_edition_and_the_bound_is_above_the_value(made: Made) -> None:
    assert made.shown["n_planned"] == made.shown["n_counties"] == 2
    assert 0 < made.shown["value"] <= made.shown["bound"]
    assert {p.name for p in made.edition.iterdir()} == {
        "counties", "manifest.json", "province.html", "province.json", "province.xlsx",
    }  # fmt: skip
    assert len(list(made.edition.glob("counties/*/*/report.html"))) == 2


def test_linked_sites_start_within_the_tolerance(made: Made) -> None:
    starts = []
    for file in made.edition.glob("counties/*/*/plan.json"):
        stops = [s for r in json.loads(file.read_text(encoding="utf-8"))["routes"] for s in r["stops"]]
        site = made.sites[file.parents[1].name]
        starts += [s["start_s"] for s in stops if s["building_id"] == site][:1]
    assert len(starts) == 2
    assert max(starts) - min(starts) <= 300


def test_the_edition_breaks_no_rule(made: Made, sweep: Run) -> None:
    result = sweep("check", made.folder, made.edition)
    assert result.exit_code == 0, result.output


def test_a_site_that_is_moved_out_of_the_tolerance_is_found(made: Made, sweep: Run, tmp_path: Path) -> None:
    folder = spoilt(made, tmp_path)
    county = min(made.sites)
    (file,) = folder.glob(f"counties/{county}/*/plan.json")
    content = json.loads(file.read_text(encoding="utf-8"))
    for stop in (s for r in content["routes"] for s in r["stops"] if s["building_id"] == made.sites[county]):
        stop["start_s"] += 3_600
    file.unlink()
    file.write_text(json.dumps(content), encoding="utf-8")
    result = sweep("check", made.folder, folder, "--json")
    assert result.exit_code == 3
    broken = {(v["rule_id"], v["where"]) for v in json.loads(result.stdout)["violations"]}
    assert ("C16", "L1") in broken


def test_a_page_that_is_changed_is_found(made: Made, sweep: Run, tmp_path: Path) -> None:
    folder = spoilt(made, tmp_path)
    (folder / "province.html").unlink()
    (folder / "province.html").write_text("another", encoding="utf-8")
    result = sweep("check", made.folder, folder, "--json")
    assert result.exit_code == 3
    assert [(v["rule_id"], v["where"]) for v in json.loads(result.stdout)["violations"]] == [("C29", "province.html")]


def test_two_editions_are_compared(made: Made, sweep: Run, tmp_path: Path) -> None:
    result = sweep("compare", made.edition, made.edition, "--out", tmp_path)
    assert result.exit_code == 0, result.output
    text = (tmp_path / "p" / "comparison.csv").read_text(encoding="utf-8-sig")
    assert [row.split(",")[2] for row in text.splitlines()[1:]] == ["same", "same"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["province", "run", "nowhere"], "S951", id="no province"),
        pytest.param(["province", "run", "nowhere", "--campaign"], "S967", id="campaign"),
        pytest.param(["init", "p", "--counties", "3"], "S966", id="counties of one scenario"),
        pytest.param(["init", "p", "--province", "--made-up"], "S966", id="a province and a scenario"),
        pytest.param(["init", "a/b", "--province"], "S106", id="no name"),
    ],
)
def test_what_cannot_be_is_told(sweep: Run, arguments: list[str], code: str) -> None:
    result = sweep(*arguments)
    assert result.exit_code == 2
    assert code in result.output


@pytest.mark.parametrize(
    ("engine", "scheduler", "code"), [("ray", None, "S968"), ("dask", None, "S966"), ("local", "tls://a:1", "S966")]
)
def test_engines_that_cannot_be_are_told(made: Made, sweep: Run, engine: str, scheduler: str | None, code: str) -> None:
    options = ["--engine", engine, *(["--scheduler", scheduler] if scheduler else [])]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands, "make_engine", MAKE_ENGINE)
        result = sweep("province", "run", made.folder, "--out", made.out, *options)
    assert result.exit_code == 2
    assert code in result.output


MAKE_ENGINE = commands.make_engine


def test_without_the_extra_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "find_spec", lambda _: None)
    with pytest.raises(Exception, match="S965"):
        MAKE_ENGINE("dask", "tls://127.0.0.1:8786", None)


def test_dask_is_imported_in_its_engine_alone_and_that_by_nobody_at_its_top() -> None:
    engine = "sweep.pipeline.province.engines.dask"
    importing = {"dask": set[str](), "engine": set[str]()}
    for path in (ROOT / "sweep").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text if "dask" in text or "distributed" in text else "")
        at_top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        names = {n.module or "" if isinstance(n, ast.ImportFrom) else n.names[0].name for n in at_top}
        all_ = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
        anywhere = {n.module or "" if isinstance(n, ast.ImportFrom) else n.names[0].name for n in all_}
        importing["dask"] |= {path.name for n in anywhere if n.partition(".")[0] in ("dask", "distributed")}
        importing["engine"] |= {path.name for n in names if n == engine}
    assert importing == {"dask": {"dask.py"}, "engine": set()}


def test_a_province_of_unlike_counties_is_made_whole_or_not_at_all(tmp_path: Path) -> None:
    def stop(n: int) -> None:
        if n == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made_up_province.write_made_up_province("q", tmp_path, load_texts("en"), 3, stop)
    assert list(tmp_path.iterdir()) == []
