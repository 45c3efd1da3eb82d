"""The packages whose texts and compiled functions are used together: geodata, and those that build on it."""

from functools import lru_cache
from importlib import resources
from importlib.metadata import entry_points
from pathlib import Path

GROUP = "geodata.packages"
"""Entry points by which a package that builds on geodata is found; each has the package's name as its value."""


@lru_cache(maxsize=1)
def packages() -> tuple[str, ...]:
    """The names of geodata and of every installed package that builds on it, in alphabetical order."""
    return tuple(sorted({"geodata", *(point.value for point in entry_points(group=GROUP))}))


def folder_of(package: str) -> Path:
    """Where a package's files are."""
    return Path(str(resources.files(package)))
