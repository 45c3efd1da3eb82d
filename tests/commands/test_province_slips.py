"""What cannot be asked of a province is told, and nothing of it is loaded where it is not used."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from geodata.texts import load_texts
from sweep.commands.wings import province as commands
from sweep.pipeline.new_scenario import made_up_province
from tests.commands.conftest import Run
from tests.paths import ROOT


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["province", "run", "nowhere"], "S951", id="no province"),
        pytest.param(["init", "p", "--counties", "3"], "S966", id="counties of one scenario"),
        pytest.param(["init", "p", "--province", "--made-up"], "--made-up", id="a province and a scenario"),
        pytest.param(["init", "p", "--province", "--counties", "892"], "891", id="more counties than codes"),
        pytest.param(["init", "a/b", "--province"], "S106", id="no name"),
    ],
)
def test_what_cannot_be_is_told(sweep: Run, arguments: list[str], code: str) -> None:
    result = sweep(*arguments)
    assert result.exit_code == 2
    assert code in result.output


def test_without_the_extra_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "find_spec", lambda _: None)
    with pytest.raises(Exception, match="S965"):
        commands.make_engine("dask", "tls://127.0.0.1:8786", None)


def test_dask_is_imported_by_its_engine_and_its_line_alone_and_these_by_nobody_else_at_its_top() -> None:
    folder = "sweep.pipeline.province.engines"
    importing = {"dask": set[str](), "engine": set[str]()}
    for path in (ROOT / "sweep").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text if "dask" in text or "distributed" in text else "")
        at_top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        names = {n.module or "" if isinstance(n, ast.ImportFrom) else n.names[0].name for n in at_top}
        all_ = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
        anywhere = {n.module or "" if isinstance(n, ast.ImportFrom) else n.names[0].name for n in all_}
        importing["dask"] |= {path.name for n in anywhere if n.partition(".")[0] in ("dask", "distributed")}
        importing["engine"] |= {path.name for n in names if n in (f"{folder}.dask", f"{folder}.line")}
    assert importing == {"dask": {"dask.py", "line.py"}, "engine": {"dask.py"}}


def test_a_province_of_unlike_counties_is_made_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made_up_province, "_write_county", lambda folder, *_: folder.mkdir(parents=True))

    def stop(n: int) -> None:
        if n == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made_up_province.write_made_up_province("q", tmp_path, load_texts("en"), 3, stop)
    assert list(tmp_path.iterdir()) == []
