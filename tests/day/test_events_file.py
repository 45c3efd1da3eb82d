"""Faults of events, one by one."""

from __future__ import annotations

from geodata.errors import Issue
from sweep.day.events import Held
from sweep.day.events_file import event_faults

# 13:59:40: 14:00 to the nearest minute, and 13:59 with its seconds cut off.
AT_S = 13 * 3_600 + 59 * 60 + 40
KNOWN = {kind: frozenset({"T1"}) for kind in ("teams", "people", "visits", "places")}


def test_a_fault_names_the_second_that_decides() -> None:
    # The event came up 20 s after the change and is over 10 s after it began: by the minute nothing would be wrong.
    late = Held(AT_S + 20, "T1", AT_S + 30)
    assert event_faults([late], AT_S, KNOWN) == [
        Issue("S549", "events.json events[0]", {"at": "14:00", "change": "13:59:40"})
    ]
    over = Held(AT_S - 60, "T1", AT_S - 10)
    assert event_faults([over], AT_S, KNOWN) == [
        Issue("S556", "events.json events[0]", {"until": "13:59:30", "change": "13:59:40"})
    ]
