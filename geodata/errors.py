"""Faults in a user's files: the record of one, and the error that carries all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from geodata.division_codes import division_name

if TYPE_CHECKING:
    from geodata.message_catalogue import Texts

Value = str | int | float
# What the sentence of a fault may name: several things are listed in the way of the reader's language.
Named = Value | tuple[Value, ...]

_IN_ROW = re.compile(r"(.*) row (\d+)")
_SHOWN_ROWS = 8
# Stands in a line of scenario.toml where somebody has yet to choose; the program takes it for nothing.
TO_CHOOSE = "?"


def some(items: Sequence[str], most: int) -> tuple[str, ...]:
    """The first `most` of several things for a sentence, and a sign where there are more."""
    return (*items[:most], *(["…"] if len(items) > most else []))


@dataclass(frozen=True, slots=True)
class Issue:
    """
    One fault, or one thing worth knowing, in a user's file.

    The sentences are not here but in the catalogue, under `issue.<code>.what` and `issue.<code>.fix`, so that a
    planner reads them in their own language; `values` fills their place-holders.
    """

    code: str
    """G1xx files and columns, G2xx rows, G3xx places, S1xx scenario, S2xx roster and rules."""
    where: str
    """File and row (1-based, the header is row 1), or the scenario key."""
    values: Mapping[str, Named] = field(default_factory=lambda: MappingProxyType({}))
    """What the sentences name: rows by number, or with their file; divisions by code, under `district` and `within`."""

    def on_terminal(self) -> Issue:
        """The issue with what only the planner's own terminal shows."""
        return replace(self, values=self.values.private) if isinstance(self.values, Redacted) else self

    def what(self, texts: Texts) -> str:
        """What is wrong, in the reader's language."""
        return texts(f"issue.{self.code}.what", **self._worded(texts))

    def fix(self, texts: Texts) -> str:
        """How to mend it, in the reader's language."""
        return texts(f"issue.{self.code}.fix", **self._worded(texts))

    def _worded(self, texts: Texts) -> dict[str, Named]:
        named = {key: _word(key, value, texts) for key, value in self.values.items()}
        if "nearest" in named and (clause := f"issue.{self.code}.nearest") in texts:
            # Where nothing is near the sentence says nothing of it.
            named["nearest"] = texts(clause, nearest=named["nearest"]) if named["nearest"] else ""
        return named


class Redacted(dict[str, Named]):
    """Values of an issue without what a lead says, for files; `private` are all, for the planner's own terminal."""

    def __init__(self, shown: Mapping[str, Named], private: Mapping[str, Named]) -> None:
        super().__init__(shown)
        self.private = private


# Values that are words of the schema, by the part of the catalogue that says them as people do.
_KINDS = {
    "agency": "agency",
    "skill": "skill",
    "state": "unit_state",
    "tables": "input",
    "track": "track",
    "unfit": "unfit",
}


def _word(key: str, value: Named, texts: Texts) -> Named:
    """A value as people name it: divisions, authorities and skills are not shown by their codes."""
    if key in ("district", "within"):
        return division_name(str(value), texts)
    if key == "first_row":
        row, file = value if isinstance(value, (tuple, list)) else (value, "")
        return texts("row.of_file", row=row, file=file) if file else texts("row.own", row=row)
    if key == "by_district" and isinstance(value, tuple):
        return tuple(f"{division_name(code, texts)} {n}" for code, n in (str(each).split() for each in value))
    kind = _KINDS.get(key)
    if kind is None:
        return value
    words = [
        texts(f"{kind}.{v}") if f"{kind}.{v}" in texts else v for v in (value if isinstance(value, tuple) else (value,))
    ]
    return tuple(words) if isinstance(value, tuple) else words[0]


@dataclass(frozen=True, slots=True)
class IssueGroup:
    """Issues of one cause: one code, and one column or word, in one file."""

    first: Issue
    rows: tuple[int, ...]
    """Their rows in the file, ascending; empty for an issue that names no row."""

    @property
    def where(self) -> str:
        """The place of one issue; the file, the first rows and the number of several."""
        if len(self.rows) < 2:
            return self.first.where
        file = _IN_ROW.fullmatch(self.first.where)
        shown = ", ".join(map(str, self.rows[:_SHOWN_ROWS])) + (", …" if len(self.rows) > _SHOWN_ROWS else "")
        return f"{file[1] if file else ''} row {shown} (n={len(self.rows)})"


def grouped(issues: Iterable[Issue]) -> list[IssueGroup]:
    """
    Issues by their cause, in the order of the first of each: what one mend in the file or the scenario mends at once.

    Parameters
    ----------
    issues
        Those of rows share a cause if code, file and column are one, and the word too if it is an unknown one. Any
        other is a group of its own, but for an exact repeat.
    """
    groups: dict[tuple[object, ...], list[Issue]] = {}
    for issue in issues:
        in_row = _IN_ROW.fullmatch(issue.where)
        facts = (issue.values.get("column"), issue.values.get("line")) if in_row else tuple(issue.values.items())
        groups.setdefault((issue.code, in_row[1] if in_row else issue.where, *facts), []).append(issue)
    return [IssueGroup(same[0], tuple(sorted(_rows(same)))) for same in groups.values()]


def _rows(issues: Iterable[Issue]) -> set[int]:
    found = (_IN_ROW.fullmatch(issue.where) for issue in issues)
    return {int(match[2]) for match in found if match}


def toml_of(issues: Iterable[Issue]) -> str:
    """The lines of scenario.toml that would fix issues with a `section` and a `line`, by section; may be empty."""
    sections: dict[str, dict[str, None]] = {}
    for issue in issues:
        # A word that must not leave its table has no line.
        if " = " in str(issue.values.get("line")):
            sections.setdefault(str(issue.values["section"]), {})[str(issue.values["line"])] = None
    return "\n".join("\n".join([f"[{section}]", *lines]) for section, lines in sections.items())


def toml_line(word: str, category: str | Sequence[str]) -> str:
    """The line of scenario.toml that gives a word its category, a column its header, or a table its files."""
    return f"{toml_key(word)} = {json.dumps(category, ensure_ascii=False)}"


def toml_key(word: str) -> str:
    """A word as a key of scenario.toml, quoted where it must be."""
    # TOML's basic strings are written as JSON's.
    return word if re.fullmatch(r"[A-Za-z0-9_]+", word) else json.dumps(word, ensure_ascii=False)


class InputError(Exception):
    """The user's files cannot be used: every fault found, at least one, and notes that help to fix them."""

    def __init__(self, issues: Iterable[Issue], notes: Iterable[Issue] = ()) -> None:
        self.issues, self.notes = tuple(issues), tuple(notes)
        if not self.issues:
            raise ValueError("InputError needs at least one Issue")
        super().__init__("; ".join(f"{i.code} {i.where} {dict(i.values)}" for i in self.issues))
