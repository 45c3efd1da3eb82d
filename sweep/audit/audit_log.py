"""Audit log on disk: lines are appended atomically under a lock, with the head in a file next to it."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geodata.atomic_writes import prepare_changes
from geodata.errors import InputError, Issue
from geodata.folder_lock import lock_file
from geodata.regular_file import open_regular, read_regular
from sweep.audit.hash_chain import (
    Head,
    Json,
    chain_issues,
    encodable_facts,
    entry_line,
    head_faults,
    holds_head,
    read_entries,
    read_entry,
)

# Scenario names cannot begin with this character, so no edition's folder collides with the log.
FOLDER = "_audit"
# Suffix of the file that marks a log and the editions next to it as copies from a store.
MARKER = ".store.json"


@dataclass(frozen=True, slots=True)
class AuditLog:
    """Log of one scenario in the folder of the logs: `<name>.jsonl`, and its head, `<name>.head.json`."""

    folder: Path
    name: str
    """Name of the scenario."""

    @property
    def path(self) -> Path:
        """Path of the file with the log's lines."""
        return self.folder / f"{self.name}.jsonl"

    @property
    def head_path(self) -> Path:
        """Path of the file with the log's head: number of lines and last hash."""
        return self.folder / f"{self.name}.head.json"

    @property
    def marker(self) -> Path:
        """Path of the file that marks the log and its editions as copies from a store, with their revisions."""
        return self.folder / f"{self.name}{MARKER}"

    @property
    def _fresh_head_path(self) -> Path:
        return self.head_path.with_suffix(".new")

    @property
    def _pending_path(self) -> Path:
        return self.folder / f"{self.name}.pending"

    def append(
        self, at: str, who: str, act: str, facts: Mapping[str, Json], stage: Callable[[Head], object] | None = None
    ) -> Head:
        """
        Append a line on an act, and return the log's new head.

        Parameters
        ----------
        at, who, act, facts
            As in `sweep.audit.hash_chain.entry_line`, but facts may hold names that are not UTF-8.
        stage
            Called with the new head before the line is written, to stage the files of the act, which the caller moves
            into place afterwards. If it raises, no line is written.

        Raises
        ------
        InputError
            If the log does not end at its head: a log that was tampered with is not extended.
        OSError
            If the disk is full or fails; the log is restored.
        ValueError
            If a number of the facts is not finite; nothing is written.
        """
        with self._locked():
            head = self._end()
            line, after = entry_line(head, at, who, act, encodable_facts(facts))
            if stage is not None:
                stage(after)
            prepare_changes()
            try:
                _write(self._pending_path, line)
                with open_regular(self.path, "ab") as file:
                    file.write(line)
                    file.flush()
                    os.fsync(file.fileno())
                self._write_head(after)
            except OSError:
                self._withdraw(head)
                raise
            self._pending_path.unlink()
        return after

    def _withdraw(self, head: Head) -> None:
        """Remove a line that could not be written in full; otherwise the next process would complete it."""
        if self.path.is_file():
            with open_regular(self.path, "r+b") as file:
                file.truncate(head.n_bytes)
            if head.n == 0:
                self.path.unlink()
        for path in (self._fresh_head_path, self._pending_path):
            path.unlink(missing_ok=True)

    def refuse_damaged(self) -> None:
        """Raise InputError if the log does not end at its head; called before work that could then not be logged."""
        # A refused run leaves no files, so a missing log is not created here.
        if any(path.exists() for path in (self.path, self.head_path, self._pending_path)):
            with self._locked():
                self._end()

    def is_there(self) -> bool:
        """Whether the log exists; a log always has at least one line."""
        return self.path.is_file()

    def content(self) -> bytes:
        """Bytes of all lines of the log; empty without a file."""
        return read_regular(self.path) if self.path.is_file() else b""

    def head(self) -> Head | None:
        """Head (number of lines, last hash) as stored next to the log; None if it is missing or malformed."""
        try:
            text = read_regular(self.head_path)
            head = Head(**json.loads(text))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        return head if _head_bytes(head) == text else None

    def restore(self, content: bytes) -> None:
        """Replace the log by a copy of it, as from a store, and write the copy's head; the chain is not checked."""
        last = read_entries(content)[-1:]
        with self._locked():
            _write(self.path, content)
            own = str(last[0]["hash"]) if last else Head().hash
            self._write_head(Head(content.count(b"\n"), own, len(content)))
            self._pending_path.unlink(missing_ok=True)

    def copy_to(self, other: "AuditLog") -> None:
        """Copy lines and head, as of one moment, and the file `marker` to another log; the chain is not checked."""
        content, head = self._at_once()
        other.folder.mkdir(parents=True, exist_ok=True)
        for path, copy, own in (
            (self.path, other.path, content),
            (self.head_path, other.head_path, None if head is None else _head_bytes(head)),
            (self.marker, other.marker, None),
        ):
            if path.is_file():
                _write(copy, read_regular(path) if own is None else own)

    def faults(self, noted: Head | None = None) -> list[Issue]:
        """Issues that show tampering; `noted`: head recorded elsewhere, such as on paper, that the log must hold."""
        (content, head), file = self._at_once(), self.path.name
        issues = chain_issues(content, file)
        if head is None and (content or self.head_path.exists()):
            issues.append(Issue("S814", self.head_path.name))
        elif head is not None:
            issues += head_faults(content, head, file)
        if noted is not None and not holds_head(content, noted):
            issues.append(Issue("S815", file, {"head": str(noted)}))
        return issues

    def entries(self) -> list[dict[str, object]]:
        """Entries of the log's valid lines, oldest first."""
        return read_entries(self.content())

    def _at_once(self) -> tuple[bytes, Head | None]:
        """Lines and head of the log at one moment, without a line that is being written."""
        while True:
            head, content, line = self.head(), self.content(), self._pending()
            known = head or Head()
            if _next_entry(known, line) and line.startswith(content[known.n_bytes :]):
                content = content[: known.n_bytes]
            if self.head() == head:
                return content, head

    def _pending(self) -> bytes:
        try:
            return read_regular(self._pending_path)
        except FileNotFoundError:
            return b""

    def _end(self) -> Head:
        """Head of the log after an interrupted write is completed; InputError if head and lines do not agree."""
        content, head = self.content(), self.head()
        if head is None:
            # The first line has no head before it: after an interrupted write the log is a prefix of the pending line.
            is_first = self._pending_path.is_file() and read_regular(self._pending_path).startswith(content)
            if self.head_path.exists() or (content and not is_first):
                raise InputError([Issue("S814", self.head_path.name)])
            head = Head()
        if self._pending_path.is_file():
            self._finish(content, head)
            return self._end()
        if len(content) != head.n_bytes or head_faults(content, head, self.path.name):
            n_lines = content.count(b"\n")
            raise InputError([Issue("S813", self.path.name, {"n": n_lines, "n_head": head.n})])
        return head

    def _finish(self, content: bytes, head: Head) -> None:
        line = read_regular(self._pending_path)
        begun = content[head.n_bytes :]
        entry = _next_entry(head, line)
        if entry is not None and line.startswith(begun):
            with open_regular(self.path, "ab") as file:
                file.write(line[len(begun) :])
            self._write_head(Head(head.n + 1, str(entry["hash"]), head.n_bytes + len(line)))
        # An incomplete pending line was never in the log.
        self._pending_path.unlink()

    def _write_head(self, head: Head) -> None:
        _write(self._fresh_head_path, _head_bytes(head))
        self._fresh_head_path.replace(self.head_path)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with open_regular(self.folder / f"{self.name}.lock", "a+b") as file:
            lock_file(file, wait=True)
            yield


def _next_entry(head: Head, line: bytes) -> dict[str, Any] | None:
    """Entry in a line that is being written; None unless the line directly follows `head`."""
    entry = read_entry(line)
    return entry if entry is not None and (entry["n"], entry["prev"]) == (head.n + 1, head.hash) else None


def _head_bytes(head: Head) -> bytes:
    return (json.dumps({"n": head.n, "hash": head.hash, "n_bytes": head.n_bytes}) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    with open_regular(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def log_names(folder: Path) -> list[str]:
    """Names of scenarios that have a log, or a head without one, in the folder of the logs."""
    names = {p.name.removesuffix(".jsonl") for p in folder.glob("*.jsonl")}
    return sorted(names | {p.name.removesuffix(".head.json") for p in folder.glob("*.head.json")})


def log_of_scenario(out: Path, name: str) -> AuditLog:
    """Audit log of the scenario `name`, whose editions are in `out`; the file need not exist."""
    return AuditLog(out / FOLDER, name)


def log_of_edition(folder: Path) -> AuditLog:
    """Audit log of the scenario to which the edition in a folder belongs."""
    scenario = folder.resolve().parent
    return log_of_scenario(scenario.parent, scenario.name)
