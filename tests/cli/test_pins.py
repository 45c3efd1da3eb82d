"""Pins on a whole city: a table with Chinese headers goes in, and the plan, its pages and its judge all heed it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Plain, Planned, Run


@pytest.fixture(scope="module")
def wanted(planned: Planned) -> dict[str, str]:
    """Buildings of the plan without pins, by what is settled about them."""
    served = {s["building_id"]: s for r in planned.plan["routes"] for s in r["stops"]}
    cases = sorted((b for b, s in served.items() if s["track"] == "case"), key=lambda b: -served[b]["value"])
    return {"never": cases[0], "other": cases[1], "must": cases[2]}


@pytest.fixture(scope="module")
def pinned(
    sweep: Run, tables: Path, planned: Planned, wanted: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """The scenario's folder and its plan's."""
    city = Plain(Path(shutil.copytree(tables, tmp_path_factory.mktemp("pinned") / "tiny")))
    rows = [
        {"要求": "必查", "楼宇": wanted["must"], "内容": "", "理由": "约谈后复核"},
        {"要求": "不去", "楼宇": wanted["never"], "内容": "", "理由": "正在装修"},
        {"要求": "不同日", "楼宇": wanted["other"], "内容": wanted["must"], "理由": ""},
        {"要求": "不早于", "楼宇": wanted["must"], "内容": "15:00", "理由": ""},
    ]
    # No visit before this day has fulfilled them.
    city.write("pins", [row | {"起始日期": "2026-09-16"} for row in rows])
    toml = city.folder / "scenario.toml"
    toml.write_text(
        toml.read_text(encoding="utf-8").replace("[data]\n", '[data]\npins = "pins.csv"\n'), encoding="utf-8"
    )
    out = tmp_path_factory.mktemp("out")
    result = sweep("run", city.folder, "--out", out)
    assert result.exit_code == 0, result.output
    (folder,) = (p for p in (out / "tiny").iterdir() if (p / "plan.json").is_file())
    return city.folder, folder


def stops(folder: Path) -> dict[str, list[int]]:
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    found: dict[str, list[int]] = {}
    for r in plan["routes"]:
        for s in r["stops"]:
            found.setdefault(s["building_id"], []).append(s["start_s"])
    return found


def test_the_plan_keeps_every_pin(pinned: tuple[Path, Path], wanted: dict[str, str]) -> None:
    made = stops(pinned[1])
    assert made[wanted["must"]] and min(made[wanted["must"]]) >= 54_000
    assert wanted["never"] not in made
    assert wanted["other"] not in made


def test_the_report_says_what_was_settled_and_why(pinned: tuple[Path, Path]) -> None:
    page = (pinned[1] / "report.html").read_text(encoding="utf-8")
    assert page.count('id="pins"') == 1
    assert "正在装修" in page and "约谈后复核" in page


def test_explain_says_that_a_pin_keeps_it_out(sweep: Run, pinned: tuple[Path, Path], wanted: dict[str, str]) -> None:
    found = json.loads(sweep("explain", *pinned, wanted["never"], "--json").stdout)
    assert [r["code"] for r in found["reasons"]] == ["PINNED_NEVER"]
    assert [(p["kind"], p["reason"]) for p in found["pins"]] == [("never", "正在装修")]


def test_explain_finds_a_building_by_its_name(sweep: Run, pinned: tuple[Path, Path], wanted: dict[str, str]) -> None:
    name = json.loads((pinned[1] / "edition.json").read_text(encoding="utf-8"))["edition"]["buildings"][
        wanted["never"]
    ]["name"]
    found = json.loads(sweep("explain", *pinned, name, "--json").stdout)
    assert found["building_id"] == wanted["never"]


def test_check_names_a_pin_that_an_edit_breaks(
    sweep: Run, pinned: tuple[Path, Path], wanted: dict[str, str], tmp_path: Path
) -> None:
    plan = json.loads((pinned[1] / "plan.json").read_text(encoding="utf-8"))
    for r in plan["routes"]:
        r["stops"] = [s for s in r["stops"] if s["building_id"] != wanted["must"]]
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    found = json.loads(sweep("check", pinned[0], tmp_path, "--json").stdout)
    assert ("P10", wanted["must"]) in {(v["rule_id"], v["where"]) for v in found["violations"]}


@pytest.fixture
def must(plain: Plain, wanted: dict[str, str]) -> str:
    """A building that leads ask for, pinned with the rows that `pin` writes."""
    toml = plain.folder / "scenario.toml"
    text = toml.read_text(encoding="utf-8").replace("[data]\n", '[data]\npins = "pins.csv"\n')
    toml.write_text(text, encoding="utf-8")
    return wanted["must"]


def visited(plain: Plain, building_id: str, day: str, outcome: str = "nothing") -> None:
    rows = plain.rows("history")
    new = rows[0] | {"visit_id": "V-NEW", "building_id": building_id, "visited_on": day, "outcome": outcome, "uscc": ""}
    plain.write("history", [*rows, new])


def pin(plain: Plain, building_id: str, first: str = "", last: str = "", kind: str = "必去") -> None:
    plain.write("pins", [{"要求": kind, "楼宇": building_id, "内容": "", "起始日期": first, "截止日期": last}])


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        pytest.param("", "", "S650", id="fulfilled"),
        pytest.param("2026-09-10", "", "S650", id="fulfilled since"),
        pytest.param("2026-09-12", "", "S637", id="again"),
        pytest.param("", "2026-09-15", "", id="over"),
        pytest.param("2026-09-17", "", "", id="to come"),
    ],
)
def test_a_must_ends_with_its_visit_or_its_last_day(
    plain: Plain, sweep: Run, must: str, first: str, last: str, code: str
) -> None:
    leads = [r for r in plain.rows("leads") if r["building_id"] != must or r["received_at"] < "2026-09-11"]
    plain.write("leads", leads)
    visited(plain, must, "2026-09-11 15:00")
    pin(plain, must, first, last)
    reply = json.loads(sweep("validate", plain.folder, "--json").stdout)
    found = [
        i["code"] for i in (*reply["issues"], *reply.get("notes", ())) if i["code"].startswith(("S63", "S64", "S65"))
    ]
    assert found == [code] * bool(code)


def test_a_locked_door_does_not_fulfil_a_must(plain: Plain, sweep: Run, must: str) -> None:
    visited(plain, must, "2026-09-11 15:00", "no_access")
    pin(plain, must, "2026-09-10")
    reply = json.loads(sweep("validate", plain.folder, "--json").stdout)
    assert "S650" not in [i["code"] for i in reply["notes"]]


def test_two_pins_contradict_each_other_on_common_days_alone(plain: Plain, sweep: Run, must: str) -> None:
    row = {"要求": "必去", "楼宇": must, "起始日期": "", "截止日期": "2026-09-16"}
    for first, codes in (("2026-09-16", ["S643"]), ("2026-09-17", [])):
        plain.write("pins", [row, row | {"要求": "不去", "起始日期": first, "截止日期": ""}])
        issues = json.loads(sweep("validate", plain.folder, "--json").stdout)["issues"]
        assert [i["code"] for i in issues if i["code"] == "S643"] == codes
