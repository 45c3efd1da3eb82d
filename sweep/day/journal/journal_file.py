"""Journal on disk: one server appends, and syncs each line before it acknowledges the report."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from geodata.errors import InputError, Issue
from geodata.folder_lock import lock_file
from geodata.regular_file import open_regular, read_regular
from sweep.audit.hash_chain import Head, chain_issues, read_entries, read_entry
from sweep.day.journal.journal_entry import Entry, Report, entry_of, report_line, with_confirmed_clock
from sweep.disk.atomic_files import disk_error, write_files

SUFFIX = ".jsonl"
# Sibling of the edition folders; no scenario's name may begin with this character.
FOLDER = "_board"


@dataclass(slots=True)
class Journal:
    """Journal open for writing, with all its entries."""

    path: Path
    entries: list[Entry]
    """Entries with times corrected by `with_confirmed_clock`; the lines on disk keep the original times."""
    head: Head
    """Head of the hash chain on disk."""
    _file: IO[bytes]
    _known: dict[str, str] = field(default_factory=dict)
    """Hash of each report's text as sent, by report id."""

    def known(self, report_id: str) -> str | None:
        """Return the SHA-256 of the text of the report sent with an id; None if the journal has no such report."""
        return self._known.get(report_id)

    def append(self, reports: Sequence[Report], server_at: str) -> list[Entry]:
        """
        Append reports, either all or none, and return the new entries.

        Reports with a known id are ignored. `server_at`: the server's time, ISO 8601 with its offset.

        Raises
        ------
        InputError
            S973 if the disk cannot be written, S976 if a report cannot be written as a line; nothing is appended.
        """
        lines, head, fresh = [], self.head, []
        for report in {r.id: r for r in reports if r.id not in self._known}.values():
            try:
                line, head = report_line(head, server_at, report)
            except ValueError as error:
                issue = Issue("S976", report.id[:60], {"kind": report.kind[:40], "name": "text"})
                raise InputError([issue]) from error
            lines.append(line)
            read = read_entry(line)
            entry = None if read is None else entry_of(read)
            if entry is None:
                raise ValueError(f"line is not a journal entry: {line!r:.80}")
            fresh.append(entry)
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
            unwritten = memoryview(content)
            while unwritten:
                unwritten = unwritten[self._file.write(unwritten) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            # A partly written line was never acknowledged.
            os.truncate(self.path, self.head.n_bytes)
            self._file.seek(self.head.n_bytes)
            raise disk_error(error, self.path.name) from error


@contextmanager
def open_journal(path: Path) -> Iterator[Journal]:
    """
    Context manager of a journal, open for its only writer; the file is created if it is missing.

    Raises
    ------
    InputError
        S971 if another server has it open, S972 if it was tampered with.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open_regular(path.with_suffix(".lock"), "a+b") as lock:
        try:
            lock_file(lock, wait=False)
        except OSError as error:
            raise InputError([Issue("S971", str(path))]) from error
        content = _without_torn_end(path)
        entries = _entries(content, path.name)
        n_bytes = len(content)
        # Unbuffered, so that no data of a failed write is written later.
        with open_regular(path, "r+b" if path.exists() else "x+b", buffering=0) as file:
            os.chmod(path, 0o600)  # noqa: PTH101 - of the open file
            file.seek(n_bytes)
            head = Head(len(entries), entries[-1].hash if entries else Head().hash, n_bytes)
            yield Journal(path, entries, head, file, {e.id: e.sha256 for e in entries})


def read_journal(path: Path) -> list[Entry]:
    """Return the entries of a journal, even while a server writes it; InputError S972 if it was tampered with."""
    return _entries(whole_lines(path), path.name)


def whole_lines(path: Path) -> bytes:
    """Return the complete lines of a journal that a server may be writing; empty if the file is missing."""
    content = read_regular(path) if path.is_file() else b""
    return content[: content.rfind(b"\n") + 1]


def _without_torn_end(path: Path) -> bytes:
    """Return the complete lines of a journal; an incomplete last line, never acknowledged, moves to a `.torn` file."""
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
    if issues := chain_issues(content, name):
        raise InputError([Issue("S972", issues[0].where)])
    entries = [entry_of(line) for line in read_entries(content)]
    if None in entries:
        raise InputError([Issue("S972", f"{name} line {entries.index(None) + 1}")])
    return with_confirmed_clock(e for e in entries if e is not None)
