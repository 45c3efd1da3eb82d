"""Store of job results on disk, keyed by the hash of their inputs; each result is written atomically."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from geodata.atomic_writes import change, recover_folders
from geodata.regular_file import read_regular
from sweep.disk.atomic_files import write_files
from sweep.province.model.worker_messages import JobResult, from_json, to_json

FOLDER = "results"
"""Folder next to the editions of a province."""
RESULT = "result.json"
EDITION = "edition"


@dataclass(frozen=True, slots=True)
class ResultStore:
    """
    Cache of the results of county jobs, so that a later run does not compute them again.

    One subfolder per result, named by its key (a hash of the job's inputs), holds the result and its edition.
    """

    folder: Path

    def place(self, key: str) -> Path:
        """Return the folder of the result stored under a key."""
        return self.folder / key

    def read_result(self, key: str) -> JobResult | None:
        """Return the result stored under a key; None if it is missing or unreadable."""
        try:
            result = from_json(JobResult, read_regular(self.place(key) / RESULT))
        except (OSError, ValueError):
            return None
        return result if result.key == key else None

    def edition(self, result: JobResult) -> Path:
        """Return the path of a result's county edition; for a window, of the folder with the editions of its days."""
        place = self.place(result.key) / EDITION
        return place / result.plan.scenario if result.plan and result.plan.window else place

    @contextmanager
    def lock_result(self, key: str) -> Iterator[bool]:
        """
        Hold the lock of a key's result, and yield True if the result is missing, so that the caller must compute it.

        Other processes, perhaps of a run whose coordinator died, wait for the lock. Everything written into the
        result's folder appears at once, when the context ends without an error.
        """
        with change(self.place(key)):
            yield self.read_result(key) is None

    def keep(self, result: JobResult, more: Mapping[str, str] | None = None) -> None:
        """Write a result and further files `more` (text by file name; None: no files) to the folder of its key."""
        write_files({**(more or {}), RESULT: to_json(result)}, self.place(result.key))

    def recover(self) -> None:
        """Complete or discard writes of results that killed processes left unfinished; called before a run."""
        recover_folders((self.folder, *self.folder.glob("*")))
