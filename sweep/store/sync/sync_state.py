"""Sync state: the revisions of a store that folders hold, in a file beside the log, and in an exported folder."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from geodata.atomic_writes import change
from sweep.records.store_address import without_login
from sweep.store.store_records import Key


@dataclass(frozen=True, slots=True)
class Seen:
    """What of a store was fetched into a folder: the revision of each thing."""

    url: str
    reader: str
    """Who fetched it, and what they may see: to another one the same table is another file."""
    revs: Mapping[Key, str] = field(default_factory=dict)
    sha256: Mapping[Key, str] = field(default_factory=dict)
    """SHA-256 of each file as it was fetched."""
    end: str = ""
    """The end of the log then, `n:hash`."""

    def counts_for(self, url: str, reader: str) -> bool:
        """Whether it was fetched from the same store by a login that gets the same files."""
        is_same_store = without_login(self.url) == without_login(url)
        return is_same_store and self.reader.partition(" ")[2] == reader.partition(" ")[2]


def read_seen(file: Path) -> Seen | None:
    """What was fetched; None if nothing was, or the file is not as it was written."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        rows = [(Key(kind, name), rev, sha256) for kind, name, rev, sha256 in content["files"]]
        revs, hashes = {k: r for k, r, _ in rows}, {k: s for k, _, s in rows}
        return Seen(content["url"], content["reader"], revs, hashes, content["end"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_seen(file: Path, seen: Seen) -> None:
    """Keep what was fetched."""
    files = sorted([k.kind, k.name, rev, seen.sha256.get(k, "")] for k, rev in seen.revs.items())
    content = {"url": seen.url, "reader": seen.reader, "end": seen.end, "files": files}
    file.parent.mkdir(parents=True, exist_ok=True)
    with change(file.parent) as made:
        made.at(file).write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
