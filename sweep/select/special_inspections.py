"""Approved special inspections: the firms that their lists name in each building (C07, C08)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from sweep.scenario.law_and_form_settings import Law, Special

# Approving levels from county upwards; a township may not approve (C07).
ENOUGH = frozenset({"county", "city", "province", "nation"})


@dataclass(frozen=True, slots=True)
class SpecialList:
    """Part of a special inspection's list of firms: the listed firms in one building."""

    number: str
    """Number of the special inspection's approval."""
    firms: tuple[str, ...]
    """Listed firms in the building, by uscc."""
    is_must: bool
    """Whether the list is mandatory, so that its firms must be visited."""
    is_blanket: bool
    """Whether a recorded reason permits more firms than the allowed share of a building's firms."""


def has_papers(special: Special, law: Law, day: date) -> bool:
    """Whether `special` was approved by county or above, filed, published by `day`, and in the yearly limit (C07)."""
    return (
        special.level in ENOUGH
        and all(d is not None and d <= day for d in special.dates)
        and special.yearly_no is not None
        and special.yearly_no <= law.special_per_year_max
    )


def special_lists(law: Law, firms: pd.DataFrame, day: date) -> dict[str, tuple[SpecialList, ...]]:
    """
    Return the parts of permitted special inspections that concern a building, by building id.

    Mandatory lists come first; otherwise they are in the order of the scenario.
    """
    approved = [special for special in law.special if has_papers(special, law, day)]
    home = dict(zip(firms["uscc"].tolist(), firms["building_id"].tolist(), strict=True)) if approved else {}
    found: dict[str, tuple[SpecialList, ...]] = {}
    for special in sorted(approved, key=lambda s: not s.is_must):
        by_building: dict[str, list[str]] = {}
        for uscc in special.firms:
            if uscc in home:
                by_building.setdefault(str(home[uscc]), []).append(uscc)
        for building_id, named in by_building.items():
            mine = SpecialList(
                number=special.number,
                firms=tuple(named),
                is_must=special.is_must,
                is_blanket=special.blanket_reason is not None,
            )
            found[building_id] = (*found.get(building_id, ()), mine)
    return found


def must_be_made(lists: Iterable[SpecialList]) -> bool:
    """Whether one of the lists is mandatory, so that the visit must be made."""
    return any(special.is_must for special in lists)


def lists_that_name(lists: Iterable[SpecialList], firms: Collection[str]) -> tuple[SpecialList, ...]:
    """Return the lists that contain at least one of the firms."""
    return tuple(special for special in lists if not set(special.firms).isdisjoint(firms))


def with_reason(lists: Iterable[SpecialList]) -> frozenset[str]:
    """Return the firms on lists for which a reason to exceed the allowed share is recorded (C08)."""
    return frozenset(u for special in lists if special.is_blanket for u in special.firms)


def listed_firms(lists: Sequence[SpecialList], free: Collection[str], limit: int) -> tuple[str, ...]:
    """
    Return the firms that one visit inspects for all lists of a building, without duplicates, in list order (C11).

    `free`: firms that may be inspected. Lists without recorded reason for more add at most `limit` firms in all (C08).
    """
    reasoned = with_reason(lists)
    named = dict.fromkeys(u for special in lists for u in special.firms if u in free)
    too_many = [u for u in named if u not in reasoned][limit:]
    return tuple(u for u in named if u not in too_many)
