"""Promises: due dates per building, their status, and the visits that they require."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sweep.campaign.campaign_settings import EVERY, Promise
from sweep.campaign.records import PromisePart


@dataclass(frozen=True, slots=True)
class DueDate:
    """Due date of one building under a promise."""

    building_id: str
    promise: Promise
    """Shortest promise that covers the building."""
    due_on: date


def due_on(last: date | None, begins: date, days: int) -> date:
    """Return the next due day: `days` after the `last` visit (None: after `begins`), but not before `begins`."""
    start = begins if last is None else max(last, begins - timedelta(days=days))
    return start + timedelta(days=days)


def due_dates(
    facts: Mapping[str, Mapping[str, Collection[str]]],
    promises: Sequence[Promise],
    last_looks: Mapping[str, date],
    begins: date,
) -> dict[str, DueDate]:
    """
    Return, by building id, the due date of each building that a promise covers.

    Parameters
    ----------
    facts
        By building id and column, the building's values; a promise covers it if column `key` has the promise's `value`.
    promises
        Shortest first; the first that covers a building counts.
    last_looks
        Day of the last visit with access, by building id.
    begins
        First day of the campaign; no visit is due earlier.
    """
    dues: dict[str, DueDate] = {}
    for building_id, values in facts.items():
        promise = next((p for p in promises if p.key == EVERY or p.value in values.get(p.key, ())), None)
        if promise is not None:
            dues[building_id] = DueDate(building_id, promise, due_on(last_looks.get(building_id), begins, promise.days))
    return dues


def promise_status(
    due: Iterable[DueDate],
    promises: Sequence[Promise],
    on: date,
    window_end: date,
    planned: Mapping[str, date],
    days_per_week: float,
) -> Iterator[PromisePart]:
    """
    Yield the status of each promise on day `on`, with numbers of late buildings and of those at risk.

    At risk: due in the window, but not planned by the due day. `planned`: day of the visit by building id;
    `days_per_week`: sweep days per week.
    """
    by: dict[Promise, list[DueDate]] = {p: [] for p in promises}
    for d in due:
        by[d.promise].append(d)
    for promise, of in by.items():
        over = np.array([max(0, (on - d.due_on).days) for d in of], np.float64)
        late = sum(d.due_on < on for d in of)
        risk = sum(on <= d.due_on <= window_end and planned.get(d.building_id, date.max) > d.due_on for d in of)
        p50, p90, p99 = (float(x) for x in np.quantile(over, (0.5, 0.9, 0.99))) if len(of) else (0.0, 0.0, 0.0)
        yield PromisePart(
            key=promise.key,
            value=promise.value,
            days=promise.days,
            n_buildings=len(of),
            n_kept=len(of) - late - risk,
            n_late=late,
            n_at_risk=risk,
            p50=p50,
            p90=p90,
            p99=p99,
            needs_per_day=visits_needed({promise: len(of)}, days_per_week),
        )


def visits_needed(counts: Mapping[Promise, int], days_per_week: float) -> float:
    """
    Return the visits per sweep day that keep all promises in the long run: each building once per promised interval.

    `counts`: number of buildings by promise; `days_per_week`: sweep days per week.
    """
    return sum(n * 7.0 / p.days for p, n in counts.items()) / max(days_per_week, 1e-9)
