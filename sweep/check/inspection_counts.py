"""What the history says, counted by the checker for itself."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime

from sweep.records.buildings import PastVisit

# No inspection, or none that the cap counts (C06).
_UNCOUNTED = frozenset({"stocktake", "case", "investigation"})


def count_inspections(past: Iterable[PastVisit], day: date, exempt: Collection[str]) -> dict[tuple[str, str], int]:
    """Inspections that the cap counts, by (authority, uscc), in the day's year before the day."""
    return Counter(
        (v.authority, v.uscc)
        for v in past
        if v.uscc is not None
        and v.visited_on.year == day.year
        and v.visited_on.date() < day
        and v.track not in _UNCOUNTED
        and v.ground not in exempt
    )


def past_by_building(past: Iterable[PastVisit]) -> dict[str, list[PastVisit]]:
    """The visits of each building by its id, so that a long history is gone through once."""
    found: dict[str, list[PastVisit]] = {}
    for visit in past:
        found.setdefault(visit.building_id, []).append(visit)
    return found


def last_visit(past: Iterable[PastVisit], building_id: str, day: date) -> datetime | None:
    """When the building was last visited before the day."""
    return max((v.visited_on for v in past if v.building_id == building_id and v.visited_on.date() < day), default=None)


def last_look(past: Iterable[PastVisit], building_id: str, day: date) -> datetime | None:
    """The same without re-checks: they do not go for the building's leads, and answer none (C27)."""
    return last_visit((v for v in past if v.ground != "recheck"), building_id, day)


def last_members(past: Iterable[PastVisit], building_id: str, day: date) -> list[frozenset[str]]:
    """Who went there together on the last day before this one, an authority each."""
    last = last_visit(past, building_id, day)
    if last is None:
        return []
    return [
        frozenset(v.officers)
        for v in past
        if v.building_id == building_id and v.visited_on.date() == last.date() and v.officers
    ]
