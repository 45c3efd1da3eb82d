"""Hours of a report as the plan's day counts them: its clock runs on past 24:00, and that of whoever types does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geodata.clock import exact_clock, seconds_of
from sweep.day.events_file import LAST_CLOCK_S

_DAY_S = 86_400


def past_midnight(body: Mapping[str, Any], at_s: int) -> dict[str, Any]:
    """What is reported, with an `until` that lies more than half a day back as one of the next day."""
    made = dict(body)
    if isinstance(made.get("event"), Mapping):
        made["event"] = past_midnight(made["event"], at_s)
    if made.get("until"):
        meant_s = seconds_of(made["until"]) + _DAY_S
        if meant_s < at_s + _DAY_S // 2 and meant_s <= LAST_CLOCK_S:
            made["until"] = exact_clock(meant_s)
    return made
