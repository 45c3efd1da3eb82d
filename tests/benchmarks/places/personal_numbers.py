"""
Personal numbers in many spellings, from a table to the handouts, and harmless numbers that must stay.

`uv run python -m tests.benchmarks.places.personal_numbers [n seed [table.csv ...]]`.
`n` spellings of mobile and identity numbers (10,000) are read as names and addresses of buildings and firms, and
handouts of every class are made of them: `left` counts the numbers that a file still holds, by a search of its own. The
same names go into handouts as they were, and `unseen` counts the editions that the leak search lets pass. `removed`
counts harmless numbers that reading has taken out. Each further table is read as text; each number in it is printed.
"""

from __future__ import annotations

import html
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pandas as pd

from geodata.message_catalogue import load_texts
from geodata.personal.personal_numbers import find_personal_numbers
from geodata.read.read_table import read_table
from sweep.publish.edition import Edition
from sweep.publish.handouts.find_secrets import find_numbers, texts_of
from sweep.publish.handouts.handout_contents import handout_files
from tests.benchmarks.machine import print_machine, tell
from tests.geodata.spellings import harmless, plain, spelling
from tests.publish.small_edition import small_edition

CLASSES = ("market_regulation", "property", "public")
TEXTS = load_texts("zh_CN")
# One name holds as many numbers, with a word between them.
IN_A_NAME = 10


def main() -> None:
    n, seed = map(int, (sys.argv[1:3] or ("10000", "1")))
    print_machine()
    chance = Random(seed)
    with tempfile.TemporaryDirectory() as name:
        spellings(chance, n, Path(name))
        texts = [harmless(chance) for _ in range(n)]
        read, seconds = cells(texts, Path(name))
        removed = [text for text, kept in zip(texts, read, strict=True) if kept != text]
        tell(harmless=n, removed=len(removed), percent=100 * len(removed) / n, seconds=seconds)
        print("\n".join(sorted(removed)))
    for path in sys.argv[3:]:
        real(Path(path))


def spellings(chance: Random, n: int, folder: Path) -> None:
    """Print how many of `n` spelled numbers are left in handouts."""
    made = [spelling(chance) for _ in range(n)]
    numbers = frozenset(number.removesuffix("X") for number, _ in made)
    names = ["楼".join(text for _, text in made[k : k + IN_A_NAME]) for k in range(0, n, IN_A_NAME)]
    read, seconds = cells(names, folder)
    left = sum(len(held(files, numbers)) for files in handouts(read))
    as_given = list(handouts(names))
    shown = {number for files in as_given for number in held(files, numbers)}
    unseen = sum(bool(held(files, numbers)) and not find_numbers(files) for files in as_given)
    tell(spellings=n, left=left, shown_unread=len(shown), editions=len(as_given), unseen=unseen, seconds=seconds)


def cells(texts: Sequence[str], folder: Path) -> tuple[list[str], float]:
    """Texts as a table of leads gives them, and the seconds of the processor for reading it."""
    path = folder / "leads.csv"
    rows = {"lead_id": range(len(texts)), "lead_type": "tip", "lead_source": "reported", "received_at": "2026-09-01"}
    pd.DataFrame({**rows, "address": texts}).to_csv(path, index=False)
    start = time.process_time()
    frame = read_table(path, "leads").frame
    return frame["address"].fillna("").tolist(), time.process_time() - start


def handouts(names: Sequence[str]) -> Iterator[dict[str, bytes]]:
    """Handouts of all classes, of editions whose buildings and firms have these names and addresses."""
    rest = iter(names)
    for first in rest:
        edition = named(small_edition(), first, rest)
        made = {c: handout_files(edition, c, TEXTS, None) for c in CLASSES}
        yield {f"{c}/{name}": content for c, files in made.items() for name, content in files.items()}


def named(edition: Edition, first: str, rest: Iterator[str]) -> Edition:
    """The edition with the names given to its buildings and firms."""
    b1 = replace(edition.buildings["B1"], name=first, address=next(rest, ""))
    b2 = replace(edition.buildings["B2"], name=next(rest, ""), address=next(rest, ""))
    firms = {u: replace(f, name=next(rest, "")) for u, f in edition.firms.items()}
    return replace(edition, buildings={**edition.buildings, "B1": b1, "B2": b2}, firms=firms)


def held(files: dict[str, bytes], numbers: frozenset[str]) -> set[str]:
    """Numbers that the files hold, whatever separates their digits."""
    text = plain(html.unescape("\n".join(t for content in files.values() for t in texts_of(content))))
    runs = re.findall("[0-9]{11,}", text)
    return {run[i : i + n] for run in runs for n in (11, 15, 17, 18) for i in range(len(run) - n + 1)} & numbers


def real(path: Path) -> None:
    """Print each number that is found in a table's texts."""
    tables = {"": pd.read_csv(path, dtype="str")} if ".csv" in path.name else pd.read_excel(path, None, dtype="str")
    for table in tables.values():
        texts = [text for column in table for text in table[column].dropna().unique()]
        found = [text for text in texts if find_personal_numbers(text)]
        tell(table=path.name, rows=len(table), texts=len(texts), found=len(found))
        print("\n".join(found[:20]))


if __name__ == "__main__":
    main()
