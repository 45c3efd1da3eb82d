"""`latest` in place of a plan's folder: the newest plan of a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geodata.errors import InputError, Issue

LATEST = "latest"
_PLAN = "plan.json"
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
    The newest plan's folder if `latest` was typed, alone or behind a folder of plans; else what was typed.

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
    if typed.name != LATEST or typed.exists():
        return typed
    if typed.parent != Path():
        plans = [*typed.parent.glob(f"*/{_PLAN}")]
    else:
        name = scenario.resolve().name if scenario else "*"
        # What is written elsewhere with --out may be of a plan in the usual folder.
        plans = [*out.glob(f"{name}/*/{_PLAN}")] or [*_USUAL.glob(f"{name}/*/{_PLAN}")]
    newest = max(plans, key=lambda plan: (plan.stat().st_mtime_ns, str(plan)), default=None)
    if newest is None:
        raise InputError([Issue("S711", str(typed))])
    return newest.parent
