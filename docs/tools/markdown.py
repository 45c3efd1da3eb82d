"""Markdown that is made: tables, and blocks between marks in pages that people write."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LANGUAGE_FOLDERS = {"en": DOCS, "zh_CN": DOCS / "zh"}


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; bars in cells are escaped."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '\\|') for cell in line)} |" for line in lines)


def code(text: str) -> str:
    """Text as code."""
    return f"`{text}`"


def with_block(page: str, name: str, content: str) -> str:
    """
    A page with the content of one of its blocks replaced.

    Raises
    ------
    ValueError
        If the page has not exactly one block of that name.
    """
    start, end = f"<!-- made: {name} -->", f"<!-- end: {name} -->"
    if page.count(start) != 1 or page.count(end) != 1:
        raise ValueError(f"the page must hold one block {name!r}, from {start} to {end}")
    block = f"{start}\n\n{content.strip()}\n\n{end}"
    return re.sub(re.escape(start) + ".*?" + re.escape(end), lambda _: block, page, flags=re.DOTALL)
