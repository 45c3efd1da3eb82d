"""Path arguments of commands: resolution of `latest` and plan ids, and the store whose copy holds a path."""

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geodata.errors import InputError, Issue
from geodata.regular_file import read_regular_text
from sweep.audit.audit_log import FOLDER, MARKER
from sweep.scenario.find_scenario import FILE_NAME, read_top_level

VARIABLE = "SWEEP_STORE"
SCENARIO_OPTIONS = ("scenario", "campaign_folder")
"""Names of options whose value is a scenario's folder."""


@dataclass(frozen=True, slots=True)
class ChosenStore:
    """Store (database) on which a command works: its address, the scenario's name, and the folder of editions."""

    url: str
    """Address of the database."""
    name: str
    """Name of the scenario in the store."""
    out: Path
    """Folder of all editions."""


def chosen_store(options: Mapping[str, Any], given: str | None = None) -> ChosenStore | None:
    """
    Return the store of the scenario that a command's options name; None if the scenario is in folders only.

    `options` has the values of the options by name. `given` is a store address that has priority over those in the
    environment and in scenario.toml.
    """
    given = given or os.environ.get(VARIABLE)
    out = options.get("out") or Path("out")
    plan = options.get("plan") or next(iter(options.get("plans") or ()), None)
    folder = _folder_of_plan(plan, out) if isinstance(plan, Path) else None
    typed = next((path for key in SCENARIO_OPTIONS if isinstance(path := options.get(key), Path)), None)
    if typed is not None:
        name, own = _of_scenario(typed)
        url = given or own
        # The folder of a plan also names the folder of the others.
        is_there = folder is not None and folder.name == name
        return (
            ChosenStore(url, name, folder.parent if folder is not None and is_there else out) if url and name else None
        )
    if isinstance(plan, Path):
        return _of_marker(folder.parent, folder.name, given) if folder is not None else None
    if "log_name" in options and options.get("journal") is None:
        return _of_marker(out, options["log_name"], given)
    return None


def _of_scenario(path: Path) -> tuple[str, str | None]:
    """
    Return a scenario's name and its store's address (None without a store), from scenario.toml in its folder.

    Without the file the name is that of the folder, or empty if the folder has only a campaign.
    """
    tree = read_top_level(path, FILE_NAME)
    if tree is None:
        # A campaign on a scenario in another folder is kept in its folder only.
        return ("" if (path / "campaign.toml").is_file() else path.name), None
    store, name = tree.get("store"), tree.get("name")
    url = store.get("url") if isinstance(store, dict) else None
    return (name if isinstance(name, str) else ""), (url if isinstance(url, str) else None)


def _folder_of_plan(plan: Path, out: Path) -> Path | None:
    """Return the folder of the editions of a plan's scenario; `latest`: by the only marker file in `out`, or None."""
    if plan.name == LATEST and plan.parent == Path():
        markers = sorted((out / FOLDER).glob(f"*{MARKER}"))
        return out / markers[0].name.removesuffix(MARKER) if len(markers) == 1 else None
    path = plan.resolve()
    return path.parent.parent if path.suffix == ".json" else path.parent


def _of_marker(out: Path, name: str | None, given: str | None) -> ChosenStore | None:
    """
    Return the store of the scenario `name` (None: any) by the marker file in `out` that copies from a store have.

    If there is no such file or several, the store at the address `given` is returned, or None without `given` or
    `name`; also None if the file is malformed.
    """
    markers = sorted(p for p in (out / FOLDER).glob(f"*{MARKER}") if name in (None, p.name.removesuffix(MARKER)))
    if len(markers) != 1:
        return ChosenStore(given, name, out) if given and name else None
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        marked = json.loads(read_regular_text(markers[0]))
        return ChosenStore(given or str(marked["url"]), markers[0].name.removesuffix(MARKER), out)
    return None


LATEST = "latest"
# Files that identify an edition of a day, and of a province.
_PLAN, _PROVINCE = "plan.json", "province.json"
_USUAL = Path("out")


def with_latest(options: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return the command's options with the values `latest` and ids in `plan` and `plans` replaced by the plan's folder.

    See `newest_plan`; InputError S711 if there is no plan.
    """
    scenario, out = options.get("scenario"), options.get("out") or _USUAL
    completed = dict(options)
    if isinstance(completed.get("plan"), Path):
        completed["plan"] = newest_plan(completed["plan"], scenario, out)
    if "plans" in completed:
        completed["plans"] = [newest_plan(plan, scenario, out) for plan in completed["plans"]]
    return completed


def newest_plan(typed: Path, scenario: Path | None, out: Path) -> Path:
    """
    Return the folder of the plan that was typed as `latest` or as an id; other paths are returned unchanged.

    Parameters
    ----------
    scenario
        Folder or name of the scenario whose newest plan `latest` means; None: the newest plan of all scenarios.
    out
        Folder of all editions. `./out` is searched too: for an id always, for `latest` if this folder has no plan.

    Raises
    ------
    InputError
        S711 if there is no plan.
    """
    if typed.exists():
        return typed
    if typed.name != LATEST:
        return _plan_of_id(typed, out)
    if typed.parent != Path():
        plans = _plans(typed.parent)
    elif scenario is not None:
        name = _name_of(scenario)
        # Output with --out may belong to a plan in the default folder.
        plans = _plans(out / name) or _plans(_USUAL / name)
    else:
        plans = [*out.glob(f"*/*/{_PLAN}")] or [*_USUAL.glob(f"*/*/{_PLAN}")]
    newest = max(plans, key=lambda plan: (plan.stat().st_mtime_ns, str(plan)), default=None)
    if newest is None:
        raise InputError([Issue("S711", str(typed))])
    return newest.parent


def _plan_of_id(typed: Path, out: Path) -> Path:
    if typed.parent != Path():
        return typed
    every = (
        path
        for place in dict.fromkeys((out, _USUAL))
        for name in (_PLAN, _PROVINCE)
        for path in place.glob(f"*/*/{name}")
    )
    found = {path.parent for path in every if path.parent.name == typed.name}
    return found.pop() if len(found) == 1 else typed


def _name_of(scenario: Path) -> str:
    name = (read_top_level(scenario, FILE_NAME, "province.toml") or {}).get("name")
    folder = scenario.parent if scenario.is_file() else scenario
    return name if isinstance(name, str) and name else folder.resolve().name


def _plans(folder: Path) -> list[Path]:
    return [*folder.glob(f"*/{_PLAN}"), *folder.glob(f"*/{_PROVINCE}")]
