"""What the pages show: blocks of commands to copy, and commands that are only named in a line."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from tests.paths import ROOT

DOCS = ROOT / "docs"
# Made from the command line itself; `tests/docs/test_made.py` and the tests of the help hold them.
MADE = {DOCS / "commands.md", DOCS / "zh" / "commands.md"}
PAGES = sorted({*ROOT.glob("*.md"), *DOCS.glob("*.md"), *DOCS.glob("zh/*.md")} - MADE)
SHELLS = {"", "sh", "bash", "console", "shell", "text"}

_MARK = re.compile(r"<!-- needs data: (\S.*) -->")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_INDENTED = re.compile(r"(?<=\n\n)(?:    \S.*\n)+")
_INLINE = re.compile(r"(?<!\\)`((?:sweep|uv run) [^`\n]+)`")


@dataclass(frozen=True)
class Line:
    """A command that a page shows on a line of its own."""

    page: Path
    text: str
    needs: str | None
    """Why it cannot be run here: what the comment above its block says, `<!-- needs data: ... -->`."""

    @property
    def parts(self) -> list[list[str]]:
        """The words of each of the commands that `&&` joins, without `uv run`; comments are none."""
        words = shlex.split(self.text, comments=True)
        ends = [k for k, word in enumerate(words) if word == "&&"]
        parts = [words[a:b] for a, b in zip([0, *(k + 1 for k in ends)], [*ends, len(words)], strict=True)]
        return [part[2:] if part[:2] == ["uv", "run"] else part for part in parts]


def shown_lines(page: Path) -> list[Line]:
    """Every line of every block of commands; a block in another language is fenced and says which."""
    return lines_in(page.read_text(encoding="utf-8"), page)


def lines_in(text: str, page: Path) -> list[Line]:
    """The same for a text."""
    blocks = [(m.start(), m[2]) for m in _FENCE.finditer(text) if m[1] in SHELLS]
    rest = _FENCE.sub(lambda m: re.sub(r"[^\n]", "-", m[0]), text)
    blocks += [(m.start(), m[0]) for m in _INDENTED.finditer(rest)]
    lines = []
    for start, block in sorted(blocks):
        before = text[:start].rstrip().rpartition("\n")[2]
        mark = _MARK.fullmatch(before)
        lines += [Line(page, line.strip(), mark and mark[1]) for line in block.splitlines() if line.strip()]
    return lines


def named_commands(page: Path) -> list[str]:
    """Commands named inside a line, with placeholders or without."""
    return _INLINE.findall(page.read_text(encoding="utf-8"))
