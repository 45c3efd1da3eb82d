"""The script that asks what more teams buy: it plans four days and prints where their comparison lies."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from sweep.scenario.scenario import Scenario
from tests.paths import ROOT


def test_the_script_compares_four_days_and_prints_the_files(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = importlib.util.spec_from_file_location("quancheng_run", ROOT / "scenarios" / "quancheng" / "run.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    compared: list[int] = []

    def compare(scenarios: Sequence[Scenario], out: Path, on_progress: Callable[[str, None], None]) -> tuple[Path, ...]:
        on_progress("read", None)
        compared.extend(s.teams.n_teams for s in scenarios)
        return (out / "comparison.html",)

    monkeypatch.setattr(script, "compare", compare)
    script.main()
    assert compared == [12, 16, 20, 24]
    assert str(Path("out") / "comparison.html") in capsys.readouterr().out
