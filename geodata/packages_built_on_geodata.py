"""Packages that share message catalogues and compiled functions: geodata and packages built on it."""

from functools import lru_cache
from importlib import resources
from importlib.metadata import entry_points
from pathlib import Path

GROUP = "geodata.packages"
"""Entry-point group that registers packages built on geodata; the value is the package's name."""


@lru_cache(maxsize=1)
def packages() -> tuple[str, ...]:
    """Return the names of geodata and of every installed package built on it, in alphabetical order."""
    return tuple(sorted({"geodata", *(point.value for point in entry_points(group=GROUP))}))


def folder_of(package: str) -> Path:
    """Return the folder of a package's files."""
    return Path(str(resources.files(package)))
