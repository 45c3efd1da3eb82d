"""Items that a visit found wrong: when they are due, who looked again, and which are closed (C27)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from sweep.follow.outcomes import NO_ACCESS, Row, fault
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

    A firm (or a unit, where nobody is registered) has one open item at a time. A later look at it that finds nothing
    wrong closes it, or one that says so (销号); one that still finds something sets a new due day; one that finds the
    door locked changes nothing.

    Parameters
    ----------
    results
        Results taken in, of the form `geodata.schema.RESULTS`.
    settings
        Days until it is looked again.
    closings
        Items closed without a visit, at the end of their day; of several for one item the first.
    """
    done: list[Recheck] = []
    closing_of: dict[str, Closing] = {}
    for closing in sorted(closings, key=lambda c: c.closed_on):
        closing_of.setdefault(closing.recheck_id, closing)
    still_open: dict[tuple[str, str], Recheck] = {}
    ordered = results.sort_values(["visited_on", "plan_id", "result_id"], kind="stable")
    for row in ordered.to_dict("records"):
        key = (str(row["building_id"]), str(row["uscc"] if pd.notna(row["uscc"]) else row["unit"]))
        before = still_open.pop(key, None)
        if before is not None and _is_closed_by(closing_of, before, row["visited_on"].date()):
            done.append(_closed(before, closing_of[before.recheck_id]))
            before = None
        after = _opened(row, key, settings) if before is None else _looked_at(before, row, settings)
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


def _opened(row: Row, key: tuple[str, str], settings: FollowUp) -> Recheck | None:
    reason = fault(row)
    if reason is None and pd.isna(row["recheck_on"]):
        return None
    on = row["visited_on"].date()
    return Recheck(
        recheck_id=f"R-{row['plan_id']}-{'-'.join(key)}",
        building_id=key[0],
        uscc=str(row["uscc"]) if pd.notna(row["uscc"]) else None,
        unit="" if pd.isna(row["unit"]) else str(row["unit"]),
        reason=reason or "rectify",
        opened_on=on,
        due_on=_due(row, reason, settings),
        closed_on=on if row["is_closed"] == "yes" else None,
        closed_by=str(row["plan_id"]) if row["is_closed"] == "yes" else None,
    )


def _looked_at(item: Recheck, row: Row, settings: FollowUp) -> Recheck:
    if row["unit_state"] in NO_ACCESS and row["is_closed"] != "yes":
        return item
    reason = fault(row)
    if row["is_closed"] == "yes" or (reason is None and row["is_closed"] != "no" and pd.isna(row["recheck_on"])):
        return replace(item, closed_on=row["visited_on"].date(), closed_by=str(row["plan_id"]))
    return replace(item, n_looks=item.n_looks + 1, reason=reason or item.reason, due_on=_due(row, reason, settings))


def _due(row: Row, reason: str | None, settings: FollowUp) -> date:
    if pd.notna(row["recheck_on"]):
        return row["recheck_on"].date()
    days = settings.hazard_days if reason == "hazard" else settings.recheck_days
    return row["visited_on"].date() + timedelta(days=days)
