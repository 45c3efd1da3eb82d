"""Slow set-ups, made by one worker for all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from geodata.folder_lock import lock_folder


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder of this session, filled by the first worker that needs it; read or copy it only."""
    base = factory.getbasetemp()
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"once_{name}"
    folder, mark = place / name, place / "is_made"
    with lock_folder(place):
        if not mark.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
            make(folder)
            mark.touch()
    return folder
