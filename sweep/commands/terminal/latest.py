"""`latest` or the id of a plan in place of its folder; of a province the edition stands for the plan."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geodata.errors import InputError, Issue
from sweep.scenario.place import FILE_NAME, top_keys

LATEST = "latest"
# What an edition of a day, and one of a province, is known by.
_PLAN, _PROVINCE = "plan.json", "province.json"
_PROVINCE_FILE = "province.toml"
_USUAL = Path("out")


def with_latest(options: Mapping[str, Any]) -> dict[str, Any]:
    """
    The options of a command with the newest plan for each `latest` among its plans.

    Raises
    ------
    InputError
        S711 if there is no plan to stand for it.
    """
    scenario, out = options.get("scenario"), options.get("out") or _USUAL
    found = dict(options)
    if isinstance(found.get("plan"), Path):
        found["plan"] = newest_plan(found["plan"], scenario, out)
    if "plans" in found:
        found["plans"] = [newest_plan(plan, scenario, out) for plan in found["plans"]]
    return found


def newest_plan(typed: Path, scenario: Path | None, out: Path) -> Path:
    """
    The folder of the newest plan for `latest`, alone or behind a folder of plans; that of a plan for its id.

    Anything else is returned as it was typed.

    Parameters
    ----------
    scenario
        The scenario's folder or name, where the command has one: `latest` alone is then its newest plan.
    out
        The folder of all editions; if no plan is in it, that is in `out`.

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
        # What is written elsewhere with --out may be of a plan in the usual folder.
        plans = _plans(out / name) or _plans(_USUAL / name)
    else:
        plans = [*out.glob(f"*/*/{_PLAN}")] or [*_USUAL.glob(f"*/*/{_PLAN}")]
    newest = max(plans, key=lambda plan: (plan.stat().st_mtime_ns, str(plan)), default=None)
    if newest is None:
        raise InputError([Issue("S711", str(typed))])
    return newest.parent


def _plan_of_id(typed: Path, out: Path) -> Path:
    """The folder of the one plan, or edition of a province, with this id; else what was typed."""
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
    """The name under which editions stand: that in the file, or where no file says it the folder's."""
    name = (top_keys(scenario, FILE_NAME, _PROVINCE_FILE) or {}).get("name")
    folder = scenario.parent if scenario.is_file() else scenario
    return name if isinstance(name, str) and name else folder.resolve().name


def _plans(folder: Path) -> list[Path]:
    return [*folder.glob(f"*/{_PLAN}"), *folder.glob(f"*/{_PROVINCE}")]
