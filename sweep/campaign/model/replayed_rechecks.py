"""Re-checks in a replay: second visits to buildings where an irregularity was found, with due date and visit (C27)."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sweep.campaign.model.replay_state import ReplayVisit


@dataclass(frozen=True, slots=True)
class ReplayRecheck:
    """Re-check, in a replay, that a building needs after a visit that found an irregularity."""

    building_id: str
    opened_on: date
    due_on: date
    n_looks: int = 0
    """Earlier re-check visits that found an irregularity again, each of which gave a new due date."""
    called_on: date | None = None
    """Day of the first visit since the re-check was opened or renewed, even to a locked door; None without a visit."""
    is_over: bool = False
    """Whether a later visit gained access, which ends this re-check; after an irregularity a new one replaces it."""


def replay_rechecks(done: Iterable[ReplayVisit], recheck_days: int) -> Iterator[ReplayRecheck]:
    """
    Yield the re-checks that visits with an irregularity have opened, first the closed ones, then the open ones.

    Each is due `recheck_days` after the visit. `done`: visits in order of day.
    """
    still_open: dict[str, ReplayRecheck] = {}
    for d in done:
        on, before = date.fromisoformat(d.day), still_open.pop(d.building_id, None)
        if before is not None and before.called_on is None:
            before = replace(before, called_on=on)
        if d.outcome == "no_access":
            if before is not None:
                still_open[d.building_id] = before
            continue
        if before is not None:
            yield replace(before, is_over=True)
        if d.outcome == "irregular":
            opened, n_looks = (on, 0) if before is None else (before.opened_on, before.n_looks + 1)
            still_open[d.building_id] = ReplayRecheck(d.building_id, opened, on + timedelta(days=recheck_days), n_looks)
    yield from still_open.values()


def n_missed(again: Iterable[ReplayRecheck], days: Sequence[date]) -> int:
    """
    Return the number of re-checks in `again` without a visit by the first sweep day on or after their due date.

    `days`: sweep days in order.
    """
    first_days = ((a, bisect_left(days, a.due_on)) for a in again)
    return sum(k < len(days) and (a.called_on is None or a.called_on > days[k]) for a, k in first_days)
