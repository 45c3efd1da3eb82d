"""Which visits a plan makes, and which its teams go to."""

from __future__ import annotations

from collections.abc import Iterable

from sweep.publish.edition import Edition
from sweep.publish.facts.once import once_per_edition
from sweep.records.plan import Stop
from sweep.records.visits import Visit


@once_per_edition
def served_visits(edition: Edition) -> tuple[Visit, ...]:
    """The visits that some team makes, each once, in the order of the routes; a locked door is none."""
    return _visits(edition, (s for r in edition.plan.routes for s in r.stops if not s.is_attempt))


@once_per_edition
def routed_visits(edition: Edition) -> tuple[Visit, ...]:
    """The visits that some team goes to, each once, in the order of the routes; locked doors among them."""
    return _visits(edition, (s for r in edition.plan.routes for s in r.stops))


def _visits(edition: Edition, stops: Iterable[Stop]) -> tuple[Visit, ...]:
    ids = dict.fromkeys(stop.visit_id for stop in stops)
    return tuple(edition.visits[visit_id] for visit_id in ids if visit_id in edition.visits)
