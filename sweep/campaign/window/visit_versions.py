"""
Versions of a window's visits for the solver: equal visits on several days are one.

The objective of a visit on a day is its value plus its urgency, so that days that differ only in these share one
version.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from geodata.clock_times import DAY_S
from sweep.campaign.window.daily_offers import DayOffer
from sweep.records.visits import Visit

# Separators between visit id and version number, and between day and team.
VERSION, OF_DAY = "~", "/"


def visit_versions(
    offers: Sequence[DayOffer], places: Sequence[int], by_day: Collection[str] = ()
) -> tuple[list[Visit], dict[str, dict[int, Visit]]]:
    """
    Return the window's visits for the solver: visits to a building that are alike on several days become one visit.

    The second value maps id of a solver's visit and index of a day in `offers` to the visit it replaces on that day.

    Parameters
    ----------
    places
        Offset of each offer's day from the first, in days; windows and values of the merged visit are shifted by it.
    by_day
        Ids of the buildings whose visits are never merged.
    """
    by_building: dict[str, dict[int, Visit]] = defaultdict(dict)
    for k, offer in enumerate(offers):
        for building_id, visit in offer.visits.items():
            by_building[building_id][k] = visit
    visits: list[Visit] = []
    versions: dict[str, dict[int, Visit]] = {}
    for of_days in by_building.values():
        alike: dict[object, dict[int, Visit]] = defaultdict(dict)
        for k, visit in _with_first_basis(of_days, offers).items():
            alike[_key(visit, k, by_day)][k] = visit
        for n, of in enumerate(alike.values()):
            one = _merged_visit(of, n, offers, places)
            visits.append(one)
            versions[one.visit_id] = of
    return visits, versions


def _with_first_basis(of_days: Mapping[int, Visit], offers: Sequence[DayOffer]) -> dict[int, Visit]:
    """
    Return a building's visits by day index, its case visits with basis, firms and slots of the earliest one.

    The visits then stay alike if a lead expires on a later day. Published visits stay unchanged. On a day on which
    other authorities' inspections bar a firm of an earlier visit (C33), that visit is not used. `of_days`: the visits
    by day index.
    """
    made: dict[int, Visit] = {}
    known: dict[tuple[str, bool], list[Visit]] = defaultdict(list)
    for k, visit in of_days.items():
        whole = offers[k].whole
        firms_at_limit = {*(whole.at_limit if whole else ())}.difference(visit.targets)
        earlier = known[visit.track, visit.is_must]
        earlier.append(one := next((v for v in earlier if firms_at_limit.isdisjoint(v.targets)), visit))
        if visit.track == "case" and visit.building_id not in offers[k].published:
            visit = replace(
                visit, basis=one.basis, targets=one.targets, slots=one.slots, n_firms=one.n_firms, items=one.items
            )
        made[k] = visit
    return made


def _key(visit: Visit, k: int, by_day: Collection[str]) -> object:
    """Return a key that is equal for visits that may be merged; those linked or in `by_day` differ by day `k`."""
    day = k if visit.link_group is not None or visit.building_id in by_day else -1
    return day, visit.track, visit.is_must, visit.basis, visit.targets, visit.officers, repr(visit.slots)


def _merged_visit(of: Mapping[int, Visit], n: int, offers: Sequence[DayOffer], places: Sequence[int]) -> Visit:
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
        # The hour by which a lead is due is enforced when the single day is planned.
        due_s=None,
        link_group=None if first.link_group is None else f"{first.link_group}{OF_DAY}{first_k}",
    )
