"""Effect of the planner's pins on a day's possible visits: required and excluded buildings, earliest starts."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from geodata.clock_times import exact_clock
from geodata.errors import Code, InputError, Issue
from sweep.records.pins import Pin
from sweep.records.visits import Recheck, Visit
from sweep.scenario.law_and_form_settings import Law
from sweep.select.special_inspections import must_be_made, special_lists


def pinned_buildings(pins: Iterable[Pin], *kinds: str) -> frozenset[str]:
    """Return the ids of the buildings that have a pin of one of the kinds."""
    return frozenset(p.building_id for p in pins if p.kind in kinds)


def refuse_never(
    pins: Iterable[Pin], due: Iterable[Recheck], law: Law, firms: pd.DataFrame, days: Iterable[date]
) -> None:
    """
    Raise InputError if a pin excludes a building that must be visited on one of the days.

    Parameters
    ----------
    due
        Re-check items due by the last of the days (C27).
    firms
        Table of firms; it gives the building of each firm on a mandatory list of `law` (C07).

    Raises
    ------
    InputError
        S645 for each such pin.
    """
    rule_of = {b: "C07" for day in days for b, lists in special_lists(law, firms, day).items() if must_be_made(lists)}
    rule_of |= {r.building_id: "C27" for r in due}
    faults = [
        Issue("S645", p.where, {"id": p.building_id, "rule": rule_of[p.building_id]})
        for p in pins
        if p.kind == "never" and p.building_id in rule_of
    ]
    if faults:
        raise InputError(faults)


def with_pins(visits: Sequence[Visit], pins: Sequence[Pin]) -> tuple[tuple[Visit, ...], tuple[Issue, ...]]:
    """
    Return the visits after applying the pins, and issues for pins that cannot be satisfied.

    Pins `must` and `with_team` make a visit mandatory, `not_before` shortens its windows. Of two buildings with a pin
    `not_together`, the required one is kept, else the more valuable one. A drawn visit is required, so no pin undoes
    the draw (C09). S644 a required building has no possible visit, S646 no start is left in the window, S647 both of a
    pair are required.
    """
    issues: list[Issue] = []
    by_building = {v.building_id: v for v in visits}
    for pin in pins:
        visit = by_building.get(pin.building_id)
        if pin.kind in ("must", "with_team"):
            if visit is None:
                issues.append(Issue(Code.MUST_WITHOUT_BASIS, pin.where, {"id": pin.building_id}))
            else:
                by_building[pin.building_id] = replace(visit, is_must=True)
        elif pin.kind == "not_before" and visit is not None:
            later = tuple((max(lo, pin.earliest_s), hi) for lo, hi in visit.windows_s if hi >= pin.earliest_s)
            if not later:
                issues.append(Issue("S646", pin.where, {"id": pin.building_id, "at": exact_clock(pin.earliest_s)}))
            by_building[pin.building_id] = replace(visit, windows_s=later)
    dropped, apart = _apart(by_building, [p for p in pins if p.kind == "not_together"])
    kept = tuple(by_building[v.building_id] for v in visits if v.building_id not in dropped)
    return kept, (*issues, *apart)


def _apart(visits: dict[str, Visit], pins: Sequence[Pin]) -> tuple[set[str], list[Issue]]:
    """Return the buildings dropped because of a pin `not_together`, and issues for pins of two required buildings."""
    order = sorted(visits, key=lambda b: (not visits[b].is_must, -visits[b].value, b))
    kept: set[str] = set()
    issues = []
    for building_id in order:
        against = next((p for p in pins if building_id in p.buildings and kept & set(p.buildings)), None)
        if against is None:
            kept.add(building_id)
        elif visits[building_id].is_must:
            issues.append(Issue("S647", against.where, {"id": against.building_id, "other": against.other_id}))
    return set(visits) - kept, issues
