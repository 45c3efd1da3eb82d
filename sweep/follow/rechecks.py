"""Items that a visit found wrong: when they are due, who looked again, and which are closed (C27)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from sweep.follow.looks import Look, looks_of
from sweep.records.visits import Recheck
from sweep.scenario.papers import FollowUp


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
    for look in looks_of(results, settings):
        key = (look.building_id, look.what)
        before = still_open.pop(key, None)
        if before is not None and _is_closed_by(closing_of, before, look.on):
            done.append(_closed(before, closing_of[before.recheck_id]))
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


def _is_closed_by(closing_of: Mapping[str, Closing], item: Recheck, day: date) -> bool:
    return item.recheck_id in closing_of and closing_of[item.recheck_id].closed_on < day


def _closed(item: Recheck, closing: Closing) -> Recheck:
    return replace(item, closed_on=closing.closed_on, closed_by=closing.by)


def due_rechecks(rechecks: Iterable[Recheck], day: date) -> tuple[Recheck, ...]:
    """The open items that a visit on the day must look at, the longest due first."""
    due = [r for r in rechecks if r.closed_on is None and r.due_on <= day]
    return tuple(sorted(due, key=lambda r: (r.due_on, r.recheck_id)))


def _opened(look: Look) -> Recheck | None:
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


def _looked_at(item: Recheck, look: Look) -> Recheck:
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


def _is_looked_for(item: Recheck, look: Look) -> bool:
    """Whether the visit inspected the place or went there for the item, as to a unit in which nobody is registered."""
    own = " ".join(item.recheck_id.split())
    return look.is_inspected or f" {own} " in f" {look.basis} "
