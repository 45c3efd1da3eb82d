"""The next step of a day: from what lies in a folder to what is typed there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from sweep.audit.audit_log import log_of_scenario
from sweep.terminal.next_step import FolderContent, Step, next_step, read_folder_content

Json = dict[str, Any]


def entry(act: str, plan_id: str, minute: int = 0, **facts: object) -> Json:
    return {"at": f"2026-09-15T10:{minute:02d}:00+08:00", "act": act, "facts": {"plan_id": plan_id, **facts}}


RUN, BROKEN = entry("run", "p1", violations=[]), entry("run", "p1", violations=["C13 T01"])
APPROVED, ORDERS, RESULTS = (entry(act, "p1") for act in ("approve", "orders", "results"))
CHANGED = entry("replan", "p2", 30, violations=[])


@pytest.mark.parametrize(
    ("scenarios", "log", "step"),
    [
        pytest.param([], [], Step("init", "sweep init NAME"), id="nothing"),
        pytest.param(["city"], [], Step("run", "sweep run scenarios/city"), id="no plan"),
        pytest.param(["a b"], [], Step("run", "sweep run 'scenarios/a b'"), id="a blank in a name"),
        pytest.param(["city"], [BROKEN], Step("check", "sweep check scenarios/city out/city/p1"), id="broken"),
        pytest.param(["city"], [RUN], Step("approve", "sweep approve out/city/p1 --by ID"), id="draft"),
        pytest.param(["city"], [RUN, APPROVED], Step("orders", "sweep orders out/city/p1 --seal"), id="approved"),
        pytest.param(
            ["city"],
            [RUN, APPROVED, ORDERS],
            Step("results", "sweep results scenarios/city out/city/p1 FILE"),
            id="handed out",
        ),
        pytest.param(
            [],
            [RUN, APPROVED, ORDERS],
            Step("results", "sweep results SCENARIO out/city/p1 FILE"),
            id="no such scenario",
        ),
        pytest.param(
            ["city"], [RUN, APPROVED, ORDERS, RESULTS], Step("again", "sweep run scenarios/city"), id="results in"
        ),
        pytest.param(["city"], [RUN, RESULTS], Step("again", "sweep run scenarios/city"), id="results of a draft"),
        pytest.param(
            ["city"], [RUN, APPROVED, RUN], Step("approve", "sweep approve out/city/p1 --by ID"), id="planned again"
        ),
        pytest.param(
            ["city"], [RUN, APPROVED, CHANGED], Step("approve", "sweep approve out/city/p2 --by ID"), id="changed"
        ),
        pytest.param(
            ["city"],
            [RUN, CHANGED, entry("approve", "p1")],
            Step("approve", "sweep approve out/city/p2 --by ID"),
            id="another plan approved",
        ),
    ],
)
def test_the_next_step_follows_what_was_done(scenarios: list[str], log: list[Json], step: Step) -> None:
    assert next_step(FolderContent(scenarios, {"city": log})) == step


def test_the_plan_made_last_leads() -> None:
    older, newer = entry("run", "p1", 5, violations=[]), entry("run", "p9", 6, violations=[])
    for logs in ({"a": [older], "b": [newer]}, {"b": [newer], "a": [older]}):
        assert next_step(FolderContent(["a", "b"], logs)).command == "sweep approve out/b/p9 --by ID"


def test_an_edition_of_a_province_is_no_plan_of_a_day() -> None:
    of_province = entry("run", "p9", 50, day="2026-09-16", code="37", n_counties=1, n_planned=1)
    found = FolderContent(["city"], {"city": [RUN], "east": [of_province]})
    assert next_step(found).command == "sweep approve out/city/p1 --by ID"
    assert next_step(FolderContent([], {"east": [of_province]})).command == "sweep init NAME"


def test_a_plan_that_was_removed_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "scenarios" / "city").mkdir(parents=True)
    (tmp_path / "scenarios" / "city" / "scenario.toml").touch()
    (tmp_path / "scenarios" / "no_scenario").mkdir()
    log = log_of_scenario(tmp_path / "out", "city")
    for plan_id in ("p1", "p2"):
        log.append(f"2026-09-15T1{plan_id[1]}:00:00+08:00", "P01", "run", {"plan_id": plan_id, "violations": []})
    log.append("2026-09-15T20:00:00+08:00", "P01", "close", {"recheck_id": "R-1", "reason": "-"})
    assert read_folder_content(tmp_path).scenarios == ["city"]
    assert next_step(read_folder_content(tmp_path)).command == "sweep run scenarios/city"
    (tmp_path / "out" / "city" / "p1").mkdir(parents=True)
    assert next_step(read_folder_content(tmp_path)).command == "sweep approve out/city/p1 --by ID"


def test_the_commands_leave_what_the_next_step_is_read_from(
    planned: Any, sweep: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(planned.scenario, "scenarios/tiny")
    shutil.copytree(planned.folder.parent.parent, "out")
    plan = f"out/tiny/{planned.folder.name}"
    for step, command in (
        ("approve", ("approve", plan, "--by", "C001")),
        ("orders", ("orders", plan, "--seal")),
    ):
        assert f"sweep {step} {plan}" in sweep().stdout.splitlines()[-1]
        assert sweep(*command).exit_code == 0
    assert f"sweep results scenarios/tiny {plan} FILE" in sweep().stdout.splitlines()[-1]
