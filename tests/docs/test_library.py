"""The page on the library: its script does what it says, in ten lines, and each name in its table is defined there."""

from __future__ import annotations

import importlib
import re
import runpy
from pathlib import Path

import pytest

from docs.tools.markdown import DOCS

SCRIPT = DOCS / "examples" / "ten_lines.py"
SCENARIO = """name = "quancheng"
day = 2026-09-16
[teams]
n_teams = 4
[solver]
iterations = 100
"""
CITY = """seed = 3
n_buildings = 40
n_dens = 8
n_leads = 90
n_police = 32
n_market_regulation = 16
n_auxiliary = 6
"""


def test_the_script_has_ten_lines_besides_its_imports() -> None:
    lines = [line for line in SCRIPT.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len([line for line in lines[1:] if not line.startswith(("import ", "from "))]) == 10


def test_the_script_draws_the_clusters_with_no_network_and_lists_each_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "scenarios" / "quancheng").mkdir(parents=True)
    (tmp_path / "scenarios" / "quancheng" / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "scenarios" / "quancheng" / "city.toml").write_text(CITY, encoding="utf-8")
    names = runpy.run_path(str(SCRIPT))
    page = (tmp_path / "clusters.html").read_text(encoding="utf-8")
    clusters = {c.cluster_id for c in names["prepared"].ranked.clusters}
    assert len(clusters) > 5
    assert clusters == {i for i in clusters if f"`<div>\n                     {i}\n                 </div>`" in page}
    assert re.findall(r"""(?:src|href)=["']?[^"'# >]*//""", page) == []
    # Four teams, one of them in reserve; each line has the team and then times in order, each with a building.
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert len({team for team, *_ in lines}) == len(lines) == 3
    assert sum(map(len, lines)) > 3
    for _, *stops in lines:
        assert stops[::2] == sorted(stops[::2])
        assert all(re.fullmatch(r"\d\d:\d\d", at) for at in stops[::2])
        assert set(stops[1::2]) <= set(names["prepared"].ranked.buildings)


def test_every_name_of_the_page_is_defined_where_it_says() -> None:
    text = (DOCS / "library.md").read_text(encoding="utf-8")
    names = re.findall(r"^\| [^|]+ \| `((?:sweep|geodata)\.[\w.]+)` \|", text, re.MULTILINE)
    assert len(names) > 10
    for name in names:
        module, _, thing = name.rpartition(".")
        assert getattr(importlib.import_module(module), thing).__module__ == module, name
    # And what the script imports is in the table.
    imported = re.findall(
        r"^from ((?:sweep|geodata)\S+) import (.+)$", SCRIPT.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert {f"{module}.{name}" for module, several in imported for name in several.split(", ")} <= set(names)
