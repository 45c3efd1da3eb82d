"""The journal on disk: one server at a time adds to it, each line is on the disk before anybody is told so."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from geodata.errors import InputError, Issue
from geodata.folder_lock import lock_file
from geodata.regular_file import open_regular, read_regular
from sweep.audit.hash_chain import Head, chain_faults, read_entries, read_entry
from sweep.day.journal.entry import Entry, Report, entry_of, report_line, with_confirmed_clock
from sweep.disk.atomic_files import disk_fault, write_files

SUFFIX = ".jsonl"
# Beside the folders of the editions; no scenario's name may begin with this sign.
FOLDER = "_board"


@dataclass(slots=True)
class Journal:
    """A journal that is open for writing, with all that stands in it."""

    path: Path
    entries: list[Entry]
    """With times as `with_confirmed_clock` has them; the lines on the disk stay as they were written."""
    head: Head
    _file: IO[bytes]
    _known: dict[str, str] = field(default_factory=dict)
    """Hash of what was sent, by the id of its event."""

    def known(self, report_id: str) -> str | None:
        """The hash of what was sent under an id; None if it does not stand here."""
        return self._known.get(report_id)

    def append(self, reports: Sequence[Report], server_at: str) -> list[Entry]:
        """
        Add what is new of some reports, all or none, and give back the entries that were made.

        A report whose id stands here already is passed over.

        Raises
        ------
        InputError
            S973 if the disk takes no more; nothing is added then.
        """
        lines, head, fresh = [], self.head, []
        for report in {r.id: r for r in reports if r.id not in self._known}.values():
            try:
                line, head = report_line(head, server_at, report)
            except ValueError as error:
                issue = Issue("S976", report.id[:60], {"kind": report.kind[:40], "name": "text"})
                raise InputError([issue]) from error
            lines.append(line)
            fresh.append(_sound(line))
        if lines:
            self._write(b"".join(lines))
            self.head = head
            self.entries += fresh
            if any(e.kind == "clock" for e in fresh):
                self.entries = with_confirmed_clock(self.entries)
            self._known.update((e.id, e.sha256) for e in fresh)
        return fresh

    def _write(self, content: bytes) -> None:
        try:
            left = memoryview(content)
            while left:
                left = left[self._file.write(left) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            # What is half written was told to nobody.
            os.truncate(self.path, self.head.n_bytes)
            self._file.seek(self.head.n_bytes)
            raise disk_fault(error, self.path.name) from error


@contextmanager
def open_journal(path: Path) -> Iterator[Journal]:
    """
    A journal for one writer; begun if it is not there.

    Raises
    ------
    InputError
        S971 if another server writes it, S972 if it is not what was written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open_regular(path.with_suffix(".lock"), "a+b") as lock:
        _hold(lock, path)
        content = _without_torn_end(path)
        entries = _entries(content, path.name)
        n_bytes = len(content)
        # Unbuffered: after a write that failed nothing is left behind to be written later.
        with open_regular(path, "r+b" if path.exists() else "x+b", buffering=0) as file:
            os.chmod(path, 0o600)  # noqa: PTH101 - of the open file
            file.seek(n_bytes)
            head = Head(len(entries), entries[-1].hash if entries else Head().hash, n_bytes)
            yield Journal(path, entries, head, file, {e.id: e.sha256 for e in entries})


def read_journal(path: Path) -> list[Entry]:
    """
    The entries of a journal that a server may be writing meanwhile.

    Raises
    ------
    InputError
        S972 if it is not what was written.
    """
    return _entries(whole_lines(path), path.name)


def whole_lines(path: Path) -> bytes:
    """All whole lines of a journal that a server may be writing; nothing if it is not there."""
    content = read_regular(path) if path.is_file() else b""
    return content[: content.rfind(b"\n") + 1]


def _hold(lock: IO[bytes], path: Path) -> None:
    try:
        lock_file(lock, wait=False)
    except OSError as error:
        raise InputError([Issue("S971", str(path))]) from error


def _without_torn_end(path: Path) -> bytes:
    """The whole lines; a last one that a kill has cut short was acknowledged to nobody, and is set aside."""
    if not os.path.lexists(path):
        return b""
    with open_regular(path, "r+b") as file:
        content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            write_files({path.with_suffix(".torn").name: content[len(whole) :]}, path.parent, is_secret=True)
            file.truncate(len(whole))
    return whole


def _entries(content: bytes, name: str) -> list[Entry]:
    if faults := chain_faults(content, name):
        raise InputError([Issue("S972", faults[0].where)])
    entries = [entry_of(line) for line in read_entries(content)]
    if None in entries:
        raise InputError([Issue("S972", f"{name} line {entries.index(None) + 1}")])
    return with_confirmed_clock(e for e in entries if e is not None)


def _sound(line: bytes) -> Entry:
    read = read_entry(line)
    entry = None if read is None else entry_of(read)
    if entry is None:
        raise ValueError(f"no entry: {line!r:.80}")
    return entry
