"""Which visits a plan makes, and the chance that all of them find nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable

from sweep.publish.edition import Edition
from sweep.publish.facts.once import once_per_edition
from sweep.records.visits import Visit


@once_per_edition
def served_visits(edition: Edition) -> tuple[Visit, ...]:
    """The visits that some team makes, each once, in the order of the routes."""
    ids = dict.fromkeys(stop.visit_id for route in edition.plan.routes for stop in route.stops)
    return tuple(edition.visits[visit_id] for visit_id in ids if visit_id in edition.visits)


def chance_of_no_find(visits: Iterable[Visit]) -> float:
    """The chance that no visit finds anything, the visits taken as independent: the product of 1 - p."""
    return math.prod(1.0 - min(1.0, max(0.0, visit.value)) for visit in visits)
