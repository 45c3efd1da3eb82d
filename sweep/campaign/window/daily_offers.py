"""The visits on offer in the window, day by day: leads, re-checks, lists, each day's own draw, taking stock."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sweep.campaign.model.sweep_days import day_seed
from sweep.campaign.window.load_campaign import Loaded, last_calls
from sweep.campaign.window.visit_urgency import leads_due, weighed
from sweep.campaign.window.visit_values import later_shares
from sweep.follow.rechecks import due_rechecks
from sweep.inputs.withheld import under_investigation
from sweep.rank.rank_buildings import Ranking
from sweep.records.draw import Draw
from sweep.records.people import MARKET_REGULATION, Person
from sweep.records.visits import Recheck, Visit
from sweep.scenario.law import Law
from sweep.select.draw_officers import OfficerPool, nobody_may_visit, with_officers
from sweep.select.legal_grounds import Grounds
from sweep.select.make_visits import TeamSize
from sweep.select.offer_visits import Offer, offer_visits
from sweep.select.published_visits import still_allowed
from sweep.select.selection_tables import Memory, Tables


@dataclass(frozen=True, slots=True)
class DayOffer:
    """The visits on offer on one day of the window."""

    day: date
    visits: Mapping[str, Visit]
    """Keyed by building id; urgency as it weighs in the window."""
    draw: Draw
    published: frozenset[str] = frozenset()
    """Buildings whose visits are published for the day already, by id: these stay as they are."""
    is_approved: bool = False
    """Whether what is published for the day is approved: its visits must be made on it."""
    barred: Mapping[str, Visit] = field(default_factory=dict)
    """Visits that would be on offer if the day were not approved, by building id."""
    whole: Offer | None = None
    """The offer of the day by itself, for what it says of visits that are not on it; None: nothing is known of them."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a window, and what is known of each."""

    days: tuple[date, ...]
    rankings: Mapping[date, Ranking]
    on_duty: Mapping[date, Mapping[str, Person]]
    size: TeamSize
    held: Mapping[str, date] = field(default_factory=dict)
    """Day of each building whose visit is published already, by id."""
    drawn: Mapping[date, Draw] = field(default_factory=dict)
    """Draws that were made for published days; they are not made again."""
    drawn_from: Mapping[date, Collection[str]] = field(default_factory=dict)
    """The buildings that alone may be drawn on a day, by id; a day without them draws from all that may be."""
    memory: Memory = field(default_factory=Memory)
    """What is worked out of the tables once for all days."""


def window_offers(loaded: Loaded, span: Span) -> tuple[DayOffer, ...]:
    """
    What is on offer on each day of the window; a building may be on several days, and is visited on one (C11).

    A building on offer for leads, an item to look at again or a list on any day of the window is not drawn from, nor
    is one that was drawn for another day of it, or whose visit is published for another day (C09). The draws of all
    days and the lists together take no more than the share of the register (C08). An item that was called for when it
    was due, and nobody opened, waits until after the published days: it would move what is on them.
    """
    dues, open_due, end = loaded.dues(), leads_due(loaded, span.days), span.days[-1]
    targeted: list[Offer] = []
    looked_again: set[str] = set()
    again: dict[str, date] = {}
    published, calls = {*span.held.values(), *span.drawn}, last_calls(loaded.inputs.history, loaded.today)
    for day in span.days:
        items = tuple(
            r
            for r in due_rechecks(loaded.inputs.rechecks, day)
            if r.recheck_id not in looked_again
            and (day not in published or span.held.get(r.building_id) == day or not _is_called(r, calls))
        )
        offer, ids = _offer(loaded, span, day, items, frozenset()), {r.recheck_id for r in items}
        targeted.append(offer)
        # What nobody may enter for waits on every day.
        looked_again |= ids - {*offer.shut_out}
        for b in (v.building_id for v in offer.visits if ids & {*v.basis}):
            again.setdefault(b, day)
    spoken_for = {v.building_id for offer in targeted for v in offer.visits if v.track in ("case", "special")}
    made: list[DayOffer] = []
    taken = spoken_for | {b for draw in span.drawn.values() for b in drawn_buildings(draw)}
    n_firms = _n_listed(loaded, targeted) + sum(f.is_drawn for draw in span.drawn.values() for f in draw.firms)
    for day, first in zip(span.days, targeted, strict=True):
        rest = _offer(loaded, span, day, (), frozenset(taken), with_draw=True, n_elsewhere=n_firms)
        drawn = [v for v in rest.visits if v.track == "routine"]
        taken |= {v.building_id for v in drawn}
        n_firms += sum(len(v.targets) for v in drawn)
        visits = {v.building_id: v for v in rest.visits}
        visits |= {v.building_id: v for v in first.visits if v.track in ("case", "special")}
        later = later_shares(span.rankings[day])
        mine = {
            b: weighed(loaded, v, day, end, due=dues.get(b), leads=open_due.get(b, ()), later=later[b])
            for b, v in visits.items()
        }
        whole = replace(first, left_out=rest.left_out)
        made.append(DayOffer(day, linked(_held(mine, span, day, loaded), loaded), rest.draw, whole=whole))
    return tuple(_once(made, again))


def of_register(visit: Visit, law: Law) -> int:
    """Firms of a visit that count towards the share of the register: those with a reason on record do not (C08)."""
    reasoned = (s.firms for s in law.special if s.blanket_reason is not None and s.number in visit.basis)
    return len(set(visit.targets).difference(*reasoned)) if visit.track in ("routine", "special") else 0


def _n_listed(loaded: Loaded, targeted: Collection[Offer]) -> int:
    """Firms that visits on lists take of the share of the register, each building's on the day that takes most."""
    most: dict[str, int] = {}
    for visit in (v for offer in targeted for v in offer.visits):
        n = of_register(visit, loaded.scenario.law)
        most[visit.building_id] = max(n, most.get(visit.building_id, 0))
    return sum(most.values())


def _is_called(item: Recheck, calls: Mapping[str, date]) -> bool:
    """Whether somebody came when it was due; nobody opened, or it would not be due any more."""
    return item.building_id in calls and calls[item.building_id] >= item.due_on


def drawn_buildings(draw: Draw) -> set[str]:
    """Ids of the buildings that were drawn."""
    return {t.building_id for t in draw.tickets if t.is_drawn}


def _held(visits: Mapping[str, Visit], span: Span, day: date, loaded: Loaded) -> dict[str, Visit]:
    """Visits that are published for the day weigh what it costs to move them."""
    price = loaded.campaign.freeze_price
    return {b: replace(v, urgency=v.urgency + price * (span.held.get(b) == day)) for b, v in visits.items()}


def linked(visits: Mapping[str, Visit], loaded: Loaded) -> dict[str, Visit]:
    """Visits with towers of one complex linked if leads or lists name them on one day (C16); no other visit warns."""
    items = {r.recheck_id for r in loaded.inputs.rechecks}
    complexes = {
        b: loaded.buildings[b].complex_id if v.track in ("case", "special") and not items.issuperset(v.basis) else None
        for b, v in visits.items()
    }
    counts = Counter(c for c in complexes.values() if c is not None)
    return {
        b: replace(v, link_group=c if (c := complexes[b]) is not None and counts[c] > 1 else None)
        for b, v in visits.items()
    }


def _once(made: list[DayOffer], again: Mapping[str, date]) -> list[DayOffer]:
    """Offers with each visit that has a day of its own on that day alone; `again` has days of rechecks."""
    musts = dict(again)
    for offer in made:
        for b, v in offer.visits.items():
            if v.track == "routine":
                musts.setdefault(b, offer.day)
    return [replace(o, visits={b: v for b, v in o.visits.items() if musts.get(b, o.day) == o.day}) for o in made]


def _not_drawn_from(officers: OfficerPool, loaded: Loaded, span: Span, day: date) -> dict[str, str]:
    """Why no building of these is drawn for the day, by id: a draw would move what is published, or put off a turn."""
    published = {b: "due" for b, due in loaded.dues().items() if due.due_on < day}
    published |= {b: "published" for b, on in span.held.items() if on != day}
    if day in span.drawn_from:
        published |= {b: "published" for b in loaded.buildings if b not in span.drawn_from[day]}
    return published | nobody_may_visit(officers, loaded.buildings)


def _offer(
    loaded: Loaded,
    span: Span,
    day: date,
    items: tuple[Recheck, ...],
    withheld: frozenset[str],
    *,
    with_draw: bool = False,
    n_elsewhere: int = 0,
) -> Offer:
    """One day's offer: leads, items and lists; or draw and stock-taking, with `n_elsewhere` firms used (C08)."""
    scenario, ranking = loaded.scenario.model_copy(update={"day": day}), span.rankings[day]
    changes: dict[str, object] = {"draw_seed": day_seed(loaded.campaign, day), "n_stocktake_max": 0}
    changes |= {"n_stocktake_max": len(loaded.buildings)} if with_draw else {"draw_share": 0.0}
    if day in span.drawn:
        changes["draw_share"] = 0.0
    officers = _officers(loaded, span, day)
    tables = _tables(loaded, span, day, items)
    offer = offer_visits(
        replace(
            tables,
            withheld=tables.withheld | withheld,
            n_elsewhere=n_elsewhere,
            nobody_may_visit=_not_drawn_from(officers, loaded, span, day) if with_draw else {},
        ),
        day=day,
        size=span.size,
        select=scenario.select.model_copy(update=changes),
        plan=scenario.plan,
        half_life_days=ranking.half_life_days,
        grounds=_grounds(loaded),
    )
    return with_officers(offer, officers, loaded.buildings) if with_draw else offer


def still_on_offer(loaded: Loaded, span: Span, day: date, visits: Mapping[str, Visit]) -> dict[str, Visit]:
    """Those of the visits published for a day that may be made yet, by building id."""
    tables = _tables(loaded, span, day, due_rechecks(loaded.inputs.rechecks, day))
    kept = still_allowed(tables, visits.values(), day, loaded.scenario.select, _grounds(loaded))
    return {v.building_id: v for v in kept}


def _tables(loaded: Loaded, span: Span, day: date, items: tuple[Recheck, ...]) -> Tables:
    return Tables(
        buildings=loaded.buildings,
        firms=loaded.inputs.firms,
        leads=loaded.inputs.leads,
        history=loaded.history,
        ranking=span.rankings[day].table,
        rechecks=items,
        withheld=under_investigation(loaded.inputs, day),
        pins=tuple(p for p in loaded.inputs.pins if p.holds_on(day)),
        memory=span.memory,
    )


def _grounds(loaded: Loaded) -> Grounds:
    scenario = loaded.scenario
    return Grounds(scenario.law, scenario.hours, scenario.form, frozenset(scenario.rules.off))


def _officers(loaded: Loaded, span: Span, day: date) -> OfficerPool:
    settings = loaded.scenario
    needs = {MARKET_REGULATION: settings.teams.min_certified[MARKET_REGULATION]}
    shift_s = (settings.plan.shift_start_s, settings.plan.shift_end_s)
    return OfficerPool(tuple(span.on_duty[day].values()), day, shift_s, needs, settings.teams.assist_letter)
