"""Hashes that show whether two machines have the same program and files."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib import metadata
from pathlib import Path

from geodata.folder_lock import HIDDEN
from geodata.packages_built_on_geodata import folder_of, packages
from geodata.regular_file import read_regular

# Libraries that affect plans or pages.
_LIBRARIES = ("geopandas", "numba", "numpy", "ortools", "osrm-bindings", "pandas", "scipy", "shapely", "xlsxwriter")
_SOURCES = frozenset({".py", ".po", ".j2", ".css", ".js", ".json"})


@cache
def code_sha256() -> str:
    """Return a hash of the program's sources and library versions: sixteen hexadecimal characters."""
    state = hashlib.sha256()
    for name in ("python", *_LIBRARIES):
        version = platform.python_version() if name == "python" else metadata.version(name)
        state.update(f"{name} {version}\n".encode())
    for package in packages():
        root = folder_of(package)
        for path in sorted(p for p in root.rglob("*") if p.suffix in _SOURCES):
            _add(state, path, path.relative_to(root))
    return state.hexdigest()[:16]


def folder_sha256(folder: Path) -> str:
    """Return the hash of all files in a scenario's folder with their names."""
    state = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and HIDDEN not in name.parts:
            _add(state, path, name)
    return state.hexdigest()


def _add(state: hashlib._Hash, path: Path, name: Path) -> None:
    content = read_regular(path)
    state.update(f"{name.as_posix()}\0{len(content)}\0".encode())
    state.update(content)
