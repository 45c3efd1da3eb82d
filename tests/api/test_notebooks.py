"""The notebooks of docs/notebooks run from the first to the last cell, and their results can be displayed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.paths import ROOT

NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.py"))


def displayed(notebook: Path) -> Iterator[str]:
    """Run the cells of a percent script; yield what a notebook displays under each: HTML, else text."""
    names: dict[str, Any] = {"__name__": notebook.stem}
    for cell in notebook.read_text(encoding="utf-8").split("# %%")[1:]:
        body = ast.parse(cell).body if not cell.startswith(" [markdown]") else []
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), notebook.name, "exec"), names)  # noqa: S102
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), notebook.name, "eval"), names)  # noqa: S307
            yield value._repr_html_() if hasattr(value, "_repr_html_") else repr(value)


def test_the_four_notebooks_are_there() -> None:
    assert [notebook.stem for notebook in NOTEBOOKS] == ["campaign", "plan", "rank", "what_if"]


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_displays_tables(notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    shown = list(displayed(notebook))
    assert any("<table" in one for one in shown)
