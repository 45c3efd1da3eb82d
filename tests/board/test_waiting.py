"""What a board keeps of a store's scenario on its own disk: its owner's alone, and inside its folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sweep.store.board_session import open_waiting
from sweep.store.store_records import Key, LogEntry
from sweep.store.sync.local_copy import LocalCopy


def test_lines_that_wait_are_their_owners_alone(tmp_path: Path) -> None:
    waiting, before = open_waiting(tmp_path / "waiting.lines"), os.umask(0o022)
    try:
        waiting.add(LogEntry("2026-09-16T09:00:00+08:00", "P001", "board opened", {}))
    finally:
        os.umask(before)
    assert waiting.file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["../key", "/etc/passwd", "a/../../key"])
def test_nothing_of_a_store_is_laid_outside_its_folders(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="must be a path inside"):
        LocalCopy("weeks", tmp_path, tmp_path / "out").path(Key("inputs", name))
