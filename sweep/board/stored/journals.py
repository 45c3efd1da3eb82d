"""The journals of a board and the copies of them beside the editions, from where they are brought to the store."""

from __future__ import annotations

from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.staging import change
from sweep.day.journal.file import SUFFIX, whole_lines


def lay_journals(journals: Path, copies: Path, *, takes_up: bool) -> None:
    """
    Make each copy what its journal is now.

    Parameters
    ----------
    journals
        Folder of the board's own.
    copies
        Folder beside the editions, as the store has it.
    takes_up
        Whether the board goes on with a journal of which the store has more: no server has it open yet.

    Raises
    ------
    InputError
        S988 for a journal of another board's.
    """
    names = {path.name for folder in (journals, copies) for path in folder.glob(f"*{SUFFIX}")}
    for name in sorted(names):
        own, there = whole_lines(journals / name), whole_lines(copies / name)
        if own.startswith(there):
            if own != there:
                _put(copies / name, own)
        elif not there.startswith(own):
            raise InputError([Issue("S988", name)])
        elif takes_up:
            _put(journals / name, there)


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with change(path.parent) as made:
        made.at(path).write_bytes(content)
