"""Location of scenarios, name of the scenario file, and reading of its content without validation."""

import contextlib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geodata.regular_file import read_regular_text

SCENARIOS = Path("scenarios")
"""Folder that contains the scenarios, relative to the working directory of the command."""
FILE_NAME = "scenario.toml"
MAX_TOML_BYTES = 10_000_000
"""Maximum size of a settings file in bytes; a scenario with 10,000 mapped words has about 500,000."""


def read_top_level(path: Path, *names: str) -> Mapping[str, Any] | None:
    """
    Return the content of a settings file by top-level key, unvalidated; empty if unreadable, None if there is no file.

    Parameters
    ----------
    path
        The folder of the file, the file itself, or a name in `SCENARIOS`.
    names
        Allowed file names; the first one that exists is read.
    """
    places = [*(path / name for name in names), path, *(SCENARIOS / path / name for name in names)]
    file = next((place for place in places if place.is_file()), None)
    if file is None:
        return None
    with contextlib.suppress(OSError, ValueError, RecursionError):
        return tomllib.loads(read_regular_text(file, MAX_TOML_BYTES, encoding="utf-8-sig"))
    return {}
