"""Split of joint team slots into a police squad and a squad of the others, which meet at each building."""

from collections.abc import Iterable
from dataclasses import replace

from sweep.records.people import POLICE, Team
from sweep.records.visits import Slot

POLICE_LETTER, OTHERS_LETTER = "P", "M"
# Suffixes of the ids of the two squads of a team.
SQUAD_LETTERS = (POLICE_LETTER, OTHERS_LETTER)


def id_of_team(n: int) -> str:
    """Return the id of composed team number `n`, from 0: `T01` for 0."""
    return f"T{n + 1:02d}"


def split_slots(slots: Iterable[Slot]) -> tuple[Slot, ...]:
    """
    Split each slot that needs both police and others into two, the police squad's first; all slots get new numbers.

    Police guard the exits and provide the skills; officers drawn for a visit belong to the other squad (C09).
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
    """Whether the team has certified police: a police squad or a joint team."""
    return team.n_certified.get(POLICE, 0) > 0
