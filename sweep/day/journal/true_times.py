"""Events that a plan has to answer to at a moment, with actual times: a begun visit is assumed to go as planned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from geodata.clock import exact_clock, seconds_of
from sweep.day.begun import n_begun
from sweep.day.events import Begun, Event
from sweep.day.events_file import LAST_CLOCK_S
from sweep.records.plan import Plan, Stop

# Less is no reason to change anybody's orders.
_TOLERANCE_S = 300


def events_now(
    reported: Sequence[Mapping[str, Any]],
    ends_s: Mapping[str, Mapping[str, int]],
    plan: Plan,
    at_s: int,
    known: Sequence[Event] = (),
) -> list[dict[str, Any]]:
    """
    Events as of a moment, for a change of the day.

    A team that is behind is held at the last stop that it has begun, by the plan or by its reports, until it will be
    done with that, however many stops it is behind; a team that says it is held for longer is held for as long as it
    says. A door that the plan has left behind it is past mending, and so is an urgent visit that may start no more.

    Parameters
    ----------
    ends_s
        When each stop that a team has before it is expected to end, by team id and visit id.
    """
    new = [Begun(at_s, e["team_id"], e["visit_id"]) for e in reported if e["type"] == "begun"]
    counts = n_begun(plan, at_s, known, new)
    begun = {r.team_id: r.stops[counts[r.team_id] - 1] for r in plan.routes if counts[r.team_id]}
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
