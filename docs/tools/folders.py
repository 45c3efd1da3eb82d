"""Where things live: every folder of the two packages with the first sentence of its own docstring."""

from __future__ import annotations

import ast
from pathlib import Path

from docs.tools.markdown import ROOT, code, table

PACKAGES = ("geodata", "sweep")


def folder_table() -> str:
    """One row a folder, in the order of the tree."""
    folders = sorted(p.parent for package in PACKAGES for p in (ROOT / package).rglob("__init__.py"))
    return table(("folder", "holds"), [(_name(f), _docstring(f / "__init__.py")) for f in folders])


def _name(folder: Path) -> str:
    return code(f"{folder.relative_to(ROOT).as_posix()}/")


def _docstring(path: Path) -> str:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    if not text:
        raise ValueError(f"{path}: a folder must say what it holds")
    return " ".join(text.split("\n\n")[0].split())
