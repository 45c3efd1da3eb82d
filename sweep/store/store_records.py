"""What a store holds and takes: keys, what is listed of each, what is written, and a conflict that is told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Kind = Literal["settings", "inputs", "editions", "approvals", "results", "follow_up", "duty", "drafts"]
NO_REV = "0"
"""Revision of what is not there."""
BESIDE_EDITIONS: frozenset[Kind] = frozenset({"editions", "drafts"})
"""What stands in the folder of all editions; all else in the scenario's."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """One thing in the store of one scenario."""

    kind: Kind
    name: str
    """Path in POSIX signs: from the scenario's folder, of editions and drafts from the folder of all editions; of an
    approval the day, in ISO 8601."""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a listing says of one thing."""

    rev: str
    """Changes with each change; for editions that of the edition as a whole."""
    sha256: str
    """Hash of its bytes; empty where those differ from reader to reader."""
    table: str = ""
    """Name of the table, for inputs."""
    day: date | None = None
    """Day of the plan, for editions and approvals."""
    by: str = ""
    """Who wrote this revision, where the store knows."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the store must know of one record of a table to show it to those who may see it alone."""

    end: int
    """Offset behind its last byte in the file; it begins where the one before ends."""
    division: str
    """Division code; `-` common to all, empty: placed in none."""
    id: str | None = None
    geom: bytes | None = None
    """EWKB in EPSG:4326."""


@dataclass(frozen=True, slots=True)
class Split:
    """A table of inputs, record by record."""

    n_head: int
    """Bytes before the first record."""
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Write:
    """One thing that is to be written, or with no content taken away."""

    key: Key
    content: bytes | None
    table: str = ""
    day: date | None = None
    split: Split | None = None
    divisions: tuple[str, ...] | None = None
    """Divisions that are in it, ascending; empty: common to all; None: those that the writer sees of the scenario."""
    whole: bytes | None = None
    """The bytes of the file itself, where `content` is the text of its records."""

    @property
    def file(self) -> bytes | None:
        """The bytes that a file of it has."""
        return self.content if self.whole is None else self.whole


@dataclass(frozen=True, slots=True)
class Place:
    """A place under investigation."""

    division: str
    building_id: str
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class Line:
    """What a line of the audit log says, before it has its place in the chain."""

    at: str
    who: str
    act: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else wrote what was to be written, after it was read."""

    key: Key
    read: str
    """Revision that was read."""
    now: str
    """Revision that is there."""
    by: str
    theirs: bytes
    """What is there now."""


class ConflictError(Exception):
    """What was to be written was changed by somebody else meanwhile; nothing was written."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__(", ".join(str(c.key) for c in conflicts))
        self.conflicts = tuple(conflicts)


type NextLine = Callable[[int, str, Line], tuple[bytes, str]]
"""The bytes and the hash of a chain's next line, given the number and the hash of its last one."""
