"""The script that asks what more teams buy: it plans four days and prints where their comparison lies."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

from sweep.jobs.run_scenario import RunOutcome
from sweep.scenario.scenario import Scenario
from tests.paths import ROOT
from tests.publish.small_edition import small_edition


def test_the_script_compares_four_days_and_prints_the_files(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    spec = importlib.util.spec_from_file_location("quancheng_run", ROOT / "scenarios" / "quancheng" / "run.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    compared: list[int] = []

    def run(scenario: Scenario, out: Path, on_progress: Callable[[str, None], None]) -> RunOutcome:
        on_progress("read", None)
        compared.append(scenario.teams.n_teams or 0)
        return RunOutcome(small_edition(), out, ())

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(script, "run", run)
    script.main()
    assert compared == [12, 16, 20, 24]
    (page,) = tmp_path.glob("out/*/comparison.html")
    assert str(page.relative_to(tmp_path)) in capsys.readouterr().out
