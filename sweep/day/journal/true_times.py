"""What a plan has to answer to at a moment, with true times: it reckons that whatever it has begun goes as planned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from geodata.clock import exact_clock
from sweep.day.events_file import LAST_CLOCK_S, seconds_of
from sweep.records.plan import Plan, Stop

# Less is no reason to change anybody's orders.
_TOLERANCE_S = 300


def events_now(
    reported: Sequence[Mapping[str, Any]], ends_s: Mapping[str, Mapping[str, int]], plan: Plan, at_s: int
) -> list[dict[str, Any]]:
    """
    Events as of a moment, for a change of the day.

    A team that is behind is held at the stop that the plan has begun for it until it will truly be done with that,
    however many stops it is behind; a team that says it is held for longer is held for as long as it says. A door that
    the plan has left behind it is past mending, and so is an urgent visit that may start no more.

    Parameters
    ----------
    reported
        What happened, as events.json has it, and when.
    ends_s
        When each stop that a team has before it is expected to end, by team id and visit id.
    """
    begun = {r.team_id: s for r in plan.routes for s in r.stops if s.start_s <= at_s}
    made = {s.visit_id for r in plan.routes for s in r.made}
    # A door that is tried again is not over with the first try.
    ended = [s for r in plan.routes for s in r.stops if s.end_s <= at_s]
    over = {s.visit_id for s in ended if not (s.is_attempt and s.visit_id in made)}
    held = {e["team_id"]: e for e in _held(begun, ends_s, at_s)}
    others = []
    for event in reported:
        now = {k: v for k, v in event.items() if k != "at"}
        if "until" in now and seconds_of(now["until"]) <= at_s:
            continue
        if now.get("starts") and seconds_of(now["starts"][1]) < at_s:
            continue
        if now["type"] == "held":
            if seconds_of(now["until"]) > _busy_until_s(begun.get(now["team_id"]), held.get(now["team_id"])):
                held[now["team_id"]] = now
        elif now["type"] != "locked" or now["visit_id"] not in over:
            others.append(now)
    return [*held.values(), *others]


def _busy_until_s(begun: Stop | None, held: Mapping[str, Any] | None) -> int:
    """Until when a team is busy where the plan has it, as it is reckoned or else as it was planned."""
    if held is not None:
        return seconds_of(held["until"])
    return begun.end_s if begun is not None else 0


def _held(begun: Mapping[str, Stop], ends_s: Mapping[str, Mapping[str, int]], at_s: int) -> Iterator[dict[str, Any]]:
    for team_id, stop in sorted(begun.items()):
        end_s = 0 if stop.is_attempt else ends_s.get(team_id, {}).get(stop.visit_id, 0)
        if end_s > max(stop.end_s + _TOLERANCE_S, at_s + 60):
            until_s = min(-(-end_s // 60) * 60, LAST_CLOCK_S)
            yield {"type": "held", "team_id": team_id, "until": exact_clock(until_s)}
