"""Files are opened without waiting, and only regular ones."""

from __future__ import annotations

import errno
import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from geodata.errors import InputError
from geodata.read.csv_files import read_text
from geodata.read.read_table import read_table
from geodata.regular_file import is_present, open_regular, read_regular, read_regular_text


@pytest.fixture(autouse=True)
def no_wait() -> Iterator[None]:
    """A call that waits for a pipe ends after 20 s."""
    signal.alarm(20)
    yield
    signal.alarm(0)


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def listen(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as own:
        own.bind(str(path))


MADE: dict[str, tuple[Callable[[Path], object], int, str]] = {
    "a pipe": (os.mkfifo, errno.ENODEV, "special"),
    "a socket": (listen, errno.ENODEV, "special"),
    "a link to a device": (lambda path: path.symlink_to("/dev/zero"), errno.ENODEV, "special"),
    "a folder": (Path.mkdir, errno.EISDIR, "folder"),
    "a link to nothing": (lambda path: path.symlink_to("nothing"), errno.ENOENT, "dangling"),
    "a link to itself": (link_to_itself, errno.ELOOP, "dangling"),
}


@pytest.mark.parametrize("kind", MADE)
def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.chdir(tmp_path)  # a socket has a short path
    make, code, found = MADE[kind]
    make(Path("file.csv"))
    for read in (read_regular, read_regular_text, read_text):
        with pytest.raises(OSError, match=r".") as error:
            read(Path("file.csv"))
        assert error.value.errno == code
    with pytest.raises(OSError, match=r"."):
        open_regular(Path("file.csv"), "wb")
    with pytest.raises(InputError) as refused:
        is_present(Path("file.csv"))
    assert [(i.code, i.values["unfit"]) for i in refused.value.issues] == [("G131", found)]
    with pytest.raises(InputError, match="G131"):
        read_table(Path("file.csv"), "firms")


def test_a_file_of_more_bytes_than_allowed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    assert read_regular(tmp_path / "file", 5) == b"12345"
    with pytest.raises(OSError, match="too large"):
        read_regular(tmp_path / "file", 4)


def test_a_name_with_a_nul_is_a_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "a\0b")
    assert not is_present(tmp_path / "a\0b")


def test_a_link_is_read_and_not_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a\r\nb")
    (tmp_path / "link").symlink_to("file")
    assert read_regular_text(tmp_path / "link") == "a\nb"
    for mode in ("wb", "ab", "a+b", "r+b"):
        with pytest.raises(OSError, match="symbolic links"):
            open_regular(tmp_path / "link", mode)  # type: ignore[arg-type]
    assert (tmp_path / "file").read_bytes() == b"a\r\nb"
