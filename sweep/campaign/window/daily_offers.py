"""Visits on offer on each day of the window: leads, re-checks, lists, the day's draw, stock-taking."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sweep.campaign.model.sweep_days import day_seed
from sweep.campaign.window.load_campaign import LoadedCampaign, last_calls
from sweep.campaign.window.visit_urgency import leads_due, with_urgency
from sweep.campaign.window.visit_values import later_shares
from sweep.follow.rechecks import due_rechecks
from sweep.inputs.police_only_data import without_visits
from sweep.rank.rank_buildings import Ranking
from sweep.records.draw import Draw
from sweep.records.people import MARKET_REGULATION, Person
from sweep.records.visits import Recheck, Visit
from sweep.scenario.law_and_form_settings import Law
from sweep.select.draw_officers import OfficerPool, buildings_without_officers, with_officers
from sweep.select.legal_grounds import Grounds
from sweep.select.make_visits import TeamSize
from sweep.select.offer_visits import Offer, offer_visits
from sweep.select.recheck_published_visits import still_allowed_visits
from sweep.select.selection_tables import SelectionCache, Tables


@dataclass(frozen=True, slots=True)
class DayOffer:
    """Visits on offer on one day of the window."""

    day: date
    visits: Mapping[str, Visit]
    """Keyed by building id, with the urgency of the window."""
    draw: Draw
    published: frozenset[str] = frozenset()
    """Ids of buildings with a published visit on the day, which stays unchanged."""
    is_approved: bool = False
    """Whether the published day is approved, so that its visits are musts of the day."""
    barred: Mapping[str, Visit] = field(default_factory=dict)
    """Visits that would be on offer without the approval, by building id."""
    whole: Offer | None = None
    """Result of the day's selection, with the reasons of visits not on offer; None if unknown."""


@dataclass(frozen=True, slots=True)
class WindowData:
    """Days of a window, with ranking, people on duty (by day and id), published visits and draws for each."""

    days: tuple[date, ...]
    rankings: Mapping[date, Ranking]
    on_duty: Mapping[date, Mapping[str, Person]]
    size: TeamSize
    """Expected number and size of teams, the same on each day."""
    published_day_of: Mapping[str, date] = field(default_factory=dict)
    """Day of each published visit, by building id."""
    drawn: Mapping[date, Draw] = field(default_factory=dict)
    """Draws of published days, which are not repeated."""
    drawn_from: Mapping[date, Collection[str]] = field(default_factory=dict)
    """Ids of the buildings to which a day's draw is limited; a day without an entry has no limit."""
    memory: SelectionCache = field(default_factory=SelectionCache)
    """Cache of results from the tables, shared by all days."""


def window_offers(loaded: LoadedCampaign, span: WindowData) -> tuple[DayOffer, ...]:
    """
    Return the visits on offer on each day; a building may be on offer on several days (C11).

    The draw of a day excludes buildings on offer for leads, re-checks or lists on any day, drawn for another day, or
    published for another day (C09). Draws of all days and lists together stay within the share of the register (C08). A
    re-check that failed at a locked door when due waits until after the published days, whose plans it would change.
    """
    dues, open_due, end = loaded.dues(), leads_due(loaded, span.days), span.days[-1]
    targeted: list[Offer] = []
    offered_rechecks: set[str] = set()
    recheck_day_of: dict[str, date] = {}
    published, calls = {*span.published_day_of.values(), *span.drawn}, last_calls(loaded.inputs.history, loaded.today)
    for day in span.days:
        # A visit since a re-check fell due has failed, as the re-check is still open.
        items = tuple(
            r
            for r in due_rechecks(loaded.inputs.rechecks, day)
            if r.recheck_id not in offered_rechecks
            and (
                day not in published
                or span.published_day_of.get(r.building_id) == day
                or calls.get(r.building_id, date.min) < r.due_on
            )
        )
        offer, ids = _offer(loaded, span, day, items, frozenset()), {r.recheck_id for r in items}
        targeted.append(offer)
        # A re-check without permitted officers waits on every day.
        offered_rechecks |= ids - {*offer.uncertified_rechecks}
        for b in (v.building_id for v in offer.visits if ids & {*v.basis}):
            recheck_day_of.setdefault(b, day)
    targeted_buildings = {v.building_id for offer in targeted for v in offer.visits if v.track in ("case", "special")}
    made: list[DayOffer] = []
    excluded = targeted_buildings | {b for draw in span.drawn.values() for b in drawn_buildings(draw)}
    n_firms = _n_listed(loaded, targeted) + sum(f.is_drawn for draw in span.drawn.values() for f in draw.firms)
    for day, first in zip(span.days, targeted, strict=True):
        rest = _offer(loaded, span, day, (), frozenset(excluded), with_draw=True, n_elsewhere=n_firms)
        drawn = [v for v in rest.visits if v.track == "routine"]
        excluded |= {v.building_id for v in drawn}
        n_firms += sum(len(v.targets) for v in drawn)
        visits = {v.building_id: v for v in rest.visits}
        visits |= {v.building_id: v for v in first.visits if v.track in ("case", "special")}
        later = later_shares(span.rankings[day])
        mine = {
            b: with_urgency(loaded, v, day, end, due=dues.get(b), leads=open_due.get(b, ()), later=later[b])
            for b, v in visits.items()
        }
        whole = replace(first, left_out=rest.left_out)
        made.append(
            DayOffer(day, with_link_groups(_with_freeze_price(mine, span, day, loaded), loaded), rest.draw, whole=whole)
        )
    return tuple(_on_fixed_days(made, recheck_day_of))


def n_register_firms(visit: Visit, law: Law) -> int:
    """
    Return how many firms of a visit count towards the share of the register that may be inspected (C08).

    Firms of drawn visits and special inspections count, unless they are on a list with a reason (`blanket_reason`).
    """
    reasoned = (s.firms for s in law.special if s.blanket_reason is not None and s.number in visit.basis)
    return len(set(visit.targets).difference(*reasoned)) if visit.track in ("routine", "special") else 0


def _n_listed(loaded: LoadedCampaign, targeted: Collection[Offer]) -> int:
    """Return the number of firms on lists, for the share of the register (C08): per building, the most on one day."""
    most: dict[str, int] = {}
    for visit in (v for offer in targeted for v in offer.visits):
        n = n_register_firms(visit, loaded.scenario.law)
        most[visit.building_id] = max(n, most.get(visit.building_id, 0))
    return sum(most.values())


def drawn_buildings(draw: Draw) -> set[str]:
    """Return the ids of the buildings that a day's random draw has chosen."""
    return {t.building_id for t in draw.tickets if t.is_drawn}


def _with_freeze_price(
    visits: Mapping[str, Visit], span: WindowData, day: date, loaded: LoadedCampaign
) -> dict[str, Visit]:
    price = loaded.campaign.freeze_price
    return {b: replace(v, urgency=v.urgency + price * (span.published_day_of.get(b) == day)) for b, v in visits.items()}


def with_link_groups(visits: Mapping[str, Visit], loaded: LoadedCampaign) -> dict[str, Visit]:
    """
    Return all visits of a day by building id, with new link groups (C16): towers of a complex are linked.

    Only special inspections, and case visits because of leads, are linked; every other visit loses its link.
    """
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


def _on_fixed_days(made: list[DayOffer], recheck_day_of: Mapping[str, date]) -> list[DayOffer]:
    """
    Return the offers, in which a building fixed to a day is on offer on that day only.

    `recheck_day_of` (day by building id) fixes it, or else a draw.
    """
    fixed_day_of = dict(recheck_day_of)
    for offer in made:
        for b, v in offer.visits.items():
            if v.track == "routine":
                fixed_day_of.setdefault(b, offer.day)
    return [replace(o, visits={b: v for b, v in o.visits.items() if fixed_day_of.get(b, o.day) == o.day}) for o in made]


def _excluded_from_draw(officers: OfficerPool, loaded: LoadedCampaign, span: WindowData, day: date) -> dict[str, str]:
    """
    Return, by building id, the code of the reason to exclude the building from a day's draw.

    `due`: its promise is overdue. `published`: its visit is published for another day, or the published draw of this
    day omits it. Other codes: too few of the `officers` are eligible.
    """
    reasons = {b: "due" for b, due in loaded.dues().items() if due.due_on < day}
    reasons |= {b: "published" for b, on in span.published_day_of.items() if on != day}
    if day in span.drawn_from:
        reasons |= {b: "published" for b in loaded.buildings if b not in span.drawn_from[day]}
    return reasons | buildings_without_officers(officers, loaded.buildings)


def _offer(
    loaded: LoadedCampaign,
    span: WindowData,
    day: date,
    items: tuple[Recheck, ...],
    withheld: frozenset[str],
    *,
    with_draw: bool = False,
    n_elsewhere: int = 0,
) -> Offer:
    """
    Return a day's visits on leads, re-checks and lists; with `with_draw` also drawn visits and stocktakes.

    `items`: due re-checks; `withheld`: ids of buildings to leave out; `n_elsewhere`: number of firms of the window's
    special inspections and other draws, by which the day's draw is smaller (C08).
    """
    scenario, ranking = loaded.scenario, span.rankings[day]
    changes: dict[str, object] = {"draw_seed": day_seed(loaded.campaign, day), "n_stocktake_max": 0}
    changes |= {"n_stocktake_max": len(loaded.buildings)} if with_draw else {"draw_share": 0.0}
    if day in span.drawn:
        changes["draw_share"] = 0.0
    needs = {MARKET_REGULATION: scenario.teams.min_certified[MARKET_REGULATION]}
    shift_s = (scenario.plan.shift_start_s, scenario.plan.shift_end_s)
    officers = OfficerPool(tuple(span.on_duty[day].values()), day, shift_s, needs, scenario.teams.assist_letter)
    tables = _tables(loaded, span, day, items)
    offer = offer_visits(
        replace(
            tables,
            withheld=tables.withheld | withheld,
            n_elsewhere=n_elsewhere,
            too_few_officers=_excluded_from_draw(officers, loaded, span, day) if with_draw else {},
        ),
        day=day,
        size=span.size,
        select=scenario.select.model_copy(update=changes),
        plan=scenario.plan,
        half_life_days=ranking.half_life_days,
        grounds=_grounds(loaded),
    )
    return with_officers(offer, officers, loaded.buildings) if with_draw else offer


def still_permitted(
    loaded: LoadedCampaign, span: WindowData, day: date, visits: Mapping[str, Visit]
) -> dict[str, Visit]:
    """Return the published `visits` of a day that today's data still permit, by building id."""
    tables = _tables(loaded, span, day, due_rechecks(loaded.inputs.rechecks, day))
    kept = still_allowed_visits(tables, visits.values(), day, loaded.scenario.select, _grounds(loaded))
    return {v.building_id: v for v in kept}


def _tables(loaded: LoadedCampaign, span: WindowData, day: date, items: tuple[Recheck, ...]) -> Tables:
    return Tables(
        buildings=loaded.buildings,
        firms=loaded.inputs.firms,
        leads=loaded.inputs.leads,
        history=loaded.history,
        others=loaded.inputs.other_inspections,
        ranking=span.rankings[day].table,
        rechecks=items,
        withheld=without_visits(loaded.inputs, day),
        pins=tuple(p for p in loaded.inputs.pins if p.holds_on(day)),
        memory=span.memory,
    )


def _grounds(loaded: LoadedCampaign) -> Grounds:
    scenario = loaded.scenario
    return Grounds(scenario.law, scenario.hours, scenario.form, scenario.codes, frozenset(scenario.rules.off))
