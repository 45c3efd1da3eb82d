"""Search for a building by typed id, name or part of a name, also for rows of the planners' own tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

import pandas as pd

from geodata.errors import InputError, Issue, first_items


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Building that matches a typed text, or the most similar buildings if none or several match."""

    building_id: str | None
    """Id of the building found; None for no match or several."""
    nearest: tuple[str, ...]
    """Ids of the most similar buildings, best first; empty after a match."""


@dataclass(frozen=True, slots=True)
class KnownBuildings:
    """Buildings that rows of the planners' own tables (pins, assignments) may name by id or name."""

    names: Mapping[str, str]
    """Names of the planned buildings, by building id."""
    unplanned: Mapping[str, str] = field(default_factory=dict)
    """Names of buildings in districts that are not planned, by building id."""
    is_part: bool = False
    """Whether buildings exist that the tables do not contain."""


@dataclass(frozen=True, slots=True)
class Search:
    """Search for buildings that rows of planners' tables name; collects errors and unknown names."""

    known: KnownBuildings
    """Buildings that are searched."""
    code: str
    """Code of the error for an unknown building; the error's values are `got` and `nearest`."""
    issues: list[Issue] = field(default_factory=list)
    """Errors found so far."""
    unseen: list[str] = field(default_factory=list)
    """Typed names of buildings that no table contains, but that may exist."""

    def building(self, where: str, typed: str) -> str | None:
        """
        Return the id of a planned building that a row names; None: the row is skipped.

        For a name that no building has, an error is added to `issues` or, if the tables hold planned districts only,
        the name to `unseen`. A building in another district adds nothing. `where`: place of the row in errors; `typed`:
        id or name.
        """
        own, names, unplanned = typed.strip(), self.known.names, self.known.unplanned
        if own and own not in names and (unplanned or self.known.is_part):
            matches = _matches(own, {**unplanned, **names})
            if len(matches) == 1 and matches[0] in unplanned:
                return None
            if self.known.is_part and names.keys().isdisjoint(matches):
                self.unseen.append(own)
                return None
        found = find_building(typed, names)
        if found.building_id is None:
            self.issues.append(Issue(self.code, where, {"got": typed, "nearest": suggestions(found, names)}))
        return found.building_id


def find_building(typed: str, names: Mapping[str, str]) -> SearchResult:
    """
    Return the building of a typed id, name or unambiguous part of a name, else the most similar ones.

    `names`: names of the buildings to search, by building id.
    """
    matches = _matches(typed.strip(), names)
    if len(matches) == 1:
        return SearchResult(matches[0], ())
    wanted = typed.strip().casefold()
    similarity = {
        b: max(SequenceMatcher(None, wanted, text.casefold()).ratio() for text in (b, names[b].strip()))
        for b in matches or names
    }
    return SearchResult(None, tuple(sorted(similarity, key=lambda b: (-similarity[b], b))[:3]))


def building_id_of(typed: str, names: Mapping[str, str]) -> str:
    """Return the id of a typed building, given the names by id; InputError S306 with similar ones if it is unknown."""
    found = find_building(typed, names)
    if found.building_id is None:
        raise InputError([Issue("S306", typed, {"n": len(names), "nearest": suggestions(found, names)})])
    return found.building_id


def _matches(typed: str, names: Mapping[str, str]) -> list[str]:
    if typed in names:
        return [typed]
    wanted = typed.casefold()
    plain = {b: name.strip().casefold() for b, name in names.items()}
    by_id = [b for b in plain if b.casefold() == wanted]
    by_name = [b for b, name in plain.items() if name == wanted]
    return by_id or by_name or [b for b, name in plain.items() if wanted and wanted in name]


def suggestions(found: SearchResult, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the most similar buildings of a search, each as text of id and name; `names`: names by building id."""
    return tuple(b if names[b] == b else f"{b} {names[b]}" for b in found.nearest)


def unseen_notes(unseen: Mapping[str, Sequence[str]]) -> tuple[Issue, ...]:
    """Return a warning (S656) for each setting or table (key) with names (value) that the planned districts lack."""
    return tuple(
        Issue("S656", where, {"n": len(names), "names": first_items(names)}) for where, names in unseen.items() if names
    )


def typed_rows(
    table: pd.DataFrame, rows: pd.DataFrame | None, columns: Sequence[str]
) -> Iterator[tuple[str, dict[str, str]]]:
    """
    Yield the location of each row of a planner's table, for messages, and its cells by column, empty ones as "".

    Parameters
    ----------
    rows
        File and row number of each row of `table`; None without a file, which yields nothing.
    columns
        Columns whose cells are yielded.
    """
    if rows is None:
        return
    for record, file, number in zip(table.to_dict("records"), rows["file"], rows["row"], strict=True):
        yield f"{file} row {number}", {k: "" if pd.isna(record[k]) else str(record[k]) for k in columns}
