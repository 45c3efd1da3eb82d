"""A building by what people call it: its id, its name, or a part of its name that no other has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

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
