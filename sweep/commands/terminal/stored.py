"""Whether a command works on a scenario of a store, and how: from its arguments, `[store]` and `SWEEP_STORE` alone."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geodata.errors import InputError, Issue
from geodata.regular_file import read_regular_text
from sweep.audit.log import FOLDER, MARKER
from sweep.commands.terminal.exits import Exit
from sweep.commands.terminal.latest import LATEST, with_latest
from sweep.scenario.place import FILE_NAME, top_keys

VARIABLE = "SWEEP_STORE"
# The options that name a scenario's folder.
_FOLDERS = ("scenario", "campaign_folder")
_CAMPAIGN = "campaign.toml"
# Their lines in the log name its end, or what they write rests on all that others wrote: others wait meanwhile.
_HELD = frozenset({"approve", "results", "close", "purge", "release"})
# Works for a day: each of its acts goes to the store by itself.
_BY_ITSELF = "serve"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The store that a command works on."""

    url: str
    name: str
    """The scenario's."""
    out: Path


def with_store(
    command: str, options: Mapping[str, Any], work: Callable[[Mapping[str, Any], Sequence[str]], Exit]
) -> Exit:
    """
    Do a command's work where it belongs: in the folders that it names, or in those that show what a store holds.

    Parameters
    ----------
    command
        As it is typed.
    options
        Its arguments.
    work
        Takes the arguments with the folders in which it is done, and keys of the scenario that go before those typed.

    Raises
    ------
    InputError
        What the work raises; S945 if the store's packages are not there, and what the store itself refuses.
    """
    chosen = None if command == _BY_ITSELF else chosen_store(options)
    if chosen is None:
        return work(with_latest(options), ())
    try:
        from sweep.pipeline.stored.session import open_session  # only here: no other run needs the store's packages
    except ModuleNotFoundError as error:
        raise InputError([Issue("S945", VARIABLE, {"package": error.name or "-"})]) from error
    session = open_session(chosen.url, chosen.name, chosen.out)
    said = io.StringIO()

    def inside() -> tuple[Exit, bool]:
        own = {**options, **{key: session.mirror.folder for key in _FOLDERS if isinstance(options.get(key), Path)}}
        # What is said of a result is said once it is in the store.
        with contextlib.redirect_stdout(said):
            code = work(with_latest(own), session.sets())
        return code, code in (Exit.DONE, Exit.RULE_BROKEN)

    plan = options.get("plan") if command == "approve" else None
    approves = None if plan is None else with_latest(options)["plan"].name.removesuffix(".json")
    if approves == "plan" and plan is not None:
        approves = plan.parent.name
    code = session.run(inside, is_held=command in _HELD, approves=approves)
    sys.stdout.write(said.getvalue())
    return code


def chosen_store(options: Mapping[str, Any], given: str | None = None) -> Chosen | None:
    """
    The store of the scenario that a command's arguments name; None if it is kept in its folder alone.

    Parameters
    ----------
    given
        Its address, as typed.
    """
    given = given or os.environ.get(VARIABLE)
    out = options.get("out") or Path("out")
    plan = options.get("plan") or next(iter(options.get("plans") or ()), None)
    folder = _folder_of_plan(plan, out) if isinstance(plan, Path) else None
    typed = next((path for key in _FOLDERS if isinstance(path := options.get(key), Path)), None)
    if typed is not None:
        name, own = _of_scenario(typed)
        url = given or own
        # A plan that is named by its folder says where all others are.
        is_there = folder is not None and folder.name == name
        return Chosen(url, name, folder.parent if folder is not None and is_there else out) if url and name else None
    if isinstance(plan, Path):
        return _of_marker(folder.parent, folder.name, given) if folder is not None else None
    if "log_name" in options:
        return _of_marker(out, options["log_name"], given)
    return None


def _of_scenario(path: Path) -> tuple[str, str | None]:
    """Name of a scenario and the address in its file; where no file is, what was typed is the name."""
    tree = top_keys(path, FILE_NAME)
    if tree is None:
        # A campaign on a scenario that lies elsewhere is kept in its folder alone.
        return ("" if (path / _CAMPAIGN).is_file() else path.name), None
    store, name = tree.get("store"), tree.get("name")
    url = store.get("url") if isinstance(store, dict) else None
    return (name if isinstance(name, str) else ""), (url if isinstance(url, str) else None)


def _folder_of_plan(plan: Path, out: Path) -> Path | None:
    """The folder of a scenario's editions that a plan is in."""
    if plan.name == LATEST and plan.parent == Path():
        markers = sorted((out / FOLDER).glob(f"*{MARKER}"))
        return out / markers[0].name.removesuffix(MARKER) if len(markers) == 1 else None
    path = plan.resolve()
    return path.parent.parent if path.suffix == ".json" else path.parent


def _of_marker(out: Path, name: str | None, given: str | None) -> Chosen | None:
    """The store that a folder of editions shows, by what stands in its log's folder."""
    markers = sorted(p for p in (out / FOLDER).glob(f"*{MARKER}") if name in (None, p.name.removesuffix(MARKER)))
    if len(markers) != 1:
        return Chosen(given, name, out) if given and name else None
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        marked = json.loads(read_regular_text(markers[0]))
        return Chosen(given or str(marked["url"]), markers[0].name.removesuffix(MARKER), out)
    return None
