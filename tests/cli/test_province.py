"""Provinces at the command line: two real counties planned, checked, spoilt and compared, and every slip told."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import pytest

from sweep.province.cli import run_and_init
from sweep.province.pages import write_province_edition
from sweep.province.run import check_province
from sweep.province.run.value_curve import read_county
from tests.cli.conftest import Run
from tests.cli.two_counties import Made, spoilt
from tests.cli.two_counties import here as here
from tests.cli.two_counties import made as made

pytestmark = pytest.mark.slow

MAKE_ENGINE = run_and_init.make_engine


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


def test_an_edition_is_judged_as_of_its_own_day_though_the_province_has_a_later_one(
    made: Made, sweep: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another scenario of the same name than that of the other tests.
    monkeypatch.setattr(check_province, "read_county", read_county)
    folder = Path(shutil.copytree(made.folder, tmp_path / "p"))
    file = folder / "province.toml"
    # A Saturday, on which nothing may be visited (C13).
    file.write_text(file.read_text(encoding="utf-8").replace("2026-09-16", "2026-09-19"), encoding="utf-8")
    result = sweep("check", folder, made.edition)
    assert result.exit_code == 0, result.output


def test_people_in_the_teams_of_two_counties_are_reported_where_ids_are_the_provinces(
    made: Made, sweep: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_province, "read_county", read_county)
    folder, out = (
        Path(shutil.copytree(made.folder, tmp_path / "p")),
        Path(shutil.copytree(made.out, tmp_path / "out")),
    )
    file = folder / "province.toml"
    # The made-up rosters of both counties begin with P001.
    file.write_text(file.read_text(encoding="utf-8").replace("seed = 1\n", 'seed = 1\nperson_ids = "province"\n', 1))
    files = sorted(made.edition.glob("counties/*/*/plan.json"))
    teams = [json.loads(f.read_text(encoding="utf-8"))["teams"] for f in files]
    a, b = ({i for t in one for i in t["member_ids"] if not i.startswith("MOBILE")} for one in teams)
    checked = sweep("check", folder, made.edition)
    ran = sweep("run", folder, "--out", out, "--iterations", 60, "--json")
    assert (checked.exit_code, ran.exit_code) == (3, 3), checked.output + ran.output
    twice = {v["detail"] for v in json.loads(ran.stdout)["violations"] if v["rule_id"] == "P01"}
    assert len(json.loads(ran.stdout)["violations"]) == checked.output.count("  P01  ") == len(a & b) > 0
    assert twice == {", ".join(f.parents[1].name for f in files)}


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


def test_a_full_disk_is_told_and_the_next_run_finds_all_that_was_done(
    made: Made, sweep: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    shutil.copytree(made.out / "p" / "results", out / "p" / "results")

    def full(*_: object) -> bytes:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "province.xlsx")

    with monkeypatch.context() as patch:
        patch.setattr(write_province_edition, "_link_all", full)
        result = sweep("run", made.folder, "--out", out, "--iterations", 60)
    assert (result.exit_code, "S108" in result.output) == (2, True)
    assert [p.name for p in (out / "p").iterdir()] == ["results"]
    again = sweep("run", made.folder, "--out", out, "--iterations", 60, "--json")
    assert json.loads(again.stdout)["n_found"] == 4


@pytest.mark.parametrize(
    ("engine", "scheduler", "code"), [("ray", None, "S968"), ("dask", None, "S966"), ("local", "tls://a:1", "S966")]
)
def test_engines_that_cannot_be_are_told(made: Made, sweep: Run, engine: str, scheduler: str | None, code: str) -> None:
    options = ["--engine", engine, *(["--scheduler", scheduler] if scheduler else [])]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_and_init, "make_engine", MAKE_ENGINE)
        result = sweep("run", made.folder, "--out", made.out, *options)
    assert result.exit_code == 2
    assert code in result.output
