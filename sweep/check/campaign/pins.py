"""What planners have settled about buildings, over all days (P10)."""

from __future__ import annotations

from collections.abc import Iterator

from sweep.check.campaign.inputs import CampaignInputs, visits
from sweep.check.pins import pin_breach, pin_violation
from sweep.records.campaign import DayPart
from sweep.records.plan import Violation


def check_p10_pins(inputs: CampaignInputs) -> Iterator[Violation]:
    """
    Every pin is kept on each day, and whatever is to be visited is visited in the window, or told as left.

    A building that somebody has got into since the campaign began has been visited; one of which no result is
    in yet counts as visited.
    """
    record = inputs.record
    known = {v.building_id for _, v in visits(inputs)} | {x.building_id for x in record.left}
    known |= {b for b, on in (*inputs.looks.items(), *inputs.unreported.items()) if on >= inputs.first_day}
    for pin in inputs.pins:
        if pin.kind == "must" and pin.building_id not in known:
            yield pin_violation(pin)
        for day in record.days:
            if (detail := pin_breach(pin, _starts(day), is_changed=True)) is not None:
                yield pin_violation(pin, f"{detail} {day.day}")


def _starts(day: DayPart) -> dict[str, list[tuple[str, int]]]:
    """Teams that visit each building on a day, by its id, with the second after midnight at which they start."""
    found: dict[str, list[tuple[str, int]]] = {}
    for team in day.teams:
        for stop in team.stops:
            found.setdefault(stop.building_id, []).append((team.team_id, stop.start_s))
    return found
