"""A scenario with [weights]: the plan, its problem, its report and its judge all heed them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Planned, Run


@pytest.mark.slow
def test_weights_stand_in_the_problem_and_their_costs_in_the_report_and_the_check(
    sweep: Run, planned: Planned, tmp_path: Path
) -> None:
    weights = ("weights.uneven_work=0.36",)
    changed = [part for weight in weights for part in ("--set", weight)]
    made = sweep("run", planned.scenario, "--out", tmp_path, *changed)
    assert made.exit_code == 0, made.output
    (folder,) = (p.parent for p in tmp_path.glob("*/*/plan.json"))
    asked = json.loads((folder / "problem.json").read_text(encoding="utf-8"))
    assert asked["weights"]["uneven_work"] == pytest.approx(0.0001)
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "Deviation of work from the mean" in report.partition('<section id="costs">')[2].partition("</section>")[0]
    told = sweep("check", planned.scenario, folder, "--json", *changed)
    costs = json.loads(told.stdout)["costs"]
    assert costs["uneven_work"]["price"] == pytest.approx(0.0001 * costs["uneven_work"]["quantity"])
    plain = sweep("check", planned.scenario, planned.folder, "--json")
    assert "costs" not in json.loads(plain.stdout)
