"""Files that are written by plain names, for whom they may be read by."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sweep.disk.atomic_files import write_files


@pytest.mark.parametrize("name", ["../a", "a/b", "/a", ".."])
def test_a_name_that_is_a_path_is_a_slip_in_code(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="must be plain file names"):
        write_files({"right": "x", name: "x"}, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_who_may_read_a_file_is_for_the_umask_to_say(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        (plain,) = write_files({"a": "x"}, tmp_path)
        (secret,) = write_files({"b": "x"}, tmp_path, is_secret=True)
    finally:
        os.umask(before)
    assert (plain.stat().st_mode & 0o777, secret.stat().st_mode & 0o777) == (mode, 0o600)
