"""Looks at a firm, and the items that one found wrong: when due, who looked again, which are closed (C27)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from sweep.follow.outcomes import NO_ACCESS, Row, fault, looked_at
from sweep.records.visits import Recheck
from sweep.scenario.release_and_retention import FollowUp

_WORST_FIRST = ("hazard", "rectify", "irregular", None)


@dataclass(frozen=True, slots=True)
class _Look:
    """Findings of one visit at one firm; at a unit or the whole building where no firm is registered."""

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
    """Basis of the visit, ids with a blank between."""
    left: frozenset[str]
    """The rooms that were left with something to look at again, by name."""
    shut: frozenset[str]
    """The rooms that nobody got into, by name."""


def _looks_of(results: pd.DataFrame, settings: FollowUp) -> tuple[_Look, ...]:
    """Every look at a firm, the earliest first."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in results.sort_values(["visited_on", "plan_id", "result_id"], kind="stable").to_dict("records"):
        key = (str(row["plan_id"]), str(row["visit_id"]), str(row["building_id"]), looked_at(row))
        groups.setdefault(key, []).append(row)
    in_order = sorted(groups.items(), key=lambda g: (max(r["visited_on"] for r in g[1]), g[0][0], g[1][0]["result_id"]))
    return tuple(_look(what, rows, settings) for (*_, what), rows in in_order)


def _look(what: str, rows: Sequence[Row], settings: FollowUp) -> _Look:
    left = [row for row in rows if _is_left(row)]
    worst = min(rows, key=lambda row: (fault(row) is None, not _is_left(row), _WORST_FIRST.index(fault(row))))
    on = max(row["visited_on"] for row in rows).date()
    entered = [row for row in rows if row["unit_state"] not in NO_ACCESS]
    return _Look(
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


@dataclass(frozen=True, slots=True)
class Closing:
    """An item closed by a person and not by a visit (销号): mended on paper, or nobody is there any more."""

    recheck_id: str
    closed_on: date
    by: str
    reason: str


def follow_rechecks(results: pd.DataFrame, settings: FollowUp, closings: Iterable[Closing] = ()) -> tuple[Recheck, ...]:
    """
    Every item that was ever opened, in the order of opening.

    A firm (or a unit, where nobody is registered) has one open item at a time, whatever the number of its rooms. A
    later look at it that finds nothing wrong in any room closes it, or one that says so (销号); one that still finds
    something sets a new due day; one that finds the door locked changes nothing. A room at fault that is found locked
    holds the item open, whatever the other rooms. Who only called at its doors, as where stock is taken, did not look
    at what was found there.

    Parameters
    ----------
    closings
        Items closed without a visit, at the end of their day; of several for one item the first.
    """
    done: list[Recheck] = []
    closing_of: dict[str, Closing] = {}
    for closing in sorted(closings, key=lambda c: c.closed_on):
        closing_of.setdefault(closing.recheck_id, closing)
    still_open: dict[tuple[str, str], Recheck] = {}
    for look in _looks_of(results, settings):
        key = (look.building_id, look.what)
        before = still_open.pop(key, None)
        by_hand = None if before is None else closing_of.get(before.recheck_id)
        if before is not None and by_hand is not None and by_hand.closed_on < look.on:
            done.append(_closed(before, by_hand))
            before = None
        after = _opened(look) if before is None else _looked_at(before, look)
        if after is None:
            continue
        if after.closed_on is None:
            still_open[key] = after
        else:
            done.append(after)
    left = (_closed(r, closing_of[r.recheck_id]) if r.recheck_id in closing_of else r for r in still_open.values())
    return tuple(sorted((*done, *left), key=lambda r: (r.opened_on, r.recheck_id)))


def _closed(item: Recheck, closing: Closing) -> Recheck:
    return replace(item, closed_on=closing.closed_on, closed_by=closing.by)


def due_rechecks(rechecks: Iterable[Recheck], day: date) -> tuple[Recheck, ...]:
    """The open items that a visit on the day must look at, the longest due first."""
    due = [r for r in rechecks if r.closed_on is None and r.due_on <= day]
    return tuple(sorted(due, key=lambda r: (r.due_on, r.recheck_id)))


def _opened(look: _Look) -> Recheck | None:
    if look.reason is None and not look.is_named:
        return None
    return Recheck(
        recheck_id=f"R-{look.plan_id}-{look.building_id}-{look.what}",
        building_id=look.building_id,
        uscc=look.uscc,
        unit=look.unit,
        reason=look.reason or "rectify",
        opened_on=look.on,
        due_on=look.due_on,
        closed_on=None if look.is_left else look.on,
        closed_by=None if look.is_left else look.plan_id,
        units=look.left,
    )


def _looked_at(item: Recheck, look: _Look) -> Recheck:
    if look.is_closed:
        return replace(item, closed_on=look.on, closed_by=look.plan_id)
    if not look.is_entered or not (look.is_left or _is_looked_for(item, look)):
        return item
    # Another room of the firm says nothing of those in which something was found.
    units = (item.units & look.shut) | look.left
    unit = min(units) if units and item.unit not in units else item.unit
    if look.is_left:
        reason = look.reason or item.reason
        return replace(item, unit=unit, units=units, n_looks=item.n_looks + 1, reason=reason, due_on=look.due_on)
    if units:
        return replace(item, unit=unit, units=units)
    return replace(item, closed_on=look.on, closed_by=look.plan_id)


def _is_looked_for(item: Recheck, look: _Look) -> bool:
    """Whether the visit inspected the place or went there for the item, as to a unit in which nobody is registered."""
    own = " ".join(item.recheck_id.split())
    return look.is_inspected or f" {own} " in f" {look.basis} "
