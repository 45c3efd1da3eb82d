"""Which visits a plan makes, which its teams go to, and at which doors they stand once more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from sweep.publish.edition import Edition
from sweep.publish.facts.once import once_per_edition
from sweep.records.plan import Stop
from sweep.records.visits import Visit


@once_per_edition
def served_visits(edition: Edition) -> tuple[Visit, ...]:
    """The visits that some team makes, each once, in the order of the routes; a locked door is none."""
    return _visits(edition, (s for r in edition.plan.routes for s in r.made))


@once_per_edition
def routed_visits(edition: Edition) -> tuple[Visit, ...]:
    """The visits that some team goes to, each once, in the order of the routes; locked doors among them."""
    return _visits(edition, (s for r in edition.plan.routes for s in r.stops))


def is_tried_again(edition: Edition, stop: Stop) -> bool:
    """Whether a door was found locked and its visit has a later stop, be it of another team."""
    return stop.is_attempt and stop.start_s < _last_starts(edition)[stop.visit_id]


def _visits(edition: Edition, stops: Iterable[Stop]) -> tuple[Visit, ...]:
    ids = dict.fromkeys(stop.visit_id for stop in stops)
    return tuple(edition.visits[visit_id] for visit_id in ids if visit_id in edition.visits)


@once_per_edition
def _last_starts(edition: Edition) -> Mapping[str, int]:
    """The latest start of each visit, by its id."""
    stops = sorted((s for r in edition.plan.routes for s in r.stops), key=lambda s: s.start_s)
    return MappingProxyType({s.visit_id: s.start_s for s in stops})
