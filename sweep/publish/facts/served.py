"""Which visits a plan makes."""

from __future__ import annotations

from sweep.publish.edition import Edition
from sweep.publish.facts.once import once_per_edition
from sweep.records.visits import Visit


@once_per_edition
def served_visits(edition: Edition) -> tuple[Visit, ...]:
    """The visits that some team makes, each once, in the order of the routes."""
    ids = dict.fromkeys(stop.visit_id for route in edition.plan.routes for stop in route.stops)
    return tuple(edition.visits[visit_id] for visit_id in ids if visit_id in edition.visits)
