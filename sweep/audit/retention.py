"""Which folders of editions are past their time (C30): found by what stands in them, never beyond their own place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Due:
    """Something whose time is over."""

    path: Path
    day: date
    """The day of the plan, or of the last result."""
    kept_until: date
    """The last day on which it may be kept."""


def editions_due(folder: Path, today: date, keep_days: int) -> list[Due]:
    """
    Editions and handouts directly in a scenario's folder whose day is further back than they may be kept.

    A link, a folder without a manifest, and one whose manifest is of another plan is not touched, whatever its age.

    Parameters
    ----------
    folder
        The folder of one scenario's editions.
    today
        From which ages are counted.
    keep_days
        An edition is kept so long after its day.
    """
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        day = _edition_day(path)
        if day is not None and day + timedelta(days=keep_days) < today:
            found.append(Due(path, day, day + timedelta(days=keep_days)))
    return found


def _edition_day(path: Path) -> date | None:
    """The day of an edition or handout, None if the path is neither."""
    if path.is_symlink() or not path.is_dir():
        return None
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        plan_id, day = manifest["plan_id"], date.fromisoformat(manifest["day"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return day if path.name.split(".")[0] == plan_id else None
