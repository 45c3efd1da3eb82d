"""
Every way to tamper with what is on record, and which command finds it.

    uv run python -m tests.benchmarks.audit.tampering [--out FILE]

A small made-up city is planned, approved and given out once; then tests/tampering/ways.py does one thing after another
to a copy of it: to each line of the log, its head, the approval, the manifest, each page and table, and the handout.
Asks `audit verify`, `check` of the edition and of the handout, and `release`, in this order. Prints a table: how many
ways, found by which. Exits 1 if one is found by none, or the copy that nothing was done to is.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from typer.testing import CliRunner

from sweep.cli.main import app
from tests.benchmarks.machine import print_machine
from tests.cli.conftest import CITY, HEAD, PEOPLE, TAIL
from tests.tampering.place import Place, found_by, made, ways_of
from tests.tampering.ways import all_ways


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="the table, and each way with what found it")
    arguments = parser.parse_args()
    print_machine()
    with tempfile.TemporaryDirectory() as folder:
        place = _planned(Path(folder))
        found: dict[str, str | None] = {}
        start = time.monotonic()
        untouched = place.copied(Path(folder) / "copy")
        sound = found_by(untouched, _sweep)
        untouched.removed()
        for name, tamper in all_ways(*ways_of(place)).items():
            copy = place.copied(Path(folder) / "copy")
            tamper(copy)
            found[name] = found_by(copy, _sweep)
            copy.removed()
            print(f"{time.monotonic() - start:.0f} s {name}: {found[name]}", file=sys.stderr, flush=True)
    table = _table(found, sound)
    print(table)
    if arguments.out:
        each = "\n".join(f"{name}: {by}" for name, by in found.items())
        arguments.out.write_text(f"{table}\n\n{each}\n", encoding="utf-8")
    sys.exit(1 if sound is not None or None in found.values() else 0)


def _sweep(*arguments: object) -> object:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def _planned(folder: Path) -> Place:
    scenario, out = folder / "tiny", folder / "out"
    scenario.mkdir()
    city = "".join(f"{k} = {v}\n" for k, v in (CITY | PEOPLE).items())
    (scenario / "city.toml").write_text(city, encoding="utf-8")
    (scenario / "scenario.toml").write_text(f"{HEAD}{TAIL}", encoding="utf-8")
    _sweep("run", scenario, "--out", out)
    (edition,) = (out / "tiny").iterdir()
    return made(scenario, out, edition.name, _sweep)


def _table(found: dict[str, str | None], sound: str | None) -> str:
    lost = [name for name, by in found.items() if by is None]
    lines = [
        f"{len(found)} ways, {len(found) - len(lost)} found; untouched: {sound or 'sound'}",
        *(f"not found: {name}" for name in lost),
        "",
        "| found first by | ways |",
        "|---|---|",
        *(f"| {by} | {n} |" for by, n in Counter(str(by) for by in found.values()).most_common()),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
