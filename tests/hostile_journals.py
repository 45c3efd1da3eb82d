"""Generated folders with a `.sweep` from an attacker: hostile and malformed journals, links, pipes and devices."""

from __future__ import annotations

import contextlib
import json
import os
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

FORMAT = "sweep change 1"
_LONG = "n" * 300
_MALFORMED: tuple[bytes, ...] = (
    b"",
    b"[]",
    b"null",
    b"7",
    b'"text"',
    b"{",
    b"\xff\xfe\x00",
    b"[" * 200_000,
    b'{"a":' * 100_000,
    b"1" * 5_000,
    b'{"format": "sweep change 1"}',
    b'{"format": "sweep change 1", "moves": []}',
    b'{"format": "sweep change 1", "moves": {"0/p": 1}}',
    b'{"format": "sweep change 1", "moves": {"0/p": null}}',
    b'{"format": "sweep change 1", "moves": {"0/p": ["x"]}}',
    b'{"format": "sweep change 1", "moves": {}, "more": 1}',
    b'{"format": "sweep change 2", "moves": {}}',
    b'{"format": 1, "moves": {}}',
    b'{"0/p": "inside"}',
)
_TARGETS = (
    "",
    ".",
    "..",
    "/",
    "a//b",
    "a/./b",
    "a/",
    "/etc/passwd",
    ".sweep/lock",
    "a/.SWEEP/x",
    "a\0b",
    "\ud800",
    _LONG,
)
_SOURCES = (
    "",
    "0",
    "0/",
    "/0/p",
    "0/../p",
    "../../victim",
    "0/a/b",
    "x/p",
    "-1/p",
    "0/.",
    "0/..",
    "٣/p",
    f"0/{_LONG}",
    "0/\0",
)


def snapshot(folder: Path) -> Mapping[str, tuple[object, ...]]:
    """Return kind, size, time, account and content of each entry of a folder, by path."""
    found = {}
    for path in (folder, *sorted(folder.rglob("*"))):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        kept = (status.st_mode, status.st_uid, status.st_mtime_ns, path.readlink() if path.is_symlink() else content)
        found[str(path.relative_to(folder))] = kept
    return found


def make_outside(folder: Path) -> Path:
    """Create a folder that is an argument of no command, with files and folders that must stay."""
    (folder / "project").mkdir(parents=True)
    for name in ("victim", "secret", "lock", "project/file"):
        (folder / name).write_text(name, encoding="utf-8")
    return folder


def plant(place: Path, outside: Path, rng: random.Random) -> str:
    """
    Put a hostile or malformed `.sweep` into a folder.

    Parameters
    ----------
    place
        An empty folder.
    outside
        What `make_outside` made; the journals aim at it.

    Returns
    -------
    str
        The kind, with what was drawn for it.
    """
    kind = rng.choice(sorted(KINDS))
    return f"{kind} {KINDS[kind](place, outside, rng)}"


def stage_in(place: Path, rng: random.Random, content: object = None) -> Path:
    """Create a stage with one staged file, and with the journal if its content is given."""
    stage = place / ".sweep" / f"ready-{rng.randrange(10**6)}"
    (stage / "0").mkdir(parents=True)
    (stage / "0" / "p").write_text("planted", encoding="utf-8")
    if content is not None:
        write_journal(stage, content)
    return stage


def write_journal(stage: Path, content: object) -> None:
    """Write bytes unchanged, or moves as a journal."""
    raw = content if isinstance(content, bytes) else json.dumps({"format": FORMAT, "moves": content}).encode()
    (stage / "journal.json").write_bytes(raw)


def _target(place: Path, outside: Path, rng: random.Random) -> str:
    up = "../" * rng.randrange(1, 8)
    there = rng.choice(
        [
            str(outside / "victim"),
            str(outside / "new"),
            f"{up}{outside.name}/victim",
            f"a/../{up}new",
            f"//{outside}/new",
            *_TARGETS,
        ]
    )
    stage_in(place, rng, {"0/p": there})
    return repr(there)[:60]


def _source(place: Path, outside: Path, rng: random.Random) -> str:
    from_ = rng.choice([str(outside / "secret"), f"0/../../../../{outside.name}/secret", "../../x", *_SOURCES])
    stage_in(place, rng, {from_: "stolen"})
    return repr(from_)[:60]


def _malformed(place: Path, _: Path, rng: random.Random) -> str:
    raw = rng.choice(_MALFORMED)
    if raw and rng.random() < 0.3:
        at = rng.randrange(min(len(raw), 200))
        raw = raw[:at] + rng.randbytes(3) + raw[at + 1 :]
    stage_in(place, rng, raw)
    return repr(raw[:40])


def _large(place: Path, _: Path, rng: random.Random) -> str:
    with (stage_in(place, rng) / "journal.json").open("wb") as file:
        file.truncate(rng.choice([4_000_001, 10_000_000, 2**40]))
    return ""


def _odd_journal(place: Path, outside: Path, rng: random.Random) -> str:
    return _odd(stage_in(place, rng) / "journal.json", outside, rng)


def _odd(path: Path, outside: Path, rng: random.Random) -> str:
    """Create an entry of an unusual kind in place of a file or folder."""
    kind = rng.choice(["to a file", "to a folder", "to nothing", "to zeros", "pipe", "folder", "device", "to itself"])
    ends = {"to a file": "victim", "to a folder": "project", "to nothing": "new"}
    if kind in ends:
        path.symlink_to(outside / ends[kind])
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "to itself":
        path.symlink_to(path)
    else:
        with contextlib.suppress(PermissionError):
            if kind == "device":
                os.mknod(path, 0o20666, os.makedev(1, 5))
        if not os.path.lexists(path):
            path.symlink_to("/dev/zero")
    return kind


def _odd_hidden(place: Path, outside: Path, rng: random.Random) -> str:
    (outside / "project" / "new-project").mkdir(exist_ok=True)
    (outside / "project" / "ready-x" / "0").mkdir(parents=True, exist_ok=True)
    return _odd(place / ".sweep", outside, rng)


def _odd_stage(place: Path, outside: Path, rng: random.Random) -> str:
    (place / ".sweep").mkdir()
    name = rng.choice(["ready-x", "new-x"])
    return name + " " + _odd(place / ".sweep" / name, outside, rng)


def _odd_lock(place: Path, outside: Path, rng: random.Random) -> str:
    stage_in(place, rng, {"0/p": "inside"})
    return _odd(place / ".sweep" / "lock", outside, rng)


def _odd_room(place: Path, outside: Path, rng: random.Random) -> str:
    stage = stage_in(place, rng, {"0/p": "inside", rng.choice(["1/victim", "1/file"]): "stolen"})
    return _odd(stage / "1", outside, rng)


def _odd_source(place: Path, outside: Path, rng: random.Random) -> str:
    stage = stage_in(place, rng, {"0/p": "inside", "0/q": "stolen"})
    return _odd(stage / "0" / "q", outside, rng)


def _odd_target(place: Path, outside: Path, rng: random.Random) -> str:
    stage_in(place, rng, {"0/p": rng.choice(["a", "a/file", "a/b/new"])})
    return _odd(place / "a", outside, rng)


def _foreign(place: Path, _: Path, rng: random.Random) -> str:
    stage = stage_in(place, rng, {"0/p": "inside"})
    path = rng.choice([stage, stage / "journal.json", stage / "0", stage / "0" / "p"])
    with contextlib.suppress(PermissionError):
        os.chown(path, 12_345, 12_345)
    return path.name


def _sound(place: Path, _: Path, rng: random.Random) -> str:
    stage_in(place, rng, {"0/p": rng.choice(["inside", "a/b/inside"])})
    return ""


KINDS: Mapping[str, Callable[[Path, Path, random.Random], str]] = {
    "target": _target,
    "source": _source,
    "malformed": _malformed,
    "large": _large,
    "odd journal": _odd_journal,
    "odd .sweep": _odd_hidden,
    "odd stage": _odd_stage,
    "odd lock": _odd_lock,
    "odd room": _odd_room,
    "odd source": _odd_source,
    "odd target": _odd_target,
    "foreign": _foreign,
    "sound": _sound,
}


@contextlib.contextmanager
def exchanging(path: Path, outside: Path) -> Iterator[None]:
    """Replace an entry of a folder with a link to an outside folder and back, repeatedly until the end."""
    is_over, kept, link = threading.Event(), path.with_name("kept"), path.with_name("link")
    link.symlink_to(outside)

    def exchange() -> None:
        while not is_over.is_set():
            with contextlib.suppress(OSError):
                path.rename(kept)
                link.rename(path)
                path.rename(link)
                kept.rename(path)

    thread = threading.Thread(target=exchange)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
