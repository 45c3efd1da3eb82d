"""A stop of the plan and what was reported of its visit: a door that is tried again has a stop for each try."""

from __future__ import annotations

from dataclasses import replace

from sweep.day.journal.state import DayState, StopState
from sweep.records.plan import Stop


def is_of_earlier_try(stop: Stop, known: StopState, answered_n: int) -> bool:
    """
    Whether what a team reported of a visit is of a try before the stop that the plan has there.

    Parameters
    ----------
    answered_n
        The journal's entry up to which the plan answers to what happened: it knows then that the door was locked.
    """
    was_shut = known.outcome in ("locked", "refused") and known.outcome_n <= answered_n
    return was_shut and not stop.is_attempt and stop.start_s > (known.done_s or 0)


def reported_of(stop: Stop, team_id: str, state: DayState) -> StopState:
    """What a team has reported of a stop of the plan, without what it reported of earlier tries."""
    known = state.stops.get((team_id, stop.visit_id))
    if known is None or is_of_earlier_try(stop, known, state.answered_n):
        return StopState(team_id, stop.visit_id)
    # Whoever is on the way once more is not there yet.
    arrived, inside = (
        s if s is not None and s >= (known.left_s or 0) else None for s in (known.arrived_s, known.inside_s)
    )
    return replace(known, arrived_s=arrived, inside_s=inside)
