"""Backup of editions, audit logs, journals and results in one archive, and its restoration in another folder."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib import metadata
from pathlib import Path, PurePosixPath

from geodata.atomic_writes import change, refuse_unfinished
from geodata.errors import InputError, Issue
from geodata.folder_lock import HIDDEN, lock_folder
from geodata.regular_file import open_regular
from sweep.audit.actor import Actor
from sweep.audit.audit_log import FOLDER as LOGS
from sweep.audit.audit_log import AuditLog, log_names
from sweep.day.journal.journal_file import FOLDER as BOARD
from sweep.day.journal.journal_file import SUFFIX, whole_lines
from sweep.records.scenario_folders import FOLLOW_UP

OUT, SCENARIOS = "out", "scenarios"
"""Folders in the archive, and below the folder in which it is restored."""
_HEAD, _FORMAT = "backup.json", 1
# Journals, and entries that wait for a store. Positions of teams are deleted at the end of the day.
_LINES = ("*.jsonl", "*.lines")
# Errors of what is no archive, of a head that is no JSON object, and of times beyond any calendar.
_DAMAGE = (
    tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError, KeyError, TypeError, RecursionError,
    OverflowError,
)  # fmt: skip

type Verify = Callable[[Path], None]


def write_backup(file: Path, out: Path, scenarios: Path, verify: Verify, actor: Actor) -> int:
    """
    Write a backup, whole or not at all, and return its number of files; a board may run meanwhile.

    Parameters
    ----------
    file
        Archive to create, readable by its owner alone: it holds the keys and sessions of the board.
    out, scenarios
        Folder of all editions, with logs and journals; folder of all scenarios, of which only the results are kept.
    verify
        Function that raises if logs, editions and journals in the copied folder of editions contradict each other.
    actor
        Person or service that made the backup. Each audit log in `out` gets an entry with the hash of the archive,
        except a copy of a store's log and a log in a read-only folder.

    Raises
    ------
    InputError
        S756 if the archive exists, S757 if it lies in a folder that it would contain; G129 for an unfinished write, and
        the errors of `verify`.
    """
    if os.path.lexists(file):
        raise InputError([Issue("S756", str(file))])
    if around := [p for p in (out, scenarios) if file.resolve().is_relative_to(p.resolve())]:
        raise InputError([Issue("S757", str(file), {"folder": str(around[0])})])
    days = (p.name for p in _folders(out / BOARD) if any(p.glob(f"*{SUFFIX}")))
    names = sorted({*log_names(out / LOGS), *days, *(p.name for p in _folders(out) if not p.name.startswith("_"))})
    kept = [p / FOLLOW_UP for p in _folders(scenarios) if (p / FOLLOW_UP).is_dir()]
    for folder in (*(out / name for name in names), *kept):
        refuse_unfinished(folder)
    with change(file.parent) as made:
        copy = made.stage / "copy"
        for name in names:
            _copy_scenario(out, name, copy / OUT)
        # After the journals: results accepted meanwhile can be accepted again, but must not be missing.
        for folder in kept:
            with _folder_lock(folder):
                _copy_tree(folder, copy / SCENARIOS / folder.parent.name / FOLLOW_UP)
        _copy_board(out / BOARD, copy / OUT / BOARD)
        verify(copy / OUT)
        (copy / _HEAD).write_text(json.dumps({"format": _FORMAT, "version": metadata.version("sweep")}))
        fresh = made.at(file)
        n = _pack(copy, fresh)
        with open_regular(fresh) as archive:
            sha256 = hashlib.file_digest(archive, "sha256").hexdigest()
        for log in (AuditLog(out / LOGS, name) for name in log_names(out / LOGS)):
            if os.access(log.folder, os.W_OK) and not log.marker.is_file():
                actor.log(log, "backup", {"file": file.name, "file_sha256": sha256, "n": n})
        return n


def restore_backup(file: Path, folder: Path, verify: Verify) -> int:
    """
    Restore a backup to `out` and `scenarios` below a folder, whole or not at all, and return its number of files.

    `verify`: function that checks the restored `out` before it is moved into place; an error ends the restoring.

    Raises
    ------
    InputError
        S755 if the archive is damaged or no backup, S756 if a folder that it restores exists; the errors of `verify`.
    """
    with change(folder) as made:
        try:
            with open_regular(file) as stream, gzip.open(stream) as content:
                # To the end: the checksum follows the content.
                while content.read(2**20):
                    pass
                content.seek(0)
                archive = tarfile.open(fileobj=content)  # noqa: SIM115 - closed with its file
                members = archive.getmembers()
                _refuse_foreign(archive, members, file)
                for name in (OUT, SCENARIOS):
                    if own := [m for m in members if PurePosixPath(m.name).parts[0] == name]:
                        if os.path.lexists(folder / name):
                            raise InputError([Issue("S756", str(folder / name))])
                        archive.extractall(made.at(folder / name).parent, own, filter="data")
        except _DAMAGE as error:
            raise _damaged(file) from error
        verify(made.stage / "0" / OUT)
        return len(members) - 1


def _refuse_foreign(archive: tarfile.TarFile, members: list[tarfile.TarInfo], file: Path) -> None:
    """Raise InputError if the archive is damaged, or has links, devices or paths outside the restored folders."""
    parts = [PurePosixPath(m.name).parts for m in members]
    is_sound = (
        len({*parts}) == len(parts)
        and all(m.isreg() for m in members)
        and parts[:1] == [(_HEAD,)]
        and any(p[:1] == (OUT,) for p in parts)
        and all(".." not in p and len(p) > 1 and p[0] in (OUT, SCENARIOS) for p in parts[1:])
    )
    head = archive.extractfile(members[0]) if is_sound else None
    if head is None or json.loads(head.read())["format"] != _FORMAT:
        raise _damaged(file)


def _damaged(file: Path) -> InputError:
    return InputError([Issue("S755", str(file), {"known": _FORMAT})])


def _copy_scenario(out: Path, name: str, copy: Path) -> None:
    # With the lock no edition is written, so the journal names no edition that the copy lacks.
    with _folder_lock(out / name):
        _copy_tree(out / name, copy / name)
        # The log before the journal: the log names heads of the journal.
        AuditLog(out / LOGS, name).copy_to(AuditLog(copy / LOGS, name))
        for path in (p for pattern in _LINES for p in _files((out / BOARD / name).glob(pattern))):
            _write_secret(copy / BOARD / name / path.name, whole_lines(path))


def _copy_board(board: Path, copy: Path) -> None:
    for folder, own in ((board, copy), (board / "tls", copy / "tls")):
        with _folder_lock(folder):
            for path in _files(folder.glob("*")):
                own.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, own / path.name)


def _copy_tree(folder: Path, copy: Path) -> None:
    """Copy a folder, if it exists, without links, special files and unfinished writes."""

    def ignored_names(place: str, names: list[str]) -> list[str]:
        paths = [Path(place, name) for name in names]
        return [p.name for p in paths if p.name == HIDDEN or p.is_symlink() or not (p.is_file() or p.is_dir())]

    if folder.is_dir():
        shutil.copytree(folder, copy, ignore=ignored_names, dirs_exist_ok=True)


def _folders(place: Path) -> list[Path]:
    return [p for p in sorted(place.glob("*")) if p.is_dir() and not p.is_symlink() and p.name != HIDDEN]


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    return (p for p in sorted(paths) if p.is_file() and not p.is_symlink())


@contextmanager
def _folder_lock(folder: Path) -> Iterator[None]:
    """Context that holds the lock of a folder; a missing or read-only folder is not locked."""
    with ExitStack() as stack:
        with suppress(OSError):
            if folder.is_dir():
                stack.enter_context(lock_folder(folder))
        yield


def _write_secret(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(content)


def _pack(copy: Path, file: Path) -> int:
    file.touch(mode=0o600)
    paths = [copy / _HEAD, *sorted(p for p in copy.rglob("*") if p.is_file() and p.name != _HEAD)]
    # The fastest level: maps and pages shrink to a quarter, and a gigabyte takes seconds.
    with tarfile.open(file, "w:gz", compresslevel=1) as archive:
        for path in paths:
            archive.add(path, path.relative_to(copy).as_posix(), recursive=False)
    return len(paths) - 1
