"""Names in place of ids wherever a person reads: of visits and places their building's, of teams letter and id."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sweep.publish.edition import Edition
from sweep.publish.facts.once import once_per_edition
from sweep.publish.facts.teams import team_letters
from sweep.publish.facts.wording import building_name


@once_per_edition
def names_by_id(edition: Edition) -> Mapping[str, str]:
    """Name of each building, base, visit and team of an edition by its id."""
    buildings = {i: building_name(b, i) for i, b in edition.buildings.items()}
    bases = {i: b.name for i, b in edition.bases.items()}
    visits = {v.visit_id: buildings.get(v.building_id, v.building_id) for v in edition.visits.values()}
    teams = {i: f"{letter} {i}" for i, letter in team_letters(edition).items()}
    return MappingProxyType({**buildings, **bases, **visits, **teams})


def named(text: str, names: Mapping[str, str]) -> str:
    """A list of ids, parted by blanks, as names; what is none of them stays."""
    return " ".join(names.get(part, part) for part in text.split(" "))
