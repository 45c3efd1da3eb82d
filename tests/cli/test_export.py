"""`sweep export` on a plan as it was written, and on one edited by hand."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import icalendar
import openpyxl
import pytest

from tests.kills import call

Run = Any  # these two are of conftest.py
Planned = Any


def edit(plan: Path, seconds: int) -> None:
    """Shift the first stop of the first busy team."""
    content = json.loads(plan.read_text(encoding="utf-8"))
    stop = next(r for r in content["routes"] if r["stops"])["stops"][-1]
    stop["end_s"] += seconds
    plan.write_text(json.dumps(content), encoding="utf-8")


def test_a_disk_that_does_not_take_the_geopackage_is_a_fault(copied: Path, tmp_path: Path) -> None:
    done = call(("export", copied, "--format", "gpkg", "--out", tmp_path / "out"), most_bytes=100_000)
    assert (done.code, "S108" in done.text) == (2, True), done.text
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no way to choose the cores")
def test_the_geopackage_is_the_same_on_one_core_and_on_two(copied: Path, tmp_path: Path) -> None:
    cores = os.sched_getaffinity(0)
    written = []
    try:
        for n in (1, 2):
            os.sched_setaffinity(0, set(sorted(cores)[:n]))
            out = tmp_path / str(n)
            assert call(("export", copied, "--format", "gpkg", "--out", out)).code == 0
            written += [p.read_bytes() for p in out.rglob("*.gpkg")]
    finally:
        os.sched_setaffinity(0, cores)
    assert len(written) == 2 and written[0] == written[1]


def test_each_format_asked_for_is_written(sweep: Run, planned: Planned, tmp_path: Path) -> None:
    formats = [f for name in ("xlsx", "gpx", "ics", "gpx") for f in ("--format", name)]
    result = sweep("export", planned.folder, *formats, "--out", tmp_path, "--json")
    assert result.exit_code == 0, result.output
    files = [Path(f) for f in json.loads(result.stdout)["files"]]
    stem = f"tiny-{planned.plan['plan_id']}"
    assert [f.relative_to(tmp_path).as_posix() for f in files] == [
        f"tiny/exports/{stem}.{e}" for e in ("xlsx", "gpx", "ics")
    ]
    orders = openpyxl.load_workbook(files[0])["Orders"]
    assert orders.max_row - 1 == planned.plan["summary"]["n_stops"]
    # A plan that nobody has approved is a draft wherever it goes (C29).
    (status,) = {str(e["STATUS"]) for e in icalendar.Calendar.from_ical(files[2].read_bytes()).walk("VEVENT")}
    assert status == "TENTATIVE"


def test_an_export_of_an_approved_plan_is_confirmed(sweep: Run, copied: Path, tmp_path: Path) -> None:
    assert sweep("approve", copied, "--by", "C001").exit_code == 0
    assert sweep("export", copied, "-f", "ics", "--out", tmp_path / "o").exit_code == 0
    (file,) = (tmp_path / "o").rglob("*.ics")
    (status,) = {str(e["STATUS"]) for e in icalendar.Calendar.from_ical(file.read_bytes()).walk("VEVENT")}
    assert status == "CONFIRMED"


def test_the_language_can_be_chosen(sweep: Run, planned: Planned, tmp_path: Path) -> None:
    assert sweep("export", planned.folder, "-f", "xlsx", "--out", tmp_path, "--lang", "zh_CN").exit_code == 0
    (file,) = tmp_path.rglob("*.xlsx")
    assert openpyxl.load_workbook(file).sheetnames[3] == "任务单"


@pytest.mark.parametrize(
    ("option", "code"),
    [
        (("-f", "pdf"), "S714"),
        (("-f", "csv", "--lang", "fr"), "S715"),
        (("-f", "csv", "--datum", "mars"), "S717"),
        (("-f", "csv", "-f", "kml", "--datum", "gcj02"), "S718"),
    ],
)
def test_an_unknown_choice_is_refused(
    sweep: Run, planned: Planned, tmp_path: Path, option: tuple[str, ...], code: str
) -> None:
    result = sweep("export", planned.folder, *option, "--out", tmp_path)
    assert result.exit_code == 2
    assert code in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_plan_edited_by_hand_is_exported_only_as_judged_again(
    sweep: Run, planned: Planned, copied: Path, tmp_path: Path
) -> None:
    edit(copied / "plan.json", 0)
    result = sweep("export", copied, "-f", "csv", "--out", tmp_path / "o")
    assert (result.exit_code, "S712" in result.stderr) == (2, True)
    result = sweep("export", copied, "-f", "csv", "--out", tmp_path / "o", "--scenario", planned.scenario)
    assert result.exit_code == 0, result.output
    edit(copied / "plan.json", -600)
    result = sweep("export", copied, "-f", "csv", "--out", tmp_path / "p", "--scenario", planned.scenario)
    assert result.exit_code == 3, result.output
    assert not (tmp_path / "p").exists()
    options = ("-f", "csv", "--out", tmp_path / "p", "--scenario", planned.scenario, "--json")
    assert json.loads(sweep("export", copied, *options).stdout)["violations"]


def test_an_export_in_another_datum_says_so_in_its_name(sweep: Run, planned: Planned, tmp_path: Path) -> None:
    assert sweep("export", planned.folder, "-f", "csv", "--datum", "bd09", "--out", tmp_path).exit_code == 0
    (file,) = tmp_path.rglob("*-bd09.csv")
    assert "lon_bd09,lat_bd09" in file.read_text(encoding="utf-8-sig").splitlines()[0]
