"""What is kept of one scenario in folders: the scenario's own, and that of its editions."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Protocol

from geodata.regular_file import read_regular
from geodata.staging import change
from sweep.records.folders import FOLLOW_UP, JOURNALS
from sweep.store.records import BESIDE_EDITIONS, NO_REV, Conflict, ConflictError, Entry, Key, Kind, Line, Write

SETTINGS = "scenario.toml"
MANIFEST, APPROVAL = "manifest.json", "approval.json"
# A plan, or what of it is handed out to a class of reader; sealed orders and their passphrases never leave the folder.
EDITION = re.compile(r"[0-9a-f]{12}(?:\.(?:market_regulation|property|public))?")
# What is no edition: the window of a campaign, plans that somebody changes by hand, and the journals of boards.
CAMPAIGN, BY_HAND = "campaign", "drafts"
_REV_SIGNS = 16


class Log(Protocol):
    """The audit log beside the editions."""

    def content(self) -> bytes:
        """All lines."""


def path_of(key: Key, folder: Path, editions: Path) -> Path:
    """
    Where something of a scenario stands, in the scenario's own folder or in that of its editions.

    Raises
    ------
    ValueError
        If the key's name leads out of its folder.
    """
    name = PurePosixPath(key.name)
    if name.is_absolute() or ".." in name.parts:
        raise ValueError(f"key.name must stay inside, got {key.name!r}")
    return (editions if key.kind in BESIDE_EDITIONS else folder) / name


@dataclass(frozen=True, slots=True)
class FolderStore:
    """The store of one scenario that is kept in folders."""

    name: str
    folder: Path
    """That of scenario.toml."""
    out: Path
    """That of all editions."""
    log: Log
    append: Callable[[Line], object]
    """Adds a line to the log."""
    tables: Mapping[str, str] = field(default_factory=dict)
    """The table that each file of inputs holds, by its path in the scenario's folder."""
    duty: Sequence[str] = ()
    """The files that a campaign is planned from, in the scenario's folder."""

    def listing(self) -> Mapping[Key, Entry]:
        """Everything that is there."""
        found = {key: _entry(path.read_bytes(), self.tables.get(key.name, "")) for key, path in self._files()}
        for folder in self._editions():
            manifest = read_regular(folder / MANIFEST)
            rev, day = _rev(manifest), _day(manifest)
            for path in sorted(p for p in folder.rglob("*") if p.is_file()):
                key = Key("editions", f"{folder.name}/{path.relative_to(folder).as_posix()}")
                found[key] = Entry(rev, _sha256(path.read_bytes()), "", day)
            if day is not None and (folder / APPROVAL).is_file():
                self._note_approval(found, day, (folder / APPROVAL).read_bytes())
        return found

    def read(self, key: Key) -> bytes:
        """
        The bytes of one thing.

        Raises
        ------
        KeyError
            If it is not there.
        """
        if key.kind == "approvals":
            return self._approval(key)
        path = self._path(key)
        if not path.is_file():
            raise KeyError(str(key))
        return path.read_bytes()

    def chain(self) -> bytes:
        """All lines of the audit log, oldest first."""
        return self.log.content()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else can commit meanwhile."""
        with ExitStack() as stack:
            for place in sorted({self.folder, self.out / self.name}):
                stack.enter_context(change(place))
            yield

    def commit(self, writes: Sequence[Write], lines: Sequence[Line], read: Mapping[Key, str]) -> Mapping[Key, str]:
        """
        Write several things and add lines to the log; see `sweep.store.store.Store`.

        Raises
        ------
        ConflictError
            If one of them has another revision now than the one that was read.
        """
        with self.held():
            self._refuse_changed(writes, read, self.listing())
            with change(self.folder) as inner, change(self.out / self.name) as outer:
                for write in writes:
                    place, path = outer if write.key.kind in BESIDE_EDITIONS else inner, self._path(write.key)
                    if write.file is not None:
                        place.at(path).write_bytes(write.file)
                    elif path.is_file():
                        place.discard(path)
                for line in lines:
                    self.append(line)
        now, written = self.listing(), {w.key for w in writes}
        days = {Key("approvals", w.day.isoformat()) for w in writes if w.day and w.key.name.endswith(f"/{APPROVAL}")}
        # All files of an edition have its revision, those that were not written too.
        rooms = {_room(key) for key in written | days}
        made = {key: entry.rev for key, entry in now.items() if _room(key) in rooms}
        return dict.fromkeys(written, NO_REV) | made

    def _refuse_changed(self, writes: Sequence[Write], read: Mapping[Key, str], there: Mapping[Key, Entry]) -> None:
        keys = {w.key for w in writes}
        keys |= {Key("approvals", w.day.isoformat()) for w in writes if w.day and w.key.name.endswith(f"/{APPROVAL}")}
        conflicts: dict[str, Conflict] = {}
        for key in sorted(keys, reverse=True):
            now, expected = self._rev_of(key, there), self._rev_read(key, read)
            if now != expected:
                conflicts[_room(key)] = Conflict(key, expected, now, "", self.read(key) if key in there else b"")
        if conflicts:
            raise ConflictError([conflicts[room] for room in sorted(conflicts)])

    def _rev_of(self, key: Key, there: Mapping[Key, Entry]) -> str:
        return self._rev_read(key, {k: e.rev for k, e in there.items()})

    def _rev_read(self, key: Key, revs: Mapping[Key, str]) -> str:
        """The revision of one thing; a new file of an edition has that of the others."""
        if key.kind != "editions":
            return revs.get(key, NO_REV)
        return next((r for k, r in revs.items() if _room(k) == _room(key)), NO_REV)

    def _path(self, key: Key) -> Path:
        return path_of(key, self.folder, self.out / self.name)

    def _files(self) -> Iterator[tuple[Key, Path]]:
        named: list[tuple[Kind, Path]] = [("settings", self.folder / SETTINGS)]
        named += [("inputs", self.folder / name) for name in self.tables]
        kept = self.folder / FOLLOW_UP
        named += [("results", path) for path in sorted(kept.glob("results-*.csv"))]
        named += [("follow_up", kept / name) for name in ("closed.csv", "ledger.xlsx")]
        named += [("duty", self.folder / name) for name in self.duty]
        drafts = [self.out / self.name / name for name in (CAMPAIGN, BY_HAND, JOURNALS)]
        named += [("drafts", path) for folder in drafts for path in sorted(folder.rglob("*"))]
        for kind, path in named:
            if path.is_file():
                place = self.out / self.name if kind in BESIDE_EDITIONS else self.folder
                yield Key(kind, path.relative_to(place).as_posix()), path

    def _editions(self) -> list[Path]:
        folders = (self.out / self.name).glob(f"*/{MANIFEST}")
        own = [p.parent for p in folders if EDITION.fullmatch(p.parent.name)]
        return sorted(own, key=lambda folder: ((folder / MANIFEST).stat().st_mtime_ns, folder.name))

    def _note_approval(self, found: dict[Key, Entry], day: date, content: bytes) -> None:
        """Note an approval, unless the file is none; where a day has several, the last one given counts."""
        key, written = Key("approvals", day.isoformat()), _approval_of(content)
        before = _approval_of(self._approval(key, found)) if key in found else None
        if written is not None and (before is None or written["at"] >= before["at"]):
            found[key] = Entry(_rev(content), written["plan_sha256"], "", day, written["by"])

    def _approval(self, key: Key, known: Mapping[Key, Entry] | None = None) -> bytes:
        entry = (self.listing() if known is None else known).get(key)
        given = [folder / APPROVAL for folder in self._editions() if (folder / APPROVAL).is_file()]
        for content in (path.read_bytes() for path in given):
            if entry is not None and _rev(content) == entry.rev:
                return content
        raise KeyError(str(key))


def _room(key: Key) -> str:
    """What has one revision: the edition of a file, or the thing itself."""
    return key.name.partition("/")[0] if key.kind == "editions" else str(key)


def _entry(content: bytes, table: str) -> Entry:
    return Entry(_rev(content), _sha256(content), table)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _rev(content: bytes) -> str:
    return _sha256(content)[:_REV_SIGNS]


def _approval_of(content: bytes) -> dict[str, str] | None:
    try:
        written = json.loads(content)
        return {name: str(written[name]) for name in ("plan_sha256", "by", "at")}
    except (ValueError, KeyError, TypeError):
        return None


def _day(manifest: bytes) -> date | None:
    try:
        return date.fromisoformat(json.loads(manifest)["day"])
    except (ValueError, KeyError, TypeError):
        return None
