"""A new scenario folder: scenario.toml and tables with their headers, to be filled in."""

from __future__ import annotations

import re
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.schema import SCHEMAS
from geodata.texts import Texts
from sweep.scenario import Scenario
from sweep.scenario_file import FILE_NAME

TABLES = ("building_files", "firms", "leads", "roster", "bases", "history")
# In a file the shift is a clock time; the clean stage turns it into seconds.
FILE_HEADERS = {"shift_start_s": "shift_start", "shift_end_s": "shift_end"}


def write_template(name: str, folder: Path, texts: Texts) -> Path:
    """
    Make `folder`/`name` with a scenario.toml and empty tables; its path.

    Raises
    ------
    InputError
        S106 if the name is not one, S107 if the folder is there already.
    """
    pattern = str(Scenario.model_fields["name"].metadata[0].pattern)
    if not re.fullmatch(pattern, name):
        raise InputError([Issue("S106", name)])
    target = folder / name
    if target.exists():
        raise InputError([Issue("S107", str(target))])
    target.mkdir(parents=True)
    (target / FILE_NAME).write_text(texts("command.template", name=name), encoding="utf-8")
    for table in TABLES:
        columns = [FILE_HEADERS.get(c, c) for c in SCHEMAS[table].columns]
        (target / f"{table}.csv").write_text(",".join(columns) + "\n", encoding="utf-8-sig")
    return target
