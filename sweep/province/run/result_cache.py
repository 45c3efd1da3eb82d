"""Results of counties' jobs on disk, found by what they follow from; each is there whole or not at all."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from geodata.atomic_writes import change, settle_or_leave
from geodata.regular_file import read_regular
from sweep.disk.atomic_files import write_files
from sweep.province.model.worker_messages import Result, from_json, to_json

FOLDER = "results"
"""Beside the editions of a province."""
RESULT = "result.json"
EDITION = "edition"


@dataclass(frozen=True, slots=True)
class Store:
    """A folder with one folder a result, named by the result's key."""

    folder: Path

    def place(self, key: str) -> Path:
        """The folder of a result."""
        return self.folder / key

    def found(self, key: str) -> Result | None:
        """A result that is done; None if there is none that can be read: it is made again."""
        try:
            result = from_json(Result, read_regular(self.place(key) / RESULT))
        except (OSError, ValueError):
            return None
        return result if result.key == key else None

    def edition(self, result: Result) -> Path:
        """The folder of a county's edition, or of those of its window."""
        place = self.place(result.key) / EDITION
        return place / result.plan.scenario if result.plan and result.plan.window else place

    @contextmanager
    def to_be_made(self, key: str) -> Iterator[bool]:
        """
        Whether a result is still to be made, by whoever asks; nobody else makes the same meanwhile, but waits.

        A worker may be at a job for a coordinator that is dead, when the next one asks another worker for it. All that
        is written into the result's folder stands there together, once this ends without a fault.
        """
        with change(self.place(key)):
            yield self.found(key) is None

    def keep(self, result: Result, more: Mapping[str, str] | None = None) -> None:
        """Put down a result with other files of it, as the last of what is written for it."""
        write_files({**(more or {}), RESULT: to_json(result)}, self.place(result.key))

    def mend(self) -> None:
        """Finish or throw away what killed processes have left."""
        settle_or_leave((self.folder, *self.folder.glob("*")))
