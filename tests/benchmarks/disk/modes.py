"""
Every command under a strict umask: no file or folder that it leaves may be read by others than the umask allows.

    uv run python -m tests.benchmarks.disk.modes [--umask 077 027]

Whatever lies where a command writes is looked at: the scenario, the editions, the log, the cache, the folder for
temporary files.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
import typer.main
from typer.testing import CliRunner

from sweep.cli.main import app
from tests.benchmarks.disk.places import used_place, work_folder
from tests.used import WRITING, first_edition

# Commands that write nothing of their own, and the one that leaves little to look at: after all that write.
_LAST = {
    "validate": lambda p: ("validate", p / "plain"),
    "check": lambda p: ("check", p / "plain", first_edition(p)),
    "explain": lambda p: ("explain", p / "plain", first_edition(p), "--iterations", 5),
    "rules": lambda p: ("rules",),
    "audit": lambda p: ("audit", "--out", p / "out"),
    "audit --show": lambda p: ("audit", "tiny", "--show", "--out", p / "out"),
    "purge": WRITING["purge"],
}
# Their commands need a server.
_SERVERS = ("serve", "store")


def main() -> int:
    """Run all commands under each umask, and print what they left; the exit code is 1 if anything was found."""
    parser = argparse.ArgumentParser(description="Look for files that the umask should have kept from others.")
    parser.add_argument("--umask", nargs="*", default=["077", "027"])
    called = {name.partition(" --")[0] for name in (*WRITING, *_LAST)}
    names = {name for name in _commands(typer.main.get_command(app)) if name.split()[0] not in _SERVERS}
    if missing := names - called:
        parser.error(f"not called: {', '.join(sorted(missing))}")
    return 1 if sum([_n_open(int(text, 8)) for text in parser.parse_args().umask]) else 0


def _commands(group: click.Command, above: str = "") -> Iterator[str]:
    """The names of all commands, as they are typed."""
    for name, command in getattr(group, "commands", {}).items():
        below = list(_commands(command, f"{above}{name} "))
        yield from below or [above + name]


def _n_open(umask: int) -> int:
    """How many files and folders the commands have left more open than the umask says; faults count too."""
    before = tempfile.gettempdir()
    os.umask(umask)
    work = work_folder()
    (work / "tmp").mkdir()
    tempfile.tempdir = os.environ["TMPDIR"] = str(work / "tmp")
    place = used_place(work)
    n_bad = _tally(umask, ", ".join(n for n in WRITING if n != "purge"), 0, work)
    for name, make in _LAST.items():
        result = CliRunner().invoke(app, [str(a) for a in make(place)])
        n_bad += _tally(umask, name, result.exit_code, work)
    tempfile.tempdir = os.environ["TMPDIR"] = before
    shutil.rmtree(work)
    return n_bad


def _tally(umask: int, name: str, exit_code: int, work: Path) -> int:
    paths = [p for p in work.rglob("*") if not p.is_symlink()]
    bad = [p for p in paths if p.stat().st_mode & umask]
    print(f"umask {umask:03o}, {name}: exit {exit_code}, {len(paths)} files and folders, {len(bad)} too open")
    print("".join(f"  {p.stat().st_mode & 0o777:03o} {p.relative_to(work)}\n" for p in bad), end="", flush=True)
    return len(bad) + (exit_code != 0)


if __name__ == "__main__":
    sys.exit(main())
