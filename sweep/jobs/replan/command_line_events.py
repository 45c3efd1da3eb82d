"""Events given as options of `sweep replan`, appended to those of the events file."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from geodata.errors import InputError, Issue
from sweep.inputs.building_search import find_building, offered
from sweep.publish.edition import Edition


@dataclass(frozen=True, slots=True)
class TypedEvents:
    """Events that the planner gives as options of the command; each list may be empty."""

    held: Sequence[str] = ()
    """Delays as `TEAM=HH:MM`: the team is delayed at its position until that time."""
    ill: Sequence[str] = ()
    """Ids of people who go off duty."""
    urgent: Sequence[str] = ()
    """Buildings of urgent visits, by id or name."""


def with_typed_events(text: str, typed: TypedEvents, edition: Edition) -> str:
    """
    Return the text of the events file, with the events given as options appended.

    Parameters
    ----------
    text
        JSON; a text without a list of events is returned unchanged, and its reader reports the error.

    Raises
    ------
    InputError
        S544 for a delay without a time, S641 for an unknown building.
    """
    more = [*_held(typed.held), *({"type": "ill", "person_id": i} for i in typed.ill), *_urgent(typed.urgent, edition)]
    if not more:
        return text
    try:
        content = json.loads(text.removeprefix("\ufeff"))
        return json.dumps({**content, "events": [*content["events"], *more]})
    except (ValueError, KeyError, TypeError):
        return text


def _held(typed: Sequence[str]) -> Iterator[dict[str, object]]:
    for one in typed:
        team_id, equals, until = (part.strip() for part in one.partition("="))
        if not (team_id and equals and until):
            raise InputError([Issue("S544", "--held", {"name": "--held", "got": one[:20], "wanted": "T03=16:00"})])
        yield {"type": "held", "team_id": team_id, "until": until}


def _urgent(typed: Sequence[str], edition: Edition) -> Iterator[dict[str, object]]:
    """Yield an urgent visit that must be made for each building; raise InputError S641 for an unknown building."""
    names = {b: building.name for b, building in edition.buildings.items()}
    for one in typed:
        found = find_building(one, names)
        if found.building_id is None:
            raise InputError([Issue("S641", "--urgent", {"got": one, "nearest": offered(found, names)})])
        yield {"type": "urgent", "visit_id": f"U-{found.building_id}", "building_id": found.building_id}
