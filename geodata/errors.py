"""Issues (errors and warnings) about a user's files, and the exception that carries them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from geodata.division_codes import division_name

if TYPE_CHECKING:
    from geodata.message_catalogue import Texts

Value = str | int | float
# Values in the sentences of an issue; tuples are joined in the style of the reader's language.
MessageValue = Value | tuple[Value, ...]

_IN_ROW = re.compile(r"(.*) row (\d+)")
_SHOWN_ROWS = 8
# Placeholder in a line of scenario.toml for a value that the user must choose; the program rejects it.
TO_CHOOSE = "?"


def first_items(items: Sequence[str], most: int = 5) -> tuple[str, ...]:
    """Return the first `most` items for a sentence, followed by the item `…` if there are more."""
    return (*items[:most], *(["…"] if len(items) > most else []))


class Code(StrEnum):
    """Codes of issues that callers compare; all other codes occur as text where the issue is raised."""

    LIKELY_COLUMN = "G119"
    NO_OFFICE = "G124"
    NO_ROW = "G127"
    RULE_COLUMN_MISSING = "G132"
    LIKELY_RECUSALS = "G135"
    DATE_IN_FUTURE = "G212"
    ROWS_LOST = "G228"
    OUTCOME_LOST = "G229"
    ROWS_UNMATCHED = "G313"
    OUTCOME_LOST_BY_OTHERS = "G330"
    WINDOWS_OUTSIDE_SHIFTS = "S523"
    MUST_WITHOUT_BASIS = "S644"
    FIRMS_AT_LIMIT = "S670"
    FAR_FROM_STREETS = "S676"
    UNRECORDED = "S817"
    PROMISE_BEYOND_CAPACITY = "S914"
    DATABASE_MISSING = "S928"
    STORE_LOST = "S933"
    STORE_UNREACHABLE = "S938"
    DISK_FULL = "S973"


@dataclass(frozen=True, slots=True)
class Issue:
    """
    One error or warning about a user's file.

    The sentences are in the message catalogue, under `issue.<code>.what` and `issue.<code>.fix`, in the planner's
    language; `values` fills their placeholders.
    """

    code: str
    """Code of the message: G1xx files and columns, G2xx rows, G3xx places, S1xx scenario, S2xx roster and rules."""
    where: str
    """File and row (1-based, the header is row 1), or the scenario key."""
    values: Mapping[str, MessageValue] = field(default_factory=lambda: MappingProxyType({}))
    """Values of placeholders in the sentences, by placeholder; those of `district` and `within` are division codes."""

    def on_terminal(self) -> Issue:
        """Return the issue with its redacted values restored, for the planner's own terminal only."""
        return replace(self, values=self.values.private) if isinstance(self.values, Redacted) else self

    def place(self, texts: Texts, rows: Sequence[int] = ()) -> str:
        """Return file and row, or the scenario key, in the reader's language; `rows` replaces the issue's own row."""
        in_row = _IN_ROW.fullmatch(self.where)
        if in_row is None:
            return self.where
        shown = first_items([str(row) for row in rows or (in_row[2],)], _SHOWN_ROWS)
        return texts("row.places" if len(rows) > 1 else "row.place", file=in_row[1], rows=shown, n=len(rows))

    def what(self, texts: Texts) -> str:
        """Return the sentence that states the problem, in the reader's language."""
        return texts(f"issue.{self.code}.what", **self._worded(texts))

    def fix(self, texts: Texts) -> str:
        """Return the sentence that states the fix, in the reader's language."""
        return texts(f"issue.{self.code}.fix", **self._worded(texts))

    def _worded(self, texts: Texts) -> dict[str, MessageValue]:
        named = {key: _word(key, value, texts) for key, value in self.values.items()}
        if "nearest" in named and (clause := f"issue.{self.code}.nearest") in texts:
            # Without a nearest word, its clause is empty.
            named["nearest"] = texts(clause, nearest=named["nearest"]) if named["nearest"] else ""
        return named


class Redacted(dict[str, MessageValue]):
    """Values of an issue without a lead's text, as files may show them; `private`: all values, for the planner only."""

    def __init__(self, shown: Mapping[str, MessageValue], private: Mapping[str, MessageValue]) -> None:
        super().__init__(shown)
        self.private = private


# Values that are schema words, and the catalogue prefix of their translation.
_KINDS = {
    "agency": "agency",
    "skill": "skill",
    "state": "unit_state",
    "tables": "input",
    "track": "track",
    "unfit": "unfit",
}


def _word(key: str, value: MessageValue, texts: Texts) -> MessageValue:
    """Return a value of a message as text for people: a code of a division, authority or skill becomes its name."""
    if key in ("district", "within"):
        return division_name(str(value), texts)
    if key == "first_row":
        row, file = value if isinstance(value, (tuple, list)) else (value, "")
        return texts("row.of_file", row=row, file=file) if file else texts("row.own", row=row)
    if key == "by_district" and isinstance(value, tuple):
        return tuple(f"{division_name(code, texts)} {n}" for code, n in (str(each).split() for each in value)) or ("0",)
    kind = _KINDS.get(key)
    if kind is None:
        return value
    words = [
        texts(f"{kind}.{v}") if f"{kind}.{v}" in texts else v for v in (value if isinstance(value, tuple) else (value,))
    ]
    return tuple(words) if isinstance(value, tuple) else words[0]


@dataclass(frozen=True, slots=True)
class IssueGroup:
    """Issues of one file with one cause: equal code, and equal column or word."""

    first: Issue
    """First issue of the group, which represents it."""
    rows: tuple[int, ...]
    """Rows of the issues in their file, ascending; empty for an issue without a row."""

    def place(self, texts: Texts) -> str:
        """Return the location for messages: the file, the first rows and the number of rows."""
        return self.first.place(texts, self.rows)


def grouped(issues: Iterable[Issue]) -> list[IssueGroup]:
    """
    Group issues by cause, so that one fix resolves a group; in the order of first occurrence.

    Parameters
    ----------
    issues
        Issues of rows share a cause if code, file and column are equal; issues of unknown words must have the same
        word too. Any other issue is grouped only with exact copies of itself.
    """
    groups: dict[tuple[object, ...], list[Issue]] = {}
    for issue in issues:
        in_row = _IN_ROW.fullmatch(issue.where)
        facts = (issue.values.get("column"), issue.values.get("line")) if in_row else (str(dict(issue.values)),)
        groups.setdefault((issue.code, in_row[1] if in_row else issue.where, *facts), []).append(issue)
    return [IssueGroup(same[0], tuple(sorted(_rows(same)))) for same in groups.values()]


def _rows(issues: Iterable[Issue]) -> set[int]:
    found = (_IN_ROW.fullmatch(issue.where) for issue in issues)
    return {int(match[2]) for match in found if match}


def toml_of(issues: Iterable[Issue]) -> str:
    """Return TOML text for scenario.toml: each issue's value `line`, if any, under its value `section` as header."""
    sections: dict[str, dict[str, None]] = {}
    for issue in issues:
        # A confidential word has no line.
        if " = " in str(issue.values.get("line")):
            sections.setdefault(str(issue.values["section"]), {})[str(issue.values["line"])] = None
    return "\n".join("\n".join([f"[{section}]", *lines]) for section, lines in sections.items())


def toml_line(word: str, category: str | Sequence[str]) -> str:
    """Return the line `word = category` of scenario.toml: a key and its value, which is a text or a list of files."""
    return f"{toml_key(word)} = {json.dumps(category, ensure_ascii=False)}"


def toml_key(word: str) -> str:
    """Return a word as a key of scenario.toml, quoted if necessary."""
    # TOML's basic strings have JSON's syntax.
    return word if re.fullmatch(r"[A-Za-z0-9_]+", word) else json.dumps(word, ensure_ascii=False)


class InputError(Exception):
    """Raised for unusable input files. `issues`: all errors found, one or more; `notes`: issues that help fix them."""

    def __init__(self, issues: Iterable[Issue], notes: Iterable[Issue] = ()) -> None:
        self.issues, self.notes = tuple(issues), tuple(notes)
        if not self.issues:
            raise ValueError("InputError needs at least one Issue")
        super().__init__("; ".join(f"{i.code} {i.where} {dict(i.values)}" for i in self.issues))

    def __str__(self) -> str:
        """Return one line in English for each cause, then for each note: code, places, what is wrong, and the fix."""
        from geodata.message_catalogue import load_texts

        texts = load_texts("en")
        try:
            groups = [*grouped(self.issues), *grouped(self.notes)]
            causes = ((g.first, g.place(texts)) for g in groups)
            return "\n".join(f"{i.code} {place}: {i.what(texts)} {i.fix(texts)}" for i, place in causes)
        except KeyError:  # an issue of a package whose catalogue is not there
            return str(self.args[0])
