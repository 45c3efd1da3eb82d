"""The visits on offer in the window, day by day: leads, re-checks, lists, each day's own draw, taking stock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pandas as pd

from geodata.schema import TIMEZONE
from sweep.campaign.calendar import day_seed
from sweep.campaign.promises import Due
from sweep.follow.rechecks import due_rechecks
from sweep.pipeline.campaign.loaded import Loaded
from sweep.pipeline.inputs.secrets import under_investigation
from sweep.rank.score import Ranking
from sweep.records.draw import Draw
from sweep.records.people import MARKET_REGULATION, Person
from sweep.records.visits import Recheck, Visit
from sweep.select.caps import last_looks
from sweep.select.due import due_times
from sweep.select.grounds import Grounds
from sweep.select.hours import workdays_between
from sweep.select.offer import Offer, Tables, offer_visits
from sweep.select.officers import OfficerPool, nobody_may_visit, with_officers
from sweep.select.visits import TeamSize

# What a building whose turn is not due in the window weighs of the promise's weight, at the most.
SPREAD_SHARE = 0.02
# A promise that is late already weighs no more for it than twice.
LATE_MOST = 1.0
_TOGETHER = frozenset({"case", "special"})


@dataclass(frozen=True, slots=True)
class DayOffer:
    """The visits on offer on one day of the window."""

    day: date
    visits: Mapping[str, Visit]
    """Keyed by building id; urgency as it weighs in the window."""
    draw: Draw


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


def window_offers(loaded: Loaded, span: Span) -> tuple[DayOffer, ...]:
    """
    What is on offer on each day of the window; a building may be on several days, and is visited on one (C11).

    A building on offer for leads, an item to look at again or a list on any day of the window is not drawn from, nor
    is one that was drawn for an earlier day of it (C09).
    """
    dues, open_due = loaded.dues(), leads_due(loaded, span.days)
    targeted: list[Offer] = []
    looked_again: set[str] = set()
    for day in span.days:
        items = tuple(r for r in due_rechecks(loaded.inputs.rechecks, day) if r.recheck_id not in looked_again)
        targeted.append(_offer(loaded, span, day, items, frozenset()))
        looked_again |= {r.recheck_id for r in items}
    spoken_for = {v.building_id for offer in targeted for v in offer.visits if v.track in ("case", "special")}
    again = {v.building_id for o in targeted for v in o.visits if v.is_must and v.track == "case"}
    made: list[DayOffer] = []
    taken = set(spoken_for)
    for day, first in zip(span.days, targeted, strict=True):
        rest = _offer(loaded, span, day, (), frozenset(taken), with_draw=True)
        drawn = {v.building_id for v in rest.visits if v.track == "routine"}
        taken |= drawn
        visits = {v.building_id: v for v in rest.visits}
        visits |= {v.building_id: v for v in first.visits if v.track in ("case", "special")}
        weighed = {b: _weighed(v, dues.get(b), open_due.get(b, ()), day, loaded, span) for b, v in visits.items()}
        made.append(DayOffer(day, _linked(weighed, loaded), rest.draw))
    return tuple(_once(made, again))


def _linked(visits: Mapping[str, Visit], loaded: Loaded) -> dict[str, Visit]:
    """Towers of one complex that leads or lists name on one day start together (C16); taking stock warns nobody."""
    complexes = {b: loaded.buildings[b].complex_id if v.track in _TOGETHER else None for b, v in visits.items()}
    counts = Counter(c for c in complexes.values() if c is not None)
    return {
        b: replace(v, link_group=c if (c := complexes[b]) is not None and counts[c] > 1 else None)
        for b, v in visits.items()
    }


def _once(made: list[DayOffer], again: Collection[str]) -> list[DayOffer]:
    """Whoever must be visited on one day is on offer on that day alone."""
    musts: dict[str, date] = {}
    for offer in made:
        for b, v in offer.visits.items():
            if v.is_must and (v.track == "routine" or b in again):
                musts.setdefault(b, offer.day)
    return [replace(o, visits={b: v for b, v in o.visits.items() if musts.get(b, o.day) == o.day}) for o in made]


def _offer(
    loaded: Loaded,
    span: Span,
    day: date,
    items: tuple[Recheck, ...],
    withheld: frozenset[str],
    *,
    with_draw: bool = False,
) -> Offer:
    """One day's offer: on leads, items and lists; or with the draw and the taking of stock in what is left."""
    scenario, ranking = loaded.scenario.model_copy(update={"day": day}), span.rankings[day]
    changes: dict[str, object] = {"draw_seed": day_seed(loaded.campaign, day), "n_stocktake_max": 0}
    changes |= {"n_stocktake_max": len(loaded.buildings)} if with_draw else {"draw_share": 0.0}
    if day in span.drawn:
        changes["draw_share"] = 0.0
    officers = _officers(loaded, span, day)
    tables = Tables(
        buildings=loaded.buildings,
        firms=loaded.inputs.firms,
        leads=loaded.inputs.leads,
        history=loaded.inputs.history,
        ranking=ranking.table,
        rechecks=items,
        withheld=under_investigation(loaded.inputs, day) | withheld,
        nobody_may_visit=nobody_may_visit(officers, loaded.buildings) if with_draw else {},
        pins=loaded.inputs.pins,
    )
    offer = offer_visits(
        tables,
        day=day,
        size=span.size,
        select=scenario.select.model_copy(update=changes),
        plan=scenario.plan,
        half_life_days=ranking.half_life_days,
        grounds=Grounds(scenario.law, scenario.hours, scenario.form, frozenset(scenario.rules.off)),
    )
    return with_officers(offer, officers, loaded.buildings) if with_draw else offer


def _officers(loaded: Loaded, span: Span, day: date) -> OfficerPool:
    settings = loaded.scenario
    needs = {MARKET_REGULATION: settings.teams.min_certified[MARKET_REGULATION]}
    shift_s = (settings.plan.shift_start_s, settings.plan.shift_end_s)
    return OfficerPool(tuple(span.on_duty[day].values()), day, shift_s, needs, settings.teams.assist_letter)


def leads_due(loaded: Loaded, days: tuple[date, ...]) -> dict[str, tuple[date, ...]]:
    """The days on which leads that no visit has answered fall due, from today to the window's end, by building id."""
    select, hours = loaded.scenario.select, loaded.scenario.hours
    last = last_looks(loaded.inputs.history, loaded.today)
    leads = loaded.inputs.leads[loaded.inputs.leads["building_id"].notna()]
    now, end = pd.Timestamp(loaded.today, tz=TIMEZONE), days[-1] if days else loaded.today
    longest = (select.due_workdays + 3) * 3
    leads = leads[(leads["received_at"] <= now) & (leads["received_at"] > now - pd.Timedelta(days=longest))]
    ends: dict[date, date] = {}
    found: dict[str, list[date]] = {}
    for b, at, due in zip(leads["building_id"], leads["received_at"], due_times(leads, select.due_hours), strict=True):
        if b in last and at <= last[b]:
            continue
        received = at.date()
        if pd.isna(due) and received not in ends:
            ends[received] = _due_day(received, select.due_workdays, hours)
        on = ends[received] if pd.isna(due) else due.date()
        if loaded.today <= on <= end:
            found.setdefault(str(b), []).append(on)
    return {b: tuple(sorted(of)) for b, of in found.items()}


def _due_day(received: date, n_workdays: int, hours: object) -> date:
    day = received + timedelta(days=n_workdays)
    while workdays_between(received, day, hours) < n_workdays:  # type: ignore[arg-type]
        day += timedelta(days=1)
    return day


def _weighed(visit: Visit, due: Due | None, leads: tuple[date, ...], day: date, loaded: Loaded, span: Span) -> Visit:
    """The visit with what it weighs on the day beyond its value: leads that it still keeps, and its promise."""
    urgency = 0.0
    if visit.track == "case" and "C22" not in loaded.scenario.rules.off:
        urgency += loaded.scenario.plan.due_weight * sum(day <= on for on in leads)
    if due is not None:
        urgency += promise_urgency(due, day, loaded.today, span.days[-1], loaded.campaign.promise_weight)
    if span.held.get(visit.building_id) == day:
        urgency += loaded.campaign.freeze_price
    return replace(visit, urgency=round(urgency, 6))


def promise_urgency(due: Due, day: date, today: date, end: date, weight: float) -> float:
    """
    What a building's promise weighs for a visit on a day.

    One that is late weighs the more the later it is; one that falls due in the window weighs in full up to its day
    and half after it; any other a little, growing with the time since its last look.
    """
    days = due.promise.days
    if due.due_on < today:
        return weight * (1.0 + min(LATE_MOST, (today - due.due_on).days / days))
    if due.due_on <= end:
        return weight if day <= due.due_on else 0.5 * weight
    elapsed = 1.0 - (due.due_on - today).days / days
    return SPREAD_SHARE * weight * max(0.0, elapsed) ** 2
