"""
Pins of planners on buildings, applied to the days of a window.

A `must` is served once in a campaign, on the best day of the window; `not_before` and `not_together` apply to each
day. Pins to teams are not possible, since teams are composed for each day.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from geodata.errors import InputError, Issue
from sweep.campaign.window.daily_offers import DayOffer
from sweep.campaign.window.load_campaign import LoadedCampaign, last_looks
from sweep.records.pins import Pin
from sweep.records.visits import Cap, Visit
from sweep.select.apply_pins import with_pins


def open_musts(loaded: LoadedCampaign) -> frozenset[str]:
    """Return ids of buildings with a `must` pin not yet served; visits without a result count as served."""
    looks, begins = last_looks(loaded.history, loaded.today), loaded.campaign.first_day
    musts = (p.building_id for p in loaded.inputs.pins if p.kind == "must")
    return frozenset(b for b in musts if looks.get(b, date.min) < begins)


def keep_apart_pins(pins: Iterable[Pin]) -> tuple[Pin, ...]:
    """Return the pins that keep two buildings apart on one day."""
    return tuple(p for p in pins if p.kind == "not_together")


def with_day_pins(offers: Sequence[DayOffer], pins: Sequence[Pin]) -> tuple[DayOffer, ...]:
    """
    Return each day's offer under `pins`: visits start no earlier than pinned, and conflicting visits are dropped.

    Two visits conflict if a pin keeps their buildings apart. If one of them is a must-visit on offer on that day only,
    such as a drawn one (C09), the other is dropped on the day. The search resolves all other conflicts.

    Raises
    ------
    InputError
        S646 if no start remains in a day's window, S647 if two buildings to be kept apart are both musts of a day.
    """
    n_days = Counter(b for o in offers for b in o.visits)
    made = []
    for offer in offers:
        today = [p for p in pins if p.holds_on(offer.day)]
        visits, issues = with_pins(tuple(offer.visits.values()), [p for p in today if p.kind == "not_before"])
        fixed = {v.building_id for v in visits if v.is_must and n_days[v.building_id] == 1}
        met = [(p, fixed & set(p.buildings)) for p in keep_apart_pins(today)]
        both = [Issue("S647", p.where, {"id": p.building_id, "other": p.other_id}) for p, of in met if len(of) == 2]
        if issues or both:
            raise InputError([*issues, *both])
        out = {b for p, of in met if of for b in set(p.buildings) - of}
        made.append(replace(offer, visits={v.building_id: v for v in visits if v.building_id not in out}))
    return tuple(made)


def with_one_must(visits: Sequence[Visit]) -> list[Visit]:
    """Return the visits with at most one must-visit per building: the most valuable one; others become optional."""
    best: dict[str, Visit] = {}
    for visit in visits:
        if visit.is_must and (visit.building_id not in best or visit.value > best[visit.building_id].value):
            best[visit.building_id] = visit
    return [replace(v, is_must=v.is_must and v.visit_id == best[v.building_id].visit_id) for v in visits]


def with_musts(
    visits: Sequence[Visit], versions: Mapping[str, Mapping[int, Visit]], musts: Iterable[str], pins: Sequence[Pin]
) -> list[Visit]:
    """
    Return a window's visits, but of each building in `musts` only the most valuable one, as a must-visit.

    Buildings are handled in order of their ids. If `pins` keep a building apart from buildings handled before, a visit
    on offer on a day without their must-visits is preferred to a more valuable one. `versions`: visits by day index, by
    visit id, as from `visit_versions`.
    """
    of: dict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        of[visit.building_id].append(visit)
    chosen: dict[str, Visit] = {}
    for b in sorted(of.keys() & set(musts)):
        others = {x for p in keep_apart_pins(pins) if b in p.buildings for x in p.buildings} & chosen.keys()
        excluded_days = {k for x in others for k in versions[chosen[x].visit_id]}
        free = [v for v in of[b] if not excluded_days.issuperset(versions[v.visit_id])]
        chosen[b] = replace(max(free or of[b], key=lambda v: v.value), is_must=True)
    return [chosen.get(v.building_id, v) for v in visits if chosen.get(v.building_id, v).visit_id == v.visit_id]


def apart_caps(
    pins: Sequence[Pin], visits: Iterable[Visit], versions: Mapping[str, Mapping[int, Visit]], days: Sequence[date]
) -> Iterator[Cap]:
    """
    Yield, for each pin that keeps two buildings apart, a cap of one visit on each day on which both are on offer.

    `visits`: visits of the window; `versions`: as from `visit_versions`, days as indices in `days`.
    """
    on: dict[tuple[str, int], str] = {(v.building_id, k): v.visit_id for v in visits for k in versions[v.visit_id]}
    for pin in keep_apart_pins(pins):
        both = (k for b, k in on if b == pin.building_id and (pin.other_id, k) in on)
        for k in sorted(k for k in both if pin.holds_on(days[k])):
            ids = (on[pin.building_id, k], on[pin.other_id, k])
            yield Cap(f"P10 {pin.building_id} {pin.other_id} {k}", dict.fromkeys(ids, 1), 1)
