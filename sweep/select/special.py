"""Which firms the approved special inspections name, building by building (C07, C08)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from sweep.scenario.law import Law, Special

# Approving levels from the county up; a township may not approve (C07).
ENOUGH = frozenset({"county", "city", "province", "nation"})


@dataclass(frozen=True, slots=True)
class SpecialList:
    """One building's part of a special inspection."""

    number: str
    """Number of the approval."""
    firms: tuple[str, ...]
    """Firms that it names there, by uscc."""
    is_must: bool
    is_blanket: bool
    """A reason is on record for naming more than the share of a building's firms."""


def has_papers(special: Special, law: Law, day: date) -> bool:
    """Whether it may be carried out: approved high enough, filed and published by the day, within the year's number."""
    return (
        special.level in ENOUGH
        and all(d is not None and d <= day for d in special.dates)
        and special.yearly_no is not None
        and special.yearly_no <= law.special_per_year_max
    )


def special_lists(law: Law, firms: pd.DataFrame, day: date) -> dict[str, SpecialList]:
    """The first inspection with its papers in order that names a firm of a building, by building id."""
    approved = [special for special in law.special if has_papers(special, law, day)]
    home = dict(zip(firms["uscc"].tolist(), firms["building_id"].tolist(), strict=True)) if approved else {}
    found: dict[str, SpecialList] = {}
    for special in approved:
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
            found.setdefault(building_id, mine)
    return found
