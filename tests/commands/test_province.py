"""Provinces at the command line: two real counties planned, checked, spoilt and compared, and every slip told."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sweep.commands.wings import province as commands
from sweep.pipeline.new_scenario import made_up_province
from sweep.pipeline.province import judge
from sweep.pipeline.province.county import do_job
from sweep.pipeline.province.curve import read_county
from sweep.pipeline.province.reinforced import Task, reinforced
from sweep.publish.outputs import WRITTEN
from sweep.publish.province import write
from sweep.records.province import MobileTeam
from sweep.scenario.file import load_scenario
from sweep.scenario.scenario import Scenario
from tests.commands.conftest import Run
from tests.pipeline.province.conftest import Here

MAKE_ENGINE = commands.make_engine


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


def log_lines(out: Path, name: str) -> list[dict[str, Any]]:
    text = (out / "_audit" / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line)["facts"] for line in text.splitlines()]


def test_the_logs_know_the_edition_and_each_county_s(made: Made, sweep: Run) -> None:
    (line,) = log_lines(made.out, "p")
    assert line["plan_id"] == made.edition.name
    for county in made.sites:
        (plan_id,) = [f["plan_id"] for f in log_lines(made.edition / "counties", county)]
        assert (made.edition / "counties" / county / plan_id / "report.html").is_file()
    result = sweep("audit", "verify", "--out", made.out)
    assert result.exit_code == 0, result.output


def test_a_second_run_leaves_the_edition_and_its_logs_as_they_are(made: Made, sweep: Run) -> None:
    before = made.edition.stat().st_ino
    result = sweep("province", "run", made.folder, "--out", made.out, "--iterations", 60, "--json")
    assert json.loads(result.stdout)["n_found"] == 4
    assert (made.edition.stat().st_ino, len(log_lines(made.out, "p"))) == (before, 1)


def test_a_county_s_edition_that_is_approved_is_still_the_province_s(made: Made, sweep: Run, tmp_path: Path) -> None:
    folder, county = spoilt(made, tmp_path), min(made.sites)
    (own,) = folder.glob(f"counties/{county}/*/plan.json")
    assert sweep("approve", own.parent, "--by", "chief").exit_code == 0
    result = sweep("check", made.folder, folder)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        pytest.param("province.json", "S818", id="the province"),
        pytest.param("counties/{county}/{plan}/report.html", "S818", id="a county"),
        pytest.param("counties/_audit/{county}.jsonl", "S813", id="the log of a county"),
    ],
)
def test_what_was_changed_is_found_by_the_logs(made: Made, sweep: Run, tmp_path: Path, changed: str, code: str) -> None:
    out, county = Path(shutil.copytree(made.out, tmp_path / "out")), min(made.sites)
    folder = out / "p" / made.edition.name
    (own,) = folder.glob(f"counties/{county}/*/plan.json")
    file = folder / changed.format(county=county, plan=own.parent.name)
    content = file.read_bytes()
    file.unlink()
    file.write_bytes(content + content[-1:])
    result = sweep("audit", "verify", "--out", out)
    assert result.exit_code == 3
    assert code in result.output


def test_nothing_is_written_that_is_not_in_the_registry(made: Made) -> None:
    names = [p.relative_to(made.out / "p").as_posix() for p in (made.out / "p").rglob("*") if p.is_file()]
    own = [k for k in WRITTEN if k.root == "out"]
    assert [n for n in names if not any(k.is_of(n) for k in own)] == []
    assert any(k.key == "county_results" and k.is_of(n) for k in own for n in names)


def test_what_is_past_its_time_goes_with_a_line_in_the_log(made: Made, sweep: Run, tmp_path: Path) -> None:
    folder, out = shutil.copytree(made.folder, tmp_path / "p"), Path(shutil.copytree(made.out, tmp_path / "out"))
    with (folder / "province.toml").open("a", encoding="utf-8") as file:
        file.write("\n[retention]\nedition_days = 1\n")
    old, *others = sorted((out / "p" / "results").iterdir())
    for path in old.rglob("*"):
        os.utime(path, (0, 0))
    listed = sweep("purge", folder, "--out", out, "--json")
    assert [Path(d["path"]).name for d in json.loads(listed.stdout)["due"]] == [old.name, made.edition.name]
    assert sweep("purge", folder, "--out", out, "--yes").exit_code == 0
    assert sorted((out / "p").rglob("result.json")) == sorted(o / "result.json" for o in others)
    assert len(log_lines(out, "p")) == 3
    assert sweep("audit", "verify", "--out", out).exit_code == 0


def test_a_full_disk_is_told_and_the_next_run_finds_all_that_was_done(
    made: Made, sweep: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    shutil.copytree(made.out / "p" / "results", out / "p" / "results")

    def full(*_: object) -> bytes:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "province.xlsx")

    with monkeypatch.context() as patch:
        patch.setattr(write, "_link_all", full)
        result = sweep("province", "run", made.folder, "--out", out, "--iterations", 60)
    assert (result.exit_code, "S108" in result.output) == (2, True)
    assert [p.name for p in (out / "p").iterdir()] == ["results"]
    again = sweep("province", "run", made.folder, "--out", out, "--iterations", 60, "--json")
    assert json.loads(again.stdout)["n_found"] == 4


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
