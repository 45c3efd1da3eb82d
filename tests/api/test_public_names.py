"""The public names: their signatures, the version policy, what a user's type checker sees, and the first script."""

from __future__ import annotations

import inspect
import runpy
import subprocess
import sys
import warnings
from importlib import resources
from pathlib import Path

import pandas as pd
import pytest

import sweep
from docs.tools.api import public_names, signature_lines
from sweep.api.version import deprecated
from tests.paths import ROOT

SNAPSHOT = Path(__file__).with_name("public_names.txt")
USER_SCRIPT = """
import sweep

scenario: sweep.Scenario = sweep.Scenario.from_tables(**sweep.demo_tables(), settings={"teams.n_teams": 4})
ranking: sweep.Ranking = sweep.rank(scenario)
first: str = str(ranking.buildings["building_id"].iloc[0])
plan: sweep.Plan = sweep.plan(scenario, seed=1, time_limit=2.0, on_progress=lambda share, text: print(share, text))
gap: float = plan.gap
broken: int = len(sweep.check(scenario, plan))
model = sweep.Model()
base: str = model.add_base(lon=117.0, lat=36.6)
value: float = model.solve(time_limit=1.0).value
"""
WRONG_SCRIPT = "import sweep\nsweep.plan('quancheng')\n"


def test_a_change_of_the_public_names_is_seen() -> None:
    """After a wanted change: `uv run python -m docs.tools.make`, and a line in CHANGELOG.md."""
    assert SNAPSHOT.read_text(encoding="utf-8") == "\n".join(signature_lines()) + "\n"


def test_every_public_name_has_a_docstring_and_types() -> None:
    for name, thing in public_names():
        assert inspect.getdoc(thing), name
    assert 10 <= len(public_names()) <= 20


def test_importing_sweep_imports_neither_planner_nor_tables() -> None:
    code = "import sys, sweep; print(sorted({'pandas', 'numba', 'ortools', 'folium'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == "[]"


def test_no_subpackage_hides_a_public_name() -> None:
    import sweep.check.rule_registry
    import sweep.plan.solve
    import sweep.publish.edition
    import sweep.rank.metrics

    assert all(inspect.isfunction(f) for f in (sweep.plan, sweep.rank, sweep.check, sweep.publish))
    assert sys.modules["sweep.plan.solve"].__name__ == "sweep.plan.solve"
    with pytest.raises(AttributeError, match="no attribute 'plans'"):
        _ = sweep.plans  # type: ignore[attr-defined]


def test_a_deprecated_name_warns_with_version_and_replacement() -> None:
    @deprecated("0.2.0", "sweep.rank")
    def order(n: int) -> int:
        """Return the order."""
        return n + 1

    with pytest.warns(DeprecationWarning, match=r"deprecated since version 0\.2\.0: use `sweep\.rank`") as caught:
        assert order(1) == 2
    assert caught[0].filename == __file__
    assert "Return the order." in (order.__doc__ or "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert order(2) == 3


def test_the_packages_are_marked_as_typed() -> None:
    assert all(resources.files(package).joinpath("py.typed").is_file() for package in ("sweep", "geodata"))


@pytest.mark.slow
def test_a_users_script_is_type_checked_strictly(tmp_path: Path) -> None:
    for name, script in (("right.py", USER_SCRIPT), ("wrong.py", WRONG_SCRIPT)):
        (tmp_path / name).write_text(script, encoding="utf-8")
    settings = ["--strict", "--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(ROOT / ".mypy_cache")]
    command = [sys.executable, "-m", "mypy", *settings, "right.py", "wrong.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    errors = [line.partition(":")[0] for line in done.stdout.splitlines() if "error:" in line]
    assert errors == ["wrong.py"], done.stdout


def test_ten_lines_lead_from_tables_to_ranking_plan_stops_and_map(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = ROOT / "docs" / "examples" / "ten_lines.py"
    lines = [line for line in script.read_text(encoding="utf-8").splitlines()[1:] if line.strip()]
    assert [line for line in lines if line.startswith(("import", "from"))] == ["import sweep"]
    assert len(lines) - 1 <= 10
    for readme in ("README.md", "README.zh.md"):
        block = (ROOT / readme).read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
        assert set(block.split("\n")) - {""} <= set(lines), readme
    monkeypatch.chdir(tmp_path)
    names = runpy.run_path(str(script))
    ranking, plan = names["ranking"], names["plan"]
    assert ranking.buildings["rank"].is_monotonic_increasing
    assert len(ranking.buildings) == len(ranking.to_geodataframe()) == 60
    value_of = ranking.explain(ranking.buildings["building_id"].iloc[0])["value"].sum()
    assert value_of == pytest.approx(ranking.buildings["value"].iloc[0])
    assert 0 <= plan.gap < 1
    assert plan.value <= plan.bound
    assert set(plan.stops["team_id"]) <= {"T01", "T02", "T03"}  # the fourth stands by (C18)
    assert set(plan.stops["visit_id"]).isdisjoint(plan.unserved["visit_id"])
    assert len(sweep.check(names["scenario"], plan)) == 0
    assert "//" not in "".join(p for p in (tmp_path / "map.html").read_text(encoding="utf-8").split('src="')[1:])[:2]
    exported = pd.read_csv(plan.to_csv(tmp_path)[0])
    assert list(exported.columns) == list(plan.stops.columns)
    assert len(exported) == len(plan.stops)
    for shown in (ranking, plan):
        assert "<table" in shown._repr_html_()
    assert (sweep.publish(plan, tmp_path / "out") / "report.html").is_file()
    assert "expected finds" in capsys.readouterr().out
