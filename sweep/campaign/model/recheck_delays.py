"""What visits of a replay found irregular, and when somebody looked again (C27)."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sweep.campaign.model.replay_state import Done


@dataclass(frozen=True, slots=True)
class Again:
    """One appointment to look again at a building as a whole."""

    building_id: str
    opened_on: date
    due_on: date
    n_looks: int = 0
    """Times that somebody has looked since it was opened, and found it as it was."""
    called_on: date | None = None
    """First visit since it was made, locked doors counted; None: none yet."""
    is_over: bool = False
    """Whether somebody got in since."""


def appointments(done: Iterable[Done], recheck_days: int) -> Iterator[Again]:
    """Appointments that visits, given in order, have made `recheck_days` ahead; those that are over come first."""
    still_open: dict[str, Again] = {}
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
            still_open[d.building_id] = Again(d.building_id, opened, on + timedelta(days=recheck_days), n_looks)
    yield from still_open.values()


def n_missed(again: Iterable[Again], days: Sequence[date]) -> int:
    """Appointments that no visit answered by the first of the sweep days, given in order, on which they were due."""
    first_days = ((a, bisect_left(days, a.due_on)) for a in again)
    return sum(k < len(days) and (a.called_on is None or a.called_on > days[k]) for a, k in first_days)
