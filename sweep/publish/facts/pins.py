"""What planners have settled about buildings, in words, and what the plan makes of it."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.clock import exact_clock
from geodata.texts import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.wording import building_name
from sweep.records.pins import Pin


@dataclass(frozen=True, slots=True)
class PinRow:
    """One pin for a table."""

    building: str
    what: str
    reason: str
    """Empty where the planner gave none."""
    outcome: str
    """Teams and starts of the visits to its buildings."""


def pin_rows(edition: Edition, texts: Texts) -> list[PinRow]:
    """Every pin of an edition in its order."""
    return [
        PinRow(_name(edition, p.building_id), pin_text(edition, p, texts), p.reason, _outcome(edition, p, texts))
        for p in edition.pins
    ]


def pin_text(edition: Edition, pin: Pin, texts: Texts) -> str:
    """What a pin says, as a sentence without its building."""
    other = _name(edition, pin.other_id) if pin.other_id else ""
    return texts(f"pins.kind.{pin.kind}", team=pin.team_id, other=other, at=exact_clock(pin.earliest_s))


def _outcome(edition: Edition, pin: Pin, texts: Texts) -> str:
    parts = []
    for building_id in pin.buildings:
        stops = [
            f"{r.team_id} {texts.clock(s.start_s)}"
            for r in edition.plan.routes
            for s in r.stops
            if s.building_id == building_id and not s.is_attempt
        ]
        said = ", ".join(stops) or texts("pins.not_visited")
        name = _name(edition, building_id)
        parts.append(said if len(pin.buildings) == 1 else texts("pins.of", building=name, outcome=said))
    return texts("pins.and").join(parts)


def _name(edition: Edition, building_id: str) -> str:
    return building_name(edition.buildings.get(building_id), building_id)
