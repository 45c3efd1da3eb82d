"""
Visits of a window as the solver sees them: a building's days on which its visit is alike are one visit.

What such a visit is worth on a day is its value and its urgency of that day together, so that days which differ in
nothing but in what the visit weighs do not make it another one.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sweep.campaign.window.daily_offers import DayOffer
from sweep.records.visits import Visit

DAY_S = 86_400
# Between the id of a visit and the number of its version, and between a day and a team of it.
VERSION, OF_DAY = "~", "/"


def visit_versions(
    offers: Sequence[DayOffer], places: Sequence[int], by_day: Collection[str] = ()
) -> tuple[list[Visit], dict[str, dict[int, Visit]]]:
    """
    Each building's visits, those of days on which they are alike as one.

    Parameters
    ----------
    places
        Days from the first to each of them.
    by_day
        Ids of the buildings whose visits are of one day each, alike or not.
    """
    by_building: dict[str, dict[int, Visit]] = defaultdict(dict)
    for k, offer in enumerate(offers):
        for building_id, visit in offer.visits.items():
            by_building[building_id][k] = visit
    visits: list[Visit] = []
    versions: dict[str, dict[int, Visit]] = {}
    for building_id, of_days in by_building.items():
        published = {k for k in of_days if building_id in offers[k].published}
        alike: dict[object, dict[int, Visit]] = defaultdict(dict)
        for k, visit in _as_on_first(of_days, published).items():
            alike[_key(visit, k, by_day)][k] = visit
        for n, of in enumerate(alike.values()):
            one = _joined(of, n, offers, places)
            visits.append(one)
            versions[one.visit_id] = of
    return visits, versions


def _as_on_first(of_days: Mapping[int, Visit], published: Collection[int]) -> dict[int, Visit]:
    """
    A building's visits with what the first of each track rests on.

    A lead whose worth is gone on a later day while another one's is not does not make that day's visit another one.
    One that is published stays as it is.

    Parameters
    ----------
    published
        Places of the days for which its visit is published.
    """
    made: dict[int, Visit] = {}
    first: dict[tuple[str, bool], Visit] = {}
    for k, visit in of_days.items():
        one = first.setdefault((visit.track, visit.is_must), visit)
        if visit.track == "case" and k not in published:
            visit = replace(
                visit, basis=one.basis, targets=one.targets, slots=one.slots, n_firms=one.n_firms, items=one.items
            )
        made[k] = visit
    return made


def _key(visit: Visit, k: int, by_day: Collection[str]) -> object:
    """What two days' visits to a building must have in common to be one; linked ones are of one day each."""
    day = k if visit.link_group is not None or visit.building_id in by_day else -1
    return day, visit.track, visit.is_must, visit.basis, visit.targets, visit.officers, repr(visit.slots)


def _joined(of: Mapping[int, Visit], n: int, offers: Sequence[DayOffer], places: Sequence[int]) -> Visit:
    first_k = min(of)
    first = of[first_k]
    shift = {k: places[k] * DAY_S for k in of}
    values = tuple(of[k].value + of[k].urgency if k in of else 0.0 for k in range(len(offers)))
    return replace(
        first,
        visit_id=first.visit_id if n == 0 else f"{first.visit_id}{VERSION}{n}",
        value=max(values),
        values=values,
        urgency=0.0,
        windows_s=tuple((lo + shift[k], hi + shift[k]) for k in sorted(of) for lo, hi in of[k].windows_s),
        # An hour by which a lead must be followed is kept when the day itself is gone over.
        due_s=None,
        link_group=None if first.link_group is None else f"{first.link_group}{OF_DAY}{first_k}",
    )
