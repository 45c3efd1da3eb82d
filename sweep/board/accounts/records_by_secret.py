"""File of JSON records that expire, each keyed by the hash of a secret; the secrets are not in the file."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from geodata.atomic_writes import change
from geodata.errors import InputError, Issue
from geodata.regular_file import read_regular_text
from sweep.disk.atomic_files import disk_error, write_files


class Expiring(Protocol):
    """Record that expires at the time `ends_at`."""

    @property
    def ends_at(self) -> str:
        """Time from which the record is void, ISO 8601 with its offset."""
        ...


@dataclass(slots=True)
class HashedFile[T: Expiring]:
    """Records (dataclasses) in one file, each keyed by the hash of the secret that gives access to it."""

    path: Path
    record: Callable[..., T]
    """Function that makes a record from its fields in the file."""
    now: Callable[[], datetime]
    known: dict[str, T] = field(init=False)
    """Records in the file when it was last read or written, by hash of the secret; expired ones too."""

    def __post_init__(self) -> None:
        """Read the file; raise InputError S978 if it cannot be read."""
        self.known = self._read()

    def of(self, secret: str) -> T | None:
        """Return the record of a secret; None for an unknown or expired one."""
        found = self.known.get(hash_of(secret))
        return found if found is not None and self._is_open(found) else None

    def all(self) -> tuple[T, ...]:
        """Return the records that have not expired."""
        return tuple(filter(self._is_open, self.known.values()))

    def _is_open(self, record: T) -> bool:
        return datetime.fromisoformat(record.ends_at) > self.now()

    def change(self, keep: Callable[[str, T], bool], added: Mapping[str, T] | None = None) -> None:
        """
        Add records, and remove expired ones and those for which `keep(hash, record)` is false.

        `added`: records by hash of their secrets; None: none. The file is written first; on an error no record changes.

        Raises
        ------
        InputError
            S973 if the disk is full, S978 if the file cannot be read.
        """
        try:
            # Another board of the folder may have changed the file.
            with change(self.path.parent):
                found = {**self._read(), **(added or {})}
                known = {h: r for h, r in found.items() if self._is_open(r) and keep(h, r)}
                text = json.dumps({h: asdict(r) for h, r in known.items()})  # type: ignore[call-overload]
                write_files({self.path.name: text}, self.path.parent, is_secret=True)
        except OSError as error:
            raise disk_error(error, self.path.name) from error
        self.known = known

    def _read(self) -> dict[str, T]:
        try:
            kept = json.loads(read_regular_text(self.path)) if self.path.is_file() else {}
            return {h: self.record(**content) for h, content in kept.items()}
        except (OSError, ValueError, TypeError) as error:
            raise InputError([Issue("S978", str(self.path))]) from error


def hash_of(secret: str) -> str:
    """Return the hash under which a secret, such as a session's id, is stored."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
