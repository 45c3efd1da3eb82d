"""The plans that a changed edition keeps beside its own: the one that it changed, and those before that."""

from __future__ import annotations

import hashlib
from itertools import count, takewhile
from pathlib import Path

from sweep.check.inputs import Before
from sweep.day.events import DayLog
from sweep.publish.archive.plan_reading import read_plan_json, read_plan_papers

# The plan that a change of the day began from, kept beside the new one.
BEFORE_NAME = "before.json"


def read_before(folder: Path, log: DayLog | None) -> Before | None:
    """The plan that was changed with the whole line of changes before it, as far as they lie beside the changed one."""
    found = {hashlib.sha256(content).hexdigest(): content for content in befores(folder)}

    def before(log: DayLog | None) -> Before | None:
        # Each is taken away, so that no line leads back to itself.
        content = found.pop(log.before_sha256, None) if log is not None else None
        if content is None:
            return None
        text = content.decode("utf-8", "replace")
        own = read_plan_papers(text, BEFORE_NAME).log
        return Before(read_plan_json(text, BEFORE_NAME), own, before(own))

    return before(log)


def befores(folder: Path) -> list[bytes]:
    """The plans that a changed edition keeps: the one that it changed, the one which that changed, and so on."""
    return [path.read_bytes() for path in takewhile(Path.is_file, (folder / before_name(n) for n in count()))]


def before_name(n: int) -> str:
    """Name of the plan that so many changes lie between and the one that was changed last."""
    return BEFORE_NAME if n == 0 else f"before_{n + 1}.json"
