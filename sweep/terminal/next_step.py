"""Suggestion of the planner's next command in a folder, from its scenarios and their audit logs."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sweep.audit.audit_log import FOLDER, log_names, log_of_scenario
from sweep.audit.hash_chain import read_entries
from sweep.audit.query_edition_entries import WRITES_EDITION
from sweep.scenario.find_scenario import FILE_NAME, SCENARIOS

type Entry = Mapping[str, Any]
"""Entry of an audit log, as `sweep.audit.hash_chain.entry_line` writes it."""


@dataclass(frozen=True, slots=True)
class FolderContent:
    """Scenarios in a folder, and the audit logs of their editions."""

    scenarios: Sequence[str] = ()
    """Names of the scenario folders below `SCENARIOS`."""
    logs: Mapping[str, Sequence[Entry]] = field(default_factory=dict)
    """Log entries about editions that still exist in `out/`, oldest first, by scenario name."""


@dataclass(frozen=True, slots=True)
class Step:
    """Suggested next command, with the reason for it."""

    key: str
    """Key of the reason's text, below `command.next.` in the catalogue."""
    command: str
    """Complete command line; capitals stand for values that only the user knows."""


def read_folder_content(folder: Path) -> FolderContent:
    """Return the scenarios below `SCENARIOS` in a folder, and the log entries about their editions in its `out/`."""
    out = folder / "out"
    scenarios = sorted(path.parent.name for path in (folder / SCENARIOS).glob(f"*/{FILE_NAME}"))
    logs: dict[str, Sequence[Entry]] = {}
    for name in log_names(out / FOLDER):
        entries = read_entries(log_of_scenario(out, name).content())
        logs[name] = [e for e in entries if "plan_id" in e["facts"] and (out / name / e["facts"]["plan_id"]).is_dir()]
    return FolderContent(scenarios, logs)


def next_step(content: FolderContent) -> Step:
    """Return the command that a planner would run next, given what was done with the latest edition."""
    made = [
        (str(entry["at"]), place, name)
        for name, log in content.logs.items()
        for place, entry in enumerate(log)
        # The entry of a province's edition has no violations.
        if entry["act"] in WRITES_EDITION and "violations" in entry["facts"]
    ]
    if not made and not content.scenarios:
        return Step("init", _line("init", "NAME"))
    if not made:
        return Step("run", _line("run", f"{SCENARIOS}/{content.scenarios[0]}"))
    _, place, name = max(made)
    facts = content.logs[name][place]["facts"]
    plan = f"out/{name}/{facts['plan_id']}"
    scenario = f"{SCENARIOS}/{name}" if name in content.scenarios else "SCENARIO"
    done = {entry["act"] for entry in content.logs[name][place:] if entry["facts"]["plan_id"] == facts["plan_id"]}
    if facts["violations"]:
        return Step("check", _line("check", scenario, plan))
    if "results" in done:
        return Step("again", _line("run", scenario))
    if "approve" not in done:
        return Step("approve", _line("approve", plan, "--by", "ID"))
    if "orders" not in done:
        return Step("orders", _line("orders", plan, "--seal"))
    return Step("results", _line("results", scenario, plan, "FILE"))


def _line(*words: str) -> str:
    return shlex.join(["sweep", *words])
