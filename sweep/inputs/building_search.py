"""Search for a typed building by its id, its name or a part of it; rows of the planners' own tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

import pandas as pd

from geodata.errors import Issue, some


@dataclass(frozen=True, slots=True)
class Found:
    """Result of a search for one building."""

    building_id: str | None
    """None if nothing, or more than one, answers to what was typed."""
    nearest: tuple[str, ...]
    """Ids of the buildings to offer instead, the likeliest first; empty where one was found."""


@dataclass(frozen=True, slots=True)
class Known:
    """The buildings that a planner's own rows may name."""

    names: Mapping[str, str]
    """Name by id of those that are planned."""
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    """Name by id of those that the tables show in districts that are not planned."""
    is_part: bool = False
    """Whether there may be others that the tables do not show."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search for the buildings that a planner's own rows name, and what has come out beside them."""

    known: Known
    code: str
    """Code of the fault that a building is not known, with `got` and `nearest`."""
    issues: list[Issue] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    """Typed names of buildings that no table shows and that may exist."""

    def building(self, where: str, typed: str) -> str | None:
        """Id of a building that is planned; None for one elsewhere, whose row is another plan's, or for an error."""
        own, names, elsewhere = typed.strip(), self.known.names, self.known.elsewhere
        if own and own not in names and (elsewhere or self.known.is_part):
            answers = _answers(own, {**elsewhere, **names})
            if len(answers) == 1 and answers[0] in elsewhere:
                return None
            if self.known.is_part and names.keys().isdisjoint(answers):
                self.unseen.append(own)
                return None
        found = find_building(typed, names)
        if found.building_id is None:
            self.issues.append(Issue(self.code, where, {"got": typed, "nearest": offered(found, names)}))
        return found.building_id


def find_building(typed: str, names: Mapping[str, str]) -> Found:
    """The building of an id, a name, or a part of one name alone; capitals and outer blanks say nothing."""
    answers = _answers(typed.strip(), names)
    if len(answers) == 1:
        return Found(answers[0], ())
    wanted = typed.strip().casefold()
    likeness = {
        b: max(SequenceMatcher(None, wanted, text.casefold()).ratio() for text in (b, names[b].strip()))
        for b in answers or names
    }
    return Found(None, tuple(sorted(likeness, key=lambda b: (-likeness[b], b))[:3]))


def _answers(typed: str, names: Mapping[str, str]) -> list[str]:
    """Ids of all buildings that answer to what was typed: by their id, else by their name, else by a part of that."""
    if typed in names:
        return [typed]
    wanted = typed.casefold()
    plain = {b: name.strip().casefold() for b, name in names.items()}
    by_id = [b for b in plain if b.casefold() == wanted]
    by_name = [b for b, name in plain.items() if name == wanted]
    return by_id or by_name or [b for b, name in plain.items() if wanted and wanted in name]


def offered(found: Found, names: Mapping[str, str]) -> tuple[str, ...]:
    """The buildings to offer, each as its id and name."""
    return tuple(b if names[b] == b else f"{b} {names[b]}" for b in found.nearest)


def unseen_notes(unseen: Mapping[str, Sequence[str]]) -> tuple[Issue, ...]:
    """One warning (S656) for what stands in one place and names what the tables, shown in part, do not have."""
    return tuple(
        Issue("S656", where, {"n": len(names), "names": some(names, 5)}) for where, names in unseen.items() if names
    )


def typed_rows(
    table: pd.DataFrame, rows: pd.DataFrame | None, columns: Sequence[str]
) -> Iterator[tuple[str, dict[str, str]]]:
    """
    Where each row of a planner's table stands, for messages, and its cells, empty ones as "".

    Parameters
    ----------
    rows
        `file` and `row` of each; None where there is no file.
    """
    if rows is None:
        return
    for record, file, number in zip(table.to_dict("records"), rows["file"], rows["row"], strict=True):
        yield f"{file} row {number}", {k: "" if pd.isna(record[k]) else str(record[k]) for k in columns}
