"""Sync state: revision of the store that each local file has, recorded next to the log and in exports."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from geodata.atomic_writes import change
from sweep.records.redact_store_address import without_login
from sweep.store.store_records import Key


@dataclass(frozen=True, slots=True)
class SyncState:
    """Sync state of a folder: the revision of each fetched file."""

    url: str
    reader: str
    """Login and its divisions, on which the content of a table depends."""
    revs: Mapping[Key, str] = field(default_factory=dict)
    sha256: Mapping[Key, str] = field(default_factory=dict)
    """SHA-256 of each file when fetched."""
    end: str = ""
    """Head of the store's audit log at that time, `n:hash`; empty without entries."""

    def counts_for(self, url: str, reader: str) -> bool:
        """Return whether the files come from the store `url`, fetched by a login with the divisions of `reader`."""
        is_same_store = without_login(self.url) == without_login(url)
        return is_same_store and self.reader.partition(" ")[2] == reader.partition(" ")[2]


def read_sync_state(file: Path) -> SyncState | None:
    """Read a sync state; None if the file is missing or invalid."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        rows = [(Key(kind, name), rev, sha256) for kind, name, rev, sha256 in content["files"]]
        revs, hashes = {k: r for k, r, _ in rows}, {k: s for k, _, s in rows}
        return SyncState(content["url"], content["reader"], revs, hashes, content["end"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_sync_state(file: Path, state: SyncState) -> None:
    """Write a sync state to a file, atomically."""
    files = sorted([k.kind, k.name, rev, state.sha256.get(k, "")] for k, rev in state.revs.items())
    content = {"url": state.url, "reader": state.reader, "end": state.end, "files": files}
    file.parent.mkdir(parents=True, exist_ok=True)
    with change(file.parent) as made:
        made.at(file).write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
