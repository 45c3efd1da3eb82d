"""What planners type: a building by its id, its name or a part of it, and the rows of their own tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import pandas as pd

from geodata.raw import Column

MOST_OFFERED = 3


@dataclass(frozen=True, slots=True)
class Found:
    """What a search for one building gives."""

    building_id: str | None
    """None if nothing, or more than one, answers to what was typed."""
    nearest: tuple[str, ...]
    """Ids of the buildings to offer instead, the likeliest first; empty where one was found."""


def find_building(typed: str, names: Mapping[str, str]) -> Found:
    """
    The building of an id, a name, or a part of one name alone; capitals and outer blanks say nothing.

    Parameters
    ----------
    typed
        What somebody wrote.
    names
        Name by building id.
    """
    if typed.strip() in names:
        return Found(typed.strip(), ())
    wanted = typed.strip().casefold()
    plain = {b: (b.casefold(), name.strip().casefold()) for b, name in names.items()}
    by_id = [b for b, (own, _) in plain.items() if own == wanted]
    by_name = [b for b, (_, name) in plain.items() if name == wanted]
    by_part = [b for b, (_, name) in plain.items() if wanted and wanted in name]
    answers = by_id or by_name or by_part
    if len(answers) == 1:
        return Found(answers[0], ())
    likeness = {b: max(SequenceMatcher(None, wanted, text).ratio() for text in plain[b]) for b in answers or plain}
    return Found(None, tuple(sorted(likeness, key=lambda b: (-likeness[b], b))[:MOST_OFFERED]))


def offered(found: Found, names: Mapping[str, str]) -> tuple[str, ...]:
    """The buildings to offer, each as its id and name."""
    return tuple(b if names[b] == b else f"{b} {names[b]}" for b in found.nearest)


def typed_rows(
    table: pd.DataFrame, rows: tuple[str, Column] | None, columns: Sequence[str]
) -> Iterator[tuple[str, dict[str, str]]]:
    """
    Where each row of a planner's table stands, for messages, and its cells, empty ones as "".

    Parameters
    ----------
    table
        A clean table of texts.
    rows
        The file, and the row in it of each; None where there is no file.
    """
    if rows is None:
        return
    file, numbers = rows
    for record, number in zip(table.to_dict("records"), numbers, strict=True):
        yield f"{file} row {number}", {k: "" if pd.isna(record[k]) else str(record[k]) for k in columns}
