"""Re-check items of firms: due day, later visits, closing (C27)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from sweep.follow.interpret_result_rows import NO_ACCESS, Row, irregularity, subject_of_row
from sweep.records.visits import Recheck
from sweep.scenario.release_board_store_settings import FollowUp

_WORST_FIRST = ("hazard", "rectify", "irregular", None)


@dataclass(frozen=True, slots=True)
class _CheckResult:
    """Result of one visit for one firm, or for one office without a registered firm."""

    plan_id: str
    building_id: str
    subject: str
    """Subject of the findings: the firm, by its uscc, else the office."""
    uscc: str | None
    unit: str
    """Room of the irregularity in `reason`; empty if the room has no name."""
    on: date
    """Last day of the visit."""
    reason: str | None
    """Gravest irregularity (`irregularity`), if possible of a room that needs a re-check; None without any."""
    due_on: date
    """Due day of the re-check, if there is one."""
    has_due_rooms: bool
    """Whether at least one room needs a re-check."""
    has_stated_day: bool
    """Whether the result states the day of the re-check."""
    is_closed: bool
    """Whether a room's item is marked closed (销号), and no room needs a re-check."""
    is_entered: bool
    """Whether the team entered at least one room."""
    is_inspected: bool
    """Whether the visit was an inspection, not only a call at the doors."""
    basis: str
    """Ids of what justifies the visit, separated by blanks."""
    due_units: frozenset[str]
    """Names of the rooms that need a re-check."""
    unentered_units: frozenset[str]
    """Names of the rooms that the team could not enter."""


def _check_results(results: pd.DataFrame, settings: FollowUp) -> tuple[_CheckResult, ...]:
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in results.sort_values(["visited_on", "plan_id", "result_id"], kind="stable").to_dict("records"):
        key = (str(row["plan_id"]), str(row["visit_id"]), str(row["building_id"]), subject_of_row(row))
        groups.setdefault(key, []).append(row)
    in_order = sorted(groups.items(), key=lambda g: (max(r["visited_on"] for r in g[1]), g[0][0], g[1][0]["result_id"]))
    return tuple(_check_result(subject, rows, settings) for (*_, subject), rows in in_order)


def _check_result(subject: str, rows: Sequence[Row], settings: FollowUp) -> _CheckResult:
    due = [row for row in rows if _is_recheck_due(row)]
    worst = min(
        rows,
        key=lambda row: (irregularity(row) is None, not _is_recheck_due(row), _WORST_FIRST.index(irregularity(row))),
    )
    on = max(row["visited_on"] for row in rows).date()
    entered = [row for row in rows if row["unit_state"] not in NO_ACCESS]
    return _CheckResult(
        plan_id=str(worst["plan_id"]),
        building_id=str(worst["building_id"]),
        subject=subject,
        uscc=str(worst["uscc"]) if pd.notna(worst["uscc"]) else None,
        unit="" if pd.isna(worst["unit"]) else str(worst["unit"]),
        on=on,
        reason=irregularity(worst),
        due_on=min(_due(row, on, settings) for row in due or rows),
        has_due_rooms=bool(due),
        has_stated_day=any(pd.notna(row["recheck_on"]) for row in rows),
        is_closed=not due and any(row["is_closed"] == "yes" for row in rows),
        is_entered=bool(entered),
        is_inspected=any(row["is_target"] == "yes" for row in rows),
        basis="" if pd.isna(worst["basis"]) else str(worst["basis"]),
        due_units=_units(due),
        unentered_units=_units(row for row in rows if row["unit_state"] in NO_ACCESS) - _units(entered),
    )


def _is_recheck_due(row: Row) -> bool:
    return row["is_closed"] != "yes" and (
        irregularity(row) is not None or row["is_closed"] == "no" or bool(pd.notna(row["recheck_on"]))
    )


def _due(row: Row, on: date, settings: FollowUp) -> date:
    if pd.notna(row["recheck_on"]):
        named: date = row["recheck_on"].date()
        return named
    return on + timedelta(days=settings.hazard_days if irregularity(row) == "hazard" else settings.recheck_days)


def _units(rows: Iterable[Row]) -> frozenset[str]:
    return frozenset(str(row["unit"]) for row in rows if pd.notna(row["unit"]))


@dataclass(frozen=True, slots=True)
class ManualClosing:
    """Re-check item closed by an officer without a visit (销号): rectified on paper, or the firm has gone."""

    recheck_id: str
    closed_on: date
    by: str
    """Pseudonym of the officer."""
    reason: str


def follow_rechecks(
    results: pd.DataFrame, settings: FollowUp, closings: Iterable[ManualClosing] = ()
) -> tuple[Recheck, ...]:
    """
    Return every re-check item ever opened, open or closed, in order of opening.

    A firm, or an office without a firm, has at most one open item for all its rooms. A later inspection closes it if it
    finds nothing wrong in any room, or if its result reports the item as closed (销号). If it finds something, the item
    gets a new due day; a locked door changes nothing. A locked room with a known irregularity keeps the item open, even
    if the other rooms are in order.
    A mere call at the doors, as in stocktaking, is no re-check.

    Parameters
    ----------
    results
        Accepted results of all plans so far, as `geodata.schema.RESULTS`.
    closings
        Items closed without a visit, at the end of their day; the first one for each item counts.
    """
    done: list[Recheck] = []
    closing_of: dict[str, ManualClosing] = {}
    for closing in sorted(closings, key=lambda c: c.closed_on):
        closing_of.setdefault(closing.recheck_id, closing)
    still_open: dict[tuple[str, str], Recheck] = {}
    for result in _check_results(results, settings):
        key = (result.building_id, result.subject)
        before = still_open.pop(key, None)
        by_hand = None if before is None else closing_of.get(before.recheck_id)
        if before is not None and by_hand is not None and by_hand.closed_on < result.on:
            done.append(_close(before, by_hand))
            before = None
        after = _open(result) if before is None else _update(before, result)
        if after is None:
            continue
        if after.closed_on is None:
            still_open[key] = after
        else:
            done.append(after)
    open_items = (_close(r, closing_of[r.recheck_id]) if r.recheck_id in closing_of else r for r in still_open.values())
    return tuple(sorted((*done, *open_items), key=lambda r: (r.opened_on, r.recheck_id)))


def _close(item: Recheck, closing: ManualClosing) -> Recheck:
    return replace(item, closed_on=closing.closed_on, closed_by=closing.by)


def due_rechecks(rechecks: Iterable[Recheck], day: date) -> tuple[Recheck, ...]:
    """Return the open re-check items due on or before the day, the longest overdue first."""
    due = [r for r in rechecks if r.closed_on is None and r.due_on <= day]
    return tuple(sorted(due, key=lambda r: (r.due_on, r.recheck_id)))


def _open(result: _CheckResult) -> Recheck | None:
    if result.reason is None and not result.has_stated_day:
        return None
    return Recheck(
        recheck_id=f"R-{result.plan_id}-{result.building_id}-{result.subject}",
        building_id=result.building_id,
        uscc=result.uscc,
        unit=result.unit,
        reason=result.reason or "rectify",
        opened_on=result.on,
        due_on=result.due_on,
        closed_on=None if result.has_due_rooms else result.on,
        closed_by=None if result.has_due_rooms else result.plan_id,
        units=result.due_units,
    )


def _update(item: Recheck, result: _CheckResult) -> Recheck:
    if result.is_closed:
        return replace(item, closed_on=result.on, closed_by=result.plan_id)
    own = " ".join(item.recheck_id.split())
    is_check = result.is_inspected or f" {own} " in f" {result.basis} "
    if not result.is_entered or not (result.has_due_rooms or is_check):
        return item
    # Another room of the firm does not clear the rooms with irregularities.
    units = (item.units & result.unentered_units) | result.due_units
    unit = min(units) if units and item.unit not in units else item.unit
    if result.has_due_rooms:
        reason = result.reason or item.reason
        return replace(item, unit=unit, units=units, n_looks=item.n_looks + 1, reason=reason, due_on=result.due_on)
    if units:
        return replace(item, unit=unit, units=units)
    return replace(item, closed_on=result.on, closed_by=result.plan_id)
