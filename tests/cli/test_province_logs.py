"""What logs know of a province's editions, what is found to be changed by them, and what goes when its time is over."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from sweep.publish.outputs_outside_editions import WRITTEN
from tests.cli.conftest import Run
from tests.cli.two_counties import Made, spoilt
from tests.cli.two_counties import here as here
from tests.cli.two_counties import made as made


def log_lines(out: Path, name: str) -> list[dict[str, Any]]:
    text = (out / "_audit" / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line)["facts"] for line in text.splitlines()]


def test_the_logs_know_the_edition_and_each_county_s(made: Made, sweep: Run) -> None:
    (line,) = log_lines(made.out, "p")
    assert line["plan_id"] == made.edition.name
    for county in made.sites:
        (plan_id,) = [f["plan_id"] for f in log_lines(made.edition / "counties", county)]
        assert (made.edition / "counties" / county / plan_id / "report.html").is_file()
    result = sweep("audit", "--out", made.out)
    assert result.exit_code == 0, result.output


def test_a_second_run_leaves_the_edition_and_its_logs_as_they_are(made: Made, sweep: Run) -> None:
    before = made.edition.stat().st_ino
    result = sweep("run", made.folder, "--out", made.out, "--iterations", 60, "--json")
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
    result = sweep("audit", "--out", out)
    assert result.exit_code == 3
    assert code in result.output


def test_nothing_is_written_that_is_not_in_the_registry(made: Made) -> None:
    names = [p.relative_to(made.out / "p").as_posix() for p in (made.out / "p").rglob("*") if p.is_file()]
    own = [k for k in WRITTEN if k.root == "out"]
    assert [n for n in names if not any(k.matches(n) for k in own)] == []
    assert any(k.key == "county_results" and k.matches(n) for k in own for n in names)


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
    assert sweep("audit", "--out", out).exit_code == 0
