"""
Write-ahead journal of a folder change, and recovery after an interrupted command.

A change is staged in `.sweep/new-*` of the folder. Once all of it is written, its journal is added and the stage is
renamed to `.sweep/ready-*`. Then each entry is moved to its target and the stage is removed. Recovery removes `new-*`
stages and completes `ready-*` stages. It runs only under the folder's lock for a change, never for reading.

A folder may come from another person, so nothing in `.sweep` is trusted. Before the first move, recovery checks that:
stages are folders of the user's own account; each journal is a regular file of this format and of limited length;
sources are plain names in the stage; targets are relative names below the folder; no part of either is a symbolic
link. All moves are relative to folders opened by `geodata.changes.open_without_symlinks`, so a link put in place later
has no effect.
"""

import contextlib
import errno
import json
import os
import re
import stat
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from geodata.changes.open_without_symlinks import Folder, folder_in
from geodata.folder_lock import HIDDEN, WRONG_KIND, unfit_error

NEW, READY = "new-", "ready-"
_JOURNAL = "journal.json"
_FORMAT = "sweep change 1"
# An edition needs one line of 100 bytes; the orders of 1,000 teams need 100,000 bytes.
_MAX_JOURNAL_BYTES = 4_000_000
_SUBFOLDER = re.compile("[0-9]{1,9}")
_UNSAFE = re.compile(r"[\0\\:]" if os.name == "nt" else r"\0")
_UNFIT = {**WRONG_KIND, errno.EXDEV: "disk"}

type Moves = Mapping[str, str]
"""Target path, relative to the changed folder, by source path in the stage (`0/plan`)."""


def recover(hidden: Folder, place: Folder) -> None:
    """
    Complete or discard the changes of interrupted commands; the caller holds the lock.

    Parameters
    ----------
    hidden, place
        The folder `.sweep` with the staged changes, and the changed folder.

    Raises
    ------
    InputError
        G130 if a change is damaged or not written by this program and the user's account; nothing is moved.
    OSError
        If the disk fails.
    """
    names = [name for name in hidden.names() if name.startswith((NEW, READY))]
    waiting = {name: moves for name in names if (moves := _checked_moves(hidden, name, place)) is not None}
    for name in names:
        if (moves := waiting.get(name)) is not None:
            with folder_in(hidden, [name]) as stage:
                _make_folders(moves, place)
                for source, target in moves.items():
                    _move(source, target, stage, place)
            name = _as_new(hidden, name)
        hidden.remove_tree(name)


def prepare(moves: Moves, hidden: Folder, name: str, place: Folder) -> list[Path]:
    """
    Check the moves of a stage, write its journal and create the folders of the targets; nothing is moved.

    Parameters
    ----------
    moves
        Target path below `place`, by path in the stage, of each file or folder.
    hidden, place
        The folder `.sweep`, and the changed folder.
    name
        Name of the stage, the subfolder `new-*` of `hidden` with the new files.

    Returns
    -------
    list of Path
        The created folders, deepest first.

    Raises
    ------
    OSError
        EISDIR or ENOTDIR if a file would replace a folder or a folder a file, ELOOP if a part of a target is a link,
        EXDEV if a target is on another disk.
    ValueError
        If the journal would be too long, or a target is not a path below the folder.
    """
    content = json.dumps({"format": _FORMAT, "moves": dict(moves)}).encode()
    if len(content) > _MAX_JOURNAL_BYTES or not all(map(_is_path, moves.values())):
        raise ValueError(f"moves must be paths in the folder, {_MAX_JOURNAL_BYTES} bytes, got {moves!r:.200}")
    with folder_in(hidden, [name]) as stage:
        _refuse_unfit(moves, stage, place)
        with os.fdopen(stage.open_file(_JOURNAL, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "wb") as file:
            file.write(content)
    return _make_folders(moves, place)


def commit(moves: Moves, hidden: Folder, name: str, place: Folder) -> None:
    """
    Move the entries of a prepared stage to their targets; if the first move fails, nothing is changed.

    Parameters
    ----------
    moves, hidden, place
        Target by path in the stage, the folder `.sweep`, and the changed folder, as in `prepare`.
    name
        The stage, `new-*` in `hidden`. If a later move fails, it stays as `ready-*` for the next change to complete.

    Raises
    ------
    OSError
        If the disk fails.
    """
    ready, n_moved = READY + name.removeprefix(NEW), 0
    hidden.move(name, hidden, ready)
    with folder_in(hidden, [ready]) as stage:
        try:
            for source, target in moves.items():
                _move(source, target, stage, place)
                n_moved += 1
        finally:
            if n_moved in (0, len(moves)):
                _as_new(hidden, ready)


def _as_new(hidden: Folder, ready: str) -> str:
    """Rename a stage from `ready-*`, which must have a journal, to `new-*` before it is removed; return that name."""
    name = NEW + ready.removeprefix(READY)
    hidden.move(ready, hidden, name)
    return name


def _checked_moves(hidden: Folder, name: str, place: Folder) -> Moves | None:
    """Return the checked moves (target by source) of a folder of staged files; None if it is incomplete (`new-*`)."""
    with _unfit_as_issue(hidden, name):
        _refuse_foreign(hidden, name)
        with folder_in(hidden, [name]) as stage:
            if not name.startswith(READY):
                return None
            moves = _read_journal(stage)
            for source in moves:
                subfolder, _, own = source.partition("/")
                with folder_in(stage, [subfolder]) as folder:
                    _refuse_foreign(stage, subfolder)
                    _refuse_foreign(folder, own)
            _refuse_unfit(moves, stage, place)
    return moves


@contextmanager
def _unfit_as_issue(hidden: Folder, name: str) -> Iterator[None]:
    folder = hidden.path / name
    try:
        yield
    except OSError as error:
        if error.errno not in _UNFIT:
            raise
        raise unfit_error(error.filename, _UNFIT[error.errno], folder) from error


def _refuse_foreign(folder: Folder, name: str) -> None:
    status = folder.stat(name)
    if status is not None and os.name == "posix" and status.st_uid != os.geteuid():
        raise unfit_error(folder.path / name, "owner", folder.path / name)


def _read_journal(stage: Folder) -> Moves:
    path = stage.path / _JOURNAL
    _refuse_foreign(stage, _JOURNAL)
    try:
        with os.fdopen(stage.open_file(_JOURNAL, os.O_RDONLY), "rb") as file:
            content = file.read(_MAX_JOURNAL_BYTES + 1)
        if len(content) > _MAX_JOURNAL_BYTES:
            raise unfit_error(path, "size", stage.path)
        journal = json.loads(content)
    except (FileNotFoundError, ValueError, RecursionError) as error:
        raise unfit_error(path, "journal", stage.path) from error
    if not _is_journal(journal):
        raise unfit_error(path, "journal", stage.path)
    moves: dict[str, str] = journal["moves"]
    if not all(map(_is_source, moves)) or not all(map(_is_path, moves.values())):
        raise unfit_error(path, "path", stage.path)
    return moves


def _is_journal(content: Any) -> bool:
    return (
        isinstance(content, dict)
        and content.keys() == {"format", "moves"}
        and content["format"] == _FORMAT
        and isinstance(content["moves"], dict)
        and all(isinstance(target, str) for target in content["moves"].values())
    )


def _is_source(source: str) -> bool:
    subfolder, _, name = source.partition("/")
    return _SUBFOLDER.fullmatch(subfolder) is not None and "/" not in name and _is_path(name)


def _is_path(path: str) -> bool:
    try:
        names = [os.fsencode(name) for name in path.split("/")]
    except UnicodeEncodeError:
        return False
    is_short = all(len(name) <= 255 for name in names) and len(path) <= 4_000
    has_plain = all(name not in (b"", b".", b"..") and name.lower() != HIDDEN.encode() for name in names)
    return is_short and has_plain and not _UNSAFE.search(path)


def _refuse_unfit(moves: Moves, stage: Folder, place: Folder) -> None:
    """Raise OSError for the first entry that cannot be moved: link, device, file onto folder or reverse, other disk."""
    for source, target in moves.items():
        subfolder, _, name = source.partition("/")
        with folder_in(stage, [subfolder]) as folder:
            staged, device = folder.stat(name), folder.device()
            if staged is not None and stat.S_IFMT(staged.st_mode) not in (stat.S_IFDIR, stat.S_IFREG):
                raise _error(errno.ELOOP if stat.S_ISLNK(staged.st_mode) else errno.ENODEV, folder, name)
        *above, last = target.split("/")
        with contextlib.suppress(FileNotFoundError), folder_in(place, above) as folder:
            there = folder.stat(last)
            if there is not None and stat.S_ISLNK(there.st_mode):
                raise _error(errno.ELOOP, folder, last)
            if staged is None:
                continue
            if there is not None and stat.S_ISDIR(there.st_mode) != stat.S_ISDIR(staged.st_mode):
                raise _error(errno.EISDIR if stat.S_ISDIR(there.st_mode) else errno.ENOTDIR, folder, last)
            # On a layered disk a file has another device number than its folder.
            if folder.device() != device:
                raise _error(errno.EXDEV, folder, last)


def _error(code: int, folder: Folder, name: str) -> OSError:
    return OSError(code, os.strerror(code), str(folder.path / name))


def _make_folders(moves: Moves, place: Folder) -> list[Path]:
    """Create the missing folders of all targets; return the created ones, deepest first."""
    above = {Path(target).parent for target in moves.values()}
    folders = sorted({folder for path in above for folder in (path, *path.parents)} - {Path()})
    made = [place.path / folder for folder in folders if not os.path.lexists(place.path / folder)]
    for folder in folders:
        with folder_in(place, folder.parts, make=True):
            pass
    return made[::-1]


def _move(source: str, target: str, stage: Folder, place: Folder) -> None:
    """Move the staged `source` to `target`, unless that was done before; a folder already there moves to `stage`."""
    subfolder, _, name = source.partition("/")
    *above, last = target.split("/")
    with folder_in(stage, [subfolder]) as from_, folder_in(place, above) as to:
        staged, there = from_.stat(name), to.stat(last)
        if staged is None:
            return
        old = f"gone-{uuid.uuid4().hex}"
        is_replaced = there is not None and stat.S_ISDIR(staged.st_mode)
        if is_replaced:
            to.move(last, stage, old)
        try:
            from_.move(name, to, last)
        except OSError:
            if is_replaced:
                stage.move(old, to, last)
            raise
