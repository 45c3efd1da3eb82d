"""Items to look at again (C27): on the visit that goes to their building anyway, or on one of their own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from sweep.records.visits import Recheck, Visit


def due_by_building(rechecks: Iterable[Recheck], withheld: Collection[str]) -> dict[str, tuple[Recheck, ...]]:
    """The due items of each building that may be visited, buildings and items in the order given."""
    found: dict[str, tuple[Recheck, ...]] = {}
    for item in rechecks:
        if item.building_id not in withheld:
            found[item.building_id] = (*found.get(item.building_id, ()), item)
    return found


def with_rechecks(visit: Visit, items: Sequence[Recheck]) -> Visit:
    """The visit, looking at the items too: their ids are part of its basis, and it must not be left out."""
    if not items:
        return visit
    firms = [item.uscc for item in items if item.uscc is not None]
    return replace(
        visit,
        basis=(*visit.basis, *(item.recheck_id for item in items)),
        targets=tuple(dict.fromkeys([*firms, *visit.targets])),
        is_must=True,
    )
