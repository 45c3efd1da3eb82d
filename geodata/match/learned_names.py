"""Aliases and doors (street and number) of buildings, learned from addresses on which at least two firms agree."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from geodata.match.address import Address
from geodata.match.building_names import is_distinctive, plain_key
from geodata.match.inner_address import tower_key

MIN_FIRMS = 2

Door = tuple[str, str]
"""Street and house number, the number without 号 or 院."""


@dataclass(frozen=True, slots=True)
class LearnedNames:
    """Building names and doors (street and number) learned from a register of firms."""

    n_firms: Counter[str]
    """Number of firms by building name without tower; names of fewer than `MIN_FIRMS` firms are missing."""
    names: dict[tuple[str, str | None], str]
    """Building id by name and tower (`tower_key`, None without one), from firms with a building id."""
    doors: dict[Door, str]
    """Building id by door, from firms with a building id."""


def learn(firms: Iterable[tuple[Address, str | None]]) -> LearnedNames:
    """Return names and doors on whose building most firms agree; `firms`: address and building id (or None) of each."""
    n_firms: Counter[str] = Counter()
    names: dict[tuple[str, str | None], Counter[str]] = defaultdict(Counter)
    doors: dict[Door, Counter[str]] = defaultdict(Counter)
    for address, building_id in firms:
        key = plain_key(address.building) if address.building else ""
        if is_distinctive(key):
            n_firms[key] += 1
        if building_id is None:
            continue
        if is_distinctive(key):
            names[key, tower_key(address.tower) if address.tower else None][building_id] += 1
        if place := door(address):
            doors[place][building_id] += 1
    agreed = _agreed(names)
    n_known: Counter[str] = Counter()
    for (name, _), by_building in names.items():
        n_known[name] += by_building.total()
    # At least 20 % of the firms with a name need a known building: two of a hundred do not represent the others.
    return LearnedNames(
        n_firms=Counter({name: n for name, n in n_firms.items() if n >= MIN_FIRMS}),
        names={key: i for key, i in agreed.items() if n_known[key[0]] >= 0.2 * n_firms[key[0]]},
        doors=_agreed(doors),
    )


def door(address: Address) -> Door | None:
    """Return street and number of an address; None if it lacks either, or if the place is only near them."""
    if not address.street or not address.number or address.is_near_only:
        return None
    return address.street, address.number.removesuffix("院").removesuffix("号")


def _agreed[Key](counts: dict[Key, Counter[str]]) -> dict[Key, str]:
    found = {}
    for key, by_building in counts.items():
        ((building_id, n),) = by_building.most_common(1)
        # At least 80 % of the firms with a name and a known building must be in one building.
        if n >= MIN_FIRMS and n >= 0.8 * by_building.total():
            found[key] = building_id
    return found
