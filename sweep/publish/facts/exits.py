"""Who stands at which exit of a building (C17)."""

from __future__ import annotations

from collections.abc import Sequence

from sweep.publish.facts.teams import StopFacts
from sweep.records.people import POLICE, Person


def guards(stop: StopFacts, members: Sequence[Person]) -> tuple[tuple[int, str], ...]:
    """
    Number of each exit that this team guards, and the id of who stands there.

    The exits are counted from 1 as on the spot; the teams of a visit take them in the order of their slots. The first
    police officers of a team inspect, the last ones guard.
    """
    n = stop.slot.n_guards
    officers = sorted(p.person_id for p in members if p.agency == POLICE and p.is_officer)
    first = 1 + sum(s.n_guards for s in stop.visit.slots if s.slot < stop.stop.slot)
    return tuple(enumerate(officers[len(officers) - n :] if n else (), start=first))
