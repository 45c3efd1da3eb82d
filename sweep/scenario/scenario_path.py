"""Where scenarios are kept, what the file of one is called, and what stands at its top."""

import contextlib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geodata.regular_file import read_regular_text

SCENARIOS = Path("scenarios")
"""The folder of the scenarios, in the folder in which the command is called."""
FILE_NAME = "scenario.toml"
MAX_TOML_BYTES = 10_000_000
"""Most bytes of a settings file; a scenario with 10,000 words of its own has about 500,000."""


def top_keys(path: Path, *names: str) -> Mapping[str, Any] | None:
    """
    What a scenario's file holds, before anything of it is judged; nothing if it cannot be read, None if there is none.

    Parameters
    ----------
    path
        The folder of the file, the file itself, or a name in `SCENARIOS`.
    names
        What the file may be called, the first that is there.
    """
    places = [*(path / name for name in names), path, *(SCENARIOS / path / name for name in names)]
    file = next((place for place in places if place.is_file()), None)
    if file is None:
        return None
    with contextlib.suppress(OSError, ValueError, RecursionError):
        return tomllib.loads(read_regular_text(file, MAX_TOML_BYTES, encoding="utf-8-sig"))
    return {}
