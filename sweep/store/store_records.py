"""Records of a store: keys, listing entries, writes, and conflicts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Kind = Literal["settings", "inputs", "editions", "approvals", "results", "follow_up", "duty", "drafts"]
NO_REV = "0"
"""Revision of a missing key."""
KINDS_WITH_EDITIONS: frozenset[Kind] = frozenset({"editions", "drafts"})
"""Kinds in the folder of all editions; the others are in the scenario's folder."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Key of one file or approval in the store of a scenario; `kind`: `settings`, `inputs`, `editions` and others."""

    kind: Kind
    name: str
    """POSIX path relative to the scenario's folder, for editions and drafts to the folder of all editions; for
    approvals the day, in ISO 8601."""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class ListingEntry:
    """Properties of a stored file or approval, without its content."""

    rev: str
    """Revision, which changes with each write; all files of an edition share one."""
    sha256: str
    """Hash of the bytes; empty if they depend on the reader."""
    table: str = ""
    """Name of the table, for inputs."""
    day: date | None = None
    """Day of the plan, for editions and approvals."""
    by: str = ""
    """Writer of this revision, if known."""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """Place in the file, administrative division (decides which logins see it), and geometry of one record."""

    end: int
    """End offset in the file, bytes; the record begins at the end of the previous one."""
    division: str
    """Division code, whose logins see the record; `-`: all logins; empty: only logins that see all divisions."""
    id: str | None = None
    """Id in the record's own id column; None without one."""
    geom: bytes | None = None
    """EWKB in EPSG:4326; None without a geometry."""


@dataclass(frozen=True, slots=True)
class RecordSplit:
    """Input table split into records."""

    n_head: int
    """Bytes before the first record."""
    rows: Sequence[RecordRow]


@dataclass(frozen=True, slots=True)
class PendingWrite:
    """Content to store under a key; without content the key is deleted."""

    key: Key
    content: bytes | None
    table: str = ""
    """Name of the table, for inputs."""
    day: date | None = None
    """Day of the plan, or of the scenario for its settings."""
    split: RecordSplit | None = None
    """Records in `content`, which are then stored one by one; None: stored as a whole."""
    divisions: tuple[str, ...] | None = None
    """Divisions with data in it, ascending; empty: common to all; None: those of the scenario visible to the writer."""
    whole: bytes | None = None
    """Bytes of the file itself, if `content` is the text of its records."""

    @property
    def file(self) -> bytes | None:
        """Return the bytes that the file has on disk: `whole` if set, else `content`; None: the file is deleted."""
        return self.content if self.whole is None else self.whole


@dataclass(frozen=True, slots=True)
class InvestigatedPlace:
    """Building under investigation, and the last day of the investigation (None: open)."""

    division: str
    building_id: str
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """Entry of the audit log before it has its position in the chain; `facts`: details of the act, by name."""

    at: str
    """Time, ISO 8601."""
    who: str
    act: str
    """Name of the action, such as `import`."""
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Conflict: another login wrote the key after it was read."""

    key: Key
    read: str
    """Revision that was read."""
    now: str
    """Current revision."""
    by: str
    """Login that wrote the current revision."""
    theirs: bytes
    """Current content."""


class ConflictError(Exception):
    """Raised if other logins have changed keys since the writer read them (`conflicts`); nothing was written."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__(", ".join(str(c.key) for c in conflicts))
        self.conflicts = tuple(conflicts)


type NextLine = Callable[[int, str, LogEntry], tuple[bytes, str]]
"""Bytes and hash of the next entry of a chain, from the number and hash of the last one."""
