"""Files of one scenario on disk, by the keys of a store: the scenario's folder and its editions."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path, PurePosixPath

from geodata.regular_file import read_regular
from sweep.records.scenario_folders import FOLLOW_UP, JOURNALS
from sweep.store.store_records import KINDS_WITH_EDITIONS, NO_REV, Key, Kind, ListingEntry

SETTINGS = "scenario.toml"
BY_HAND = "drafts"
"""Folder of plans that a planner edits by hand."""
# An edition or a handout; encrypted orders and their passphrases are never stored.
_EDITION = re.compile(r"[0-9a-f]{12}(?:\.(?:market_regulation|property|public))?")


def path_of(key: Key, folder: Path, editions: Path) -> Path:
    """Return the file of a key in the scenario's folder or its editions; ValueError if its name leads outside."""
    name = PurePosixPath(key.name)
    if name.is_absolute() or ".." in name.parts:
        raise ValueError(f"key.name must be a path inside the folder, got {key.name!r}")
    return (editions if key.kind in KINDS_WITH_EDITIONS else folder) / name


@dataclass(frozen=True, slots=True)
class FolderStore:
    """Files of one scenario on disk as a store, without revisions."""

    folder: Path
    """Folder of scenario.toml."""
    editions: Path
    """Folder of the scenario's editions."""
    duty: Sequence[str] = ()
    """Paths of campaign.toml and its duty table, relative to the scenario's folder."""

    def listing(self) -> Mapping[Key, ListingEntry]:
        """Return, by key, an entry for each file but inputs and approvals: its hash and, for editions, the day."""
        entries = {key: ListingEntry(NO_REV, sha256(path.read_bytes()).hexdigest()) for key, path in self._files()}
        for folder in self._edition_folders():
            day = _day(read_regular(folder / "manifest.json"))
            for path in sorted(p for p in folder.rglob("*") if p.is_file()):
                key = Key("editions", f"{folder.name}/{path.relative_to(folder).as_posix()}")
                entries[key] = ListingEntry(NO_REV, sha256(path.read_bytes()).hexdigest(), day=day)
        return entries

    def read(self, key: Key) -> bytes:
        """Return the bytes of a file by its key in the listing."""
        return path_of(key, self.folder, self.editions).read_bytes()

    def _files(self) -> Iterator[tuple[Key, Path]]:
        kept = self.folder / FOLLOW_UP
        named: list[tuple[Kind, Path]] = [("settings", self.folder / SETTINGS)]
        named += [("results", path) for path in sorted(kept.glob("results-*.csv"))]
        named += [("follow_up", kept / name) for name in ("closed.csv", "ledger.xlsx")]
        named += [("duty", self.folder / name) for name in self.duty]
        # The window of a campaign, drafts of plans, and the journals of boards.
        drafts = [self.editions / name for name in ("campaign", BY_HAND, JOURNALS)]
        named += [("drafts", path) for folder in drafts for path in sorted(folder.rglob("*"))]
        for kind, path in named:
            if path.is_file():
                place = self.editions if kind in KINDS_WITH_EDITIONS else self.folder
                yield Key(kind, path.relative_to(place).as_posix()), path

    def _edition_folders(self) -> list[Path]:
        manifests = [m for m in self.editions.glob("*/manifest.json") if _EDITION.fullmatch(m.parent.name)]
        return [m.parent for m in sorted(manifests, key=lambda m: (m.stat().st_mtime_ns, m.parent.name))]


def _day(manifest: bytes) -> date | None:
    try:
        return date.fromisoformat(json.loads(manifest)["day"])
    except (ValueError, KeyError, TypeError):
        return None
