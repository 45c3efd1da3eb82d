"""Creation of a scenario folder: scenario.toml with empty tables, with a map, or with the synthetic city."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from geodata.atomic_writes import fresh_folder
from geodata.errors import InputError, Issue
from geodata.message_catalogue import Texts
from geodata.schema import SCHEMAS
from sweep.inputs.new_scenario.made_up_tables import CITY_GROUND, make_up_city, make_up_tables, toml_section
from sweep.inputs.scenario_from_map import MapContent, MapFiles, copy_map_files
from sweep.scenario.find_scenario import FILE_NAME
from sweep.scenario.load_scenario import load_scenario
from sweep.scenario.scenario import NAME, Scenario

TABLES = ("building_files", "firms", "leads", "roster", "bases", "history")
# In a file the shift is a clock time, which cleaning converts to seconds.
FILE_HEADERS = {"shift_start_s": "shift_start", "shift_end_s": "shift_end"}


@dataclass(frozen=True, slots=True)
class CreatedScenario:
    """New scenario folder, with what was written to it."""

    folder: Path
    found: MapContent | None
    """Content of the map; None without a map."""
    made_up: Mapping[str, str]
    """Name of each file with synthetic rows, by table."""


@contextmanager
def named_folder(name: str, folder: Path) -> Iterator[Path]:
    """
    Yield a temporary folder to fill, which is moved to `folder`/`name` at the end, in one step.

    Raises
    ------
    InputError
        S106 for an invalid name, S107 if the folder exists.
    """
    if not re.fullmatch(NAME, name):
        raise InputError([Issue("S106", name)])
    target = folder / name
    with fresh_folder(target) as made:
        if target.exists():
            raise InputError([Issue("S107", str(target))])
        yield made


def write_template(
    name: str,
    folder: Path,
    texts: Texts,
    files: MapFiles | None = None,
    *,
    draw_seed: str,
    is_empty: bool = False,
    is_city: bool = False,
    complete: Callable[[Path, Scenario], None] | None = None,
) -> CreatedScenario:
    """
    Create `folder`/`name` with a scenario.toml and tables to fill in, atomically.

    Parameters
    ----------
    texts
        Catalogue with the template of scenario.toml, in the user's language.
    files
        Source map; None: no map, and the buildings are another table to fill in.
    draw_seed
        Value of `select.draw_seed`.
    is_empty
        Whether all tables have headers only; else the tables get synthetic rows if there is a map.
    is_city
        Whether the tables are those of the synthetic city; `files` is then None.
    complete
        Callback that adds further files to the folder before it is moved to its place.

    Raises
    ------
    InputError
        Errors of `named_folder` and `copy_map_files`.
    """
    with named_folder(name, folder) as made:
        found = copy_map_files(files, made) if files else None
        keys = found.keys if found else CITY_GROUND if is_city else {}
        # Strings and lists of numbers have the same form in TOML and JSON.
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items()]
        places = "\n".join(lines) or texts("command.template_places")
        (made / FILE_NAME).write_text(
            texts("command.template", name=name, places=places, draw_seed=draw_seed), encoding="utf-8"
        )
        for table in TABLES:
            columns = [FILE_HEADERS.get(c, c) for c in SCHEMAS[table].columns]
            if not (made / f"{table}.csv").exists():
                (made / f"{table}.csv").write_text(",".join(columns) + "\n", encoding="utf-8-sig")
        scenario = load_scenario(made)
        made_up = make_up_city(scenario) if is_city else {}
        if found and not is_empty:
            made_up = make_up_tables(scenario, found)
        if made_up:
            with (made / FILE_NAME).open("a", encoding="utf-8") as file:
                file.write("\n" + texts("command.template_made_up") + "\n" + toml_section(made, made_up))
        if complete is not None:
            complete(made, scenario)
    return CreatedScenario(folder / name, found, made_up)
