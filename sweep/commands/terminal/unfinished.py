"""
Changes that an interrupted command left in the folders of a call: settled where the call changes the folder itself.

A folder that the call only reads is never changed. If a change waits there, a part of it may be in place already, so
the call is refused.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from geodata.locks import HIDDEN
from geodata.staging import refuse_unfinished, settle, settle_cache, settle_or_leave
from sweep.commands.terminal.deferred import deferred_imports
from sweep.scenario.place import FILE_NAME, SCENARIOS

with deferred_imports():
    from sweep.audit import retention

# The folder of all editions. A change in it that is not sound is reported by the next change of its scenario.
_OUT = "out"


def settle_or_refuse(options: Mapping[str, Any], changes: Sequence[str]) -> None:
    """
    Settle the changes that wait in the folders that a call changes, then refuse those in the folders that it reads.

    Parameters
    ----------
    options
        All options of the call, as typed.
    changes
        Names of the options that name what the call changes.

    Raises
    ------
    InputError
        G129 if a change waits in a folder that is read, G130 if one in a folder that is changed is not sound.
    """
    settle_cache()
    for key, path in _paths(options):
        if key in changes:
            settle_or_leave(_places(path))
        for place in _places(path, is_read=True) if key in changes and key != _OUT else ():
            settle(place)
    for _, path in _paths(options):  # only now: a folder may be read by one option and changed by another
        for place in _places(path, is_read=True):
            refuse_unfinished(place)


def _paths(options: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    for key, value in options.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Path):
                yield key, each


def _places(path: Path, *, is_read: bool = False) -> Iterator[Path]:
    """
    The folders whose changes may concern a path: its own, those in it, and that of all editions of a scenario.

    Parameters
    ----------
    is_read
        Whether folders in a folder count only if it is one of a scenario: what waits in one scenario, or one county,
        must not block the others.
    """
    for own in (path, *(named for named in (SCENARIOS / path,) if named.is_dir())):
        folder = own if own.is_dir() else own.parent
        yield folder
        if own.is_dir() and (not is_read or (own / FILE_NAME).is_file()):
            yield from _below(own)
        if not folder.is_dir() or (folder / retention.MANIFEST).is_file():
            yield folder.absolute().parent


def _below(folder: Path) -> Iterator[Path]:
    """The folders in a folder in which something of a change is left."""
    with contextlib.suppress(OSError):
        yield from sorted(hidden.parent for hidden in folder.glob(f"*/{HIDDEN}"))
