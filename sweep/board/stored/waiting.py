"""Lines of the audit log that are not in the store yet: on the disk before what they say is done."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock

from geodata.regular_file import is_present, read_regular
from sweep.disk.files import write_files
from sweep.store.records import Line


@dataclass(slots=True)
class Waiting:
    """A file of lines, and the same in memory."""

    file: Path
    lines: list[Line]
    _lock: Lock = field(default_factory=Lock)

    def add(self, line: Line) -> None:
        """Put a line behind those that wait."""
        with self._lock:
            content = _bytes(line)
            # Unbuffered: of a write that failed nothing is left to be written later.
            with open(self.file, "ab", buffering=0, opener=_open_as_owner) as file:
                n_bytes = file.tell()
                try:
                    left = memoryview(content)
                    while left:
                        left = left[file.write(left) :]
                    os.fsync(file.fileno())
                except OSError:
                    # Behind half a line no other could be read.
                    os.truncate(self.file, n_bytes)
                    raise
            self.lines.append(line)

    def drop(self, n: int) -> None:
        """Forget the first lines, which are in the store now."""
        with self._lock:
            del self.lines[:n]
            if self.lines:
                write_files({self.file.name: b"".join(map(_bytes, self.lines))}, self.file.parent, is_secret=True)
            else:
                self.file.unlink(missing_ok=True)


def open_waiting(file: Path) -> Waiting:
    """What waits since the board ran last; a last line that a kill has cut short was followed by nothing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    content = read_regular(file) if is_present(file) else b""
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        os.truncate(file, len(whole))
    return Waiting(file, [Line(**json.loads(line)) for line in whole.splitlines()])


def _open_as_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _bytes(line: Line) -> bytes:
    return json.dumps(asdict(line), ensure_ascii=False).encode() + b"\n"
