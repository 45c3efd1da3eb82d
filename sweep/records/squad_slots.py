"""Squads by agency that meet at each building: a joint team's slot as two, and what each squad must have."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sweep.records.people import POLICE, Team
from sweep.records.visits import Slot

POLICE_LETTER, OTHERS_LETTER = "P", "M"
# What stands behind the id of a team that goes as two squads.
SQUAD_LETTERS = (POLICE_LETTER, OTHERS_LETTER)


def id_of_team(n: int) -> str:
    """The id of a composed team by its number, from 0."""
    return f"T{n + 1:02d}"


def split_slots(slots: Iterable[Slot]) -> tuple[Slot, ...]:
    """
    Each slot that police and others fill together, as one for each.

    Police guard the exits and bring what skills are asked for; the officers drawn for a visit are the others' (C09).
    """
    halves: list[Slot] = []
    for slot in slots:
        needs = slot.min_certified
        others = {a: n for a, n in needs.items() if a != POLICE}
        if POLICE not in needs or not others:
            halves.append(replace(slot, slot=len(halves)))
            continue
        police = {POLICE: needs[POLICE]}
        halves.append(replace(slot, slot=len(halves), min_certified=police, is_for_drawn=False))
        halves.append(replace(slot, slot=len(halves), min_certified=others, n_guards=0, min_skilled={}))
    return tuple(halves)


def has_police(team: Team) -> bool:
    """Whether the team is a squad of police, or a joint team."""
    return team.n_certified.get(POLICE, 0) > 0


def needs_of_squad(min_certified: Mapping[str, int], *, is_police: bool) -> dict[str, int]:
    """The part of a joint team's needs that one squad must meet, by agency."""
    return {a: n for a, n in min_certified.items() if (a == POLICE) == is_police}
