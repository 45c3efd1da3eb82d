"""What the sheets have in common: heads by key, and one row a stop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from geodata.clock import nearest_minute
from geodata.texts import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.teams import StopFacts, TeamFacts, team_facts
from sweep.publish.workbook.workbook import Column, Kind

_USUAL: Mapping[str, tuple[Kind, float]] = {
    "team": ("text", 7),
    "number": ("whole", 6),
    "building": ("text", 28),
    "floors": ("text", 10),
    "track": ("text", 18),
    "partners": ("text", 9),
    "start": ("clock", 8),
}
"""Kind and width of the columns that most sheets have."""


def firm_line(edition: Edition, uscc: str) -> str:
    """A target firm: name, code, floor and unit; the code alone if nothing is known of it."""
    firm = edition.firms.get(uscc)
    return " ".join(part for part in (firm.name, uscc, firm.floor_label, firm.unit) if part) if firm else uscc


def day_share(seconds: int) -> float:
    """A time of the day as a spreadsheet counts it; on the whole minute, for a spreadsheet cuts seconds off."""
    return nearest_minute(seconds) / 1_440


def floors_of(s: StopFacts) -> str:
    """First and last floor that a team calls at."""
    first, last = s.floors
    return f"{first} – {last}" if last > first else str(first)


def stops_of(edition: Edition) -> Iterator[tuple[TeamFacts, StopFacts]]:
    """Every stop with its team, in the order of the teams and their routes."""
    for team in team_facts(edition):
        for stop in team.stops:
            yield team, stop


def columns_of(texts: Texts, *columns: str | tuple[str, Kind, float]) -> tuple[Column, ...]:
    """
    Columns with the catalogue's heads `sheet.col.<key>`.

    Parameters
    ----------
    columns
        Key, kind and width; of a column that most sheets have, the key alone.
    """
    whole = ((one, *_USUAL[one]) if isinstance(one, str) else one for one in columns)
    return tuple(Column(texts(f"sheet.col.{key}"), kind, width) for key, kind, width in whole)
