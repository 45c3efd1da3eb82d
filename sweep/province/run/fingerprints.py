"""Whether two machines have the same program and the same files: hashes of both."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib import metadata
from pathlib import Path

from geodata.folder_lock import HIDDEN
from geodata.packages import folder_of, packages
from geodata.regular_file import read_regular

# What a plan, or a page of it, follows from besides the sources.
_LIBRARIES = ("geopandas", "numba", "numpy", "ortools", "osrm-bindings", "pandas", "scipy", "shapely", "xlsxwriter")
_SOURCES = frozenset({".py", ".po", ".j2", ".css", ".js", ".json"})


@cache
def code_sha256() -> str:
    """Sixteen hexadecimal signs of all sources of the program and of the versions of what it stands on."""
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
    """The hash of every file of a scenario's folder with its name; the paths of a scenario lie inside it."""
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
