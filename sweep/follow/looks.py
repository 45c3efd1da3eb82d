"""Looks: what one visit saw of a firm, in however many rooms it sits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from sweep.follow.outcomes import NO_ACCESS, Row, fault, looked_at
from sweep.scenario.papers import FollowUp

_WORST_FIRST = ("hazard", "rectify", "irregular", None)


@dataclass(frozen=True, slots=True)
class Look:
    """What one visit saw of one firm; of a unit, or of the building as a whole, where nobody is registered."""

    plan_id: str
    building_id: str
    what: str
    """The firm by its uscc, else the unit."""
    uscc: str | None
    unit: str
    """The room with the gravest fault, those first that were left so; empty if it has no name."""
    on: date
    """The last day on which somebody was there."""
    reason: str | None
    """The gravest fault, as `fault` names it, those first that were left so; None if nothing was wrong."""
    due_on: date
    """When to look again, if that is to be done."""
    is_left: bool
    """Whether a room was left with something to look at again."""
    is_named: bool
    """Whether a day was named on which to look again."""
    is_closed: bool
    """Whether a room says that the item is closed (销号), and no other was left with something."""
    is_entered: bool
    """Whether somebody got into a room."""
    is_inspected: bool
    """Whether it was inspected, and its doors not only called at in passing."""
    basis: str
    """What the visit rests on, ids with a blank between."""
    left: frozenset[str]
    """The rooms that were left with something to look at again, by name."""
    shut: frozenset[str]
    """The rooms that nobody got into, by name."""


def looks_of(results: pd.DataFrame, settings: FollowUp) -> tuple[Look, ...]:
    """Every look at a firm, the earliest first."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in results.sort_values(["visited_on", "plan_id", "result_id"], kind="stable").to_dict("records"):
        key = (str(row["plan_id"]), str(row["visit_id"]), str(row["building_id"]), looked_at(row))
        groups.setdefault(key, []).append(row)
    in_order = sorted(groups.items(), key=lambda g: (max(r["visited_on"] for r in g[1]), g[0][0], g[1][0]["result_id"]))
    return tuple(_look(what, rows, settings) for (*_, what), rows in in_order)


def _look(what: str, rows: Sequence[Row], settings: FollowUp) -> Look:
    left = [row for row in rows if _is_left(row)]
    worst = min(rows, key=lambda row: (fault(row) is None, not _is_left(row), _WORST_FIRST.index(fault(row))))
    on = max(row["visited_on"] for row in rows).date()
    entered = [row for row in rows if row["unit_state"] not in NO_ACCESS]
    return Look(
        plan_id=str(worst["plan_id"]),
        building_id=str(worst["building_id"]),
        what=what,
        uscc=str(worst["uscc"]) if pd.notna(worst["uscc"]) else None,
        unit="" if pd.isna(worst["unit"]) else str(worst["unit"]),
        on=on,
        reason=fault(worst),
        due_on=min(_due(row, on, settings) for row in left or rows),
        is_left=bool(left),
        is_named=any(pd.notna(row["recheck_on"]) for row in rows),
        is_closed=not left and any(row["is_closed"] == "yes" for row in rows),
        is_entered=bool(entered),
        is_inspected=any(row["is_target"] == "yes" for row in rows),
        basis="" if pd.isna(worst["basis"]) else str(worst["basis"]),
        left=_units(left),
        shut=_units(row for row in rows if row["unit_state"] in NO_ACCESS) - _units(entered),
    )


def _is_left(row: Row) -> bool:
    """Whether something of a room is to be looked at again; a room whose item is closed has nothing."""
    return row["is_closed"] != "yes" and (
        fault(row) is not None or row["is_closed"] == "no" or bool(pd.notna(row["recheck_on"]))
    )


def _due(row: Row, on: date, settings: FollowUp) -> date:
    if pd.notna(row["recheck_on"]):
        named: date = row["recheck_on"].date()
        return named
    return on + timedelta(days=settings.hazard_days if fault(row) == "hazard" else settings.recheck_days)


def _units(rows: Iterable[Row]) -> frozenset[str]:
    return frozenset(str(row["unit"]) for row in rows if pd.notna(row["unit"]))
