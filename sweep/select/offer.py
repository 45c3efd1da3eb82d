"""The visits on offer: lead-driven ones, and the random draw from the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from geodata.schema import TIMEZONE
from sweep.records.draw import Draw
from sweep.records.people import MARKET_REGULATION, POLICE
from sweep.records.places import Building
from sweep.records.squads import split_slots
from sweep.records.visits import Recheck, Visit
from sweep.scenario.plan import PlanSettings
from sweep.scenario.select import Select
from sweep.select.caps import capped_firms, inspections_this_year, last_looks, last_pairs, last_visits
from sweep.select.due import due_seconds, falls_due
from sweep.select.grounds import Grounds, Past
from sweep.select.rechecks import due_by_building, with_rechecks
from sweep.select.reserve import draw_reserve
from sweep.select.special import SpecialList, special_lists
from sweep.select.targets import active_firms
from sweep.select.visits import TeamSize, VisitMaker

# A lead with less than a sixteenth of its worth left (four half-lives) is no ground for a case visit.
LEAST_WEIGHT = 1.0 / 16.0
# Uses of a unit that is not entered without a certificate that names it (C15).
DWELLINGS = ("dwelling", "mixed")


@dataclass(frozen=True, slots=True)
class Offer:
    """The visits on offer and the draw's record."""

    visits: tuple[Visit, ...]
    draw: Draw
    n_inspections: Mapping[tuple[str, str], int]
    """By (authority, uscc), this year before the day."""
    not_offered: Mapping[str, int]
    """Buildings with leads that are not on offer, by reason."""
    shut_out: tuple[str, ...] = ()
    """Items to look at again in a dwelling that no certificate names (C15)."""
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Buildings that would be in the pool of the draw if enough on duty might inspect there, by reason (C09)."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables that selection reads."""

    buildings: Mapping[str, Building]
    firms: pd.DataFrame
    leads: pd.DataFrame
    history: pd.DataFrame
    ranking: pd.DataFrame
    rechecks: tuple[Recheck, ...] = ()
    """Open items that are due (C27)."""
    withheld: frozenset[str] = frozenset()
    """Buildings under investigation, by id: no joint visit goes there (C26)."""
    nobody_may_visit: Mapping[str, str] = field(default_factory=dict)
    """Why too few on duty may inspect there, by building id: they are not drawn from (C09)."""


def offer_visits(
    tables: Tables,
    day: date,
    size: TeamSize,
    select: Select,
    plan: PlanSettings,
    half_life_days: Mapping[str, float],
    grounds: Grounds | None = None,
) -> Offer:
    """
    Lead-driven visits in ranking order up to the cap, those of approved lists, the draw's, and stock-taking.

    A lead that falls due with the day goes before the ranking (C22).

    Parameters
    ----------
    tables
        Buildings, firms, leads, history, ranking.
    day
        Of the visits; leads count up to its first moment.
    size
        Of the teams to come.
    select, plan
        The scenario's sections.
    half_life_days
        By lead type, those that the ranking went by.
    grounds
        Papers, hours and form; None: the defaults.
    """
    grounds = grounds or Grounds()
    closed = _closed_dwellings(tables.firms, grounds)
    shut_out = tuple(r.recheck_id for r in tables.rechecks if r.uscc in closed)
    tables = replace(tables, rechecks=tuple(r for r in tables.rechecks if r.uscc not in closed))
    maker = _maker(tables, day, size, select, plan, grounds, closed)
    rested = _rested(tables, day, select.cooldown_days) - tables.withheld
    basis, not_offered = _case_basis(tables, day, half_life_days, rested, keep_stale="C23" in grounds.off)
    not_offered["withheld"] = len(basis.keys() & tables.withheld)
    may_go = basis.keys() - tables.withheld if maker.windows("case") else set()
    in_order = [b for b in tables.ranking["building_id"] if b in may_go]
    if "C22" not in grounds.off:
        in_order.sort(key=lambda b: b not in maker.past.n_due)
    not_offered["over_limit"] = max(0, len(in_order) - select.n_case_visits_max)
    chosen = in_order[: select.n_case_visits_max]
    lists = {b: x for b, x in special_lists(grounds.law, tables.firms, day).items() if b in rested}
    again = due_by_building(tables.rechecks, tables.withheld) if maker.windows("case") else {}
    case = [with_rechecks(maker.case_visit(b, basis[b], lists.get(b)), again.get(b, ())) for b in chosen]
    looks = [maker.recheck_visit(b, items) for b, items in again.items() if b not in chosen and b in tables.buildings]
    led = {*chosen, *again}
    rest = [b for b in tables.ranking["building_id"] if b in rested and b not in led]
    special = _special(maker, {b: lists[b] for b in rest if b in lists})
    listed = {v.building_id for v in special}
    may_draw = bool(maker.windows("routine"))
    free = rested - led - listed
    drawable = [b for b in tables.buildings if may_draw and b in free and _is_drawable(maker, b)]
    pool, left_out = _parted(drawable, tables.nobody_may_visit)
    n_listed = sum(len(v.targets) for v in special if not lists[v.building_id].is_blanket)
    draw, drawn = draw_reserve(pool, maker, _most_listed(tables.firms, select.target_share_max) - n_listed)
    taken = listed | {v.building_id for v in drawn}
    stock = [b for b in rest if b not in taken and maker.windows("stocktake") and maker.fits_one_team(b)]
    stocktake = [maker.stocktake_visit(b) for b in stock[: select.n_stocktake_max]]
    visits = [*_link([*case, *special, *drawn, *stocktake], tables.buildings), *looks]
    if size.is_split:
        visits = [replace(v, slots=split_slots(v.slots)) for v in visits]
    return Offer(tuple(visits), draw, maker.past.n_inspections, not_offered, shut_out, left_out)


def _maker(
    tables: Tables,
    day: date,
    size: TeamSize,
    select: Select,
    plan: PlanSettings,
    grounds: Grounds,
    closed: frozenset[str],
) -> VisitMaker:
    firms = active_firms(tables.firms)
    n_inspections = inspections_this_year(tables.history, day, select.cap_exempt)
    capped = capped_firms(firms, n_inspections, select.annual_cap, [POLICE, MARKET_REGULATION])
    may_be_entered = ~firms["uscc"].isin(list(closed)) & ~_is_due_elsewhere(tables, firms)
    due = tables.leads[falls_due(tables.leads, day, select.due_workdays, select.due_hours, grounds.hours)]
    last = last_looks(tables.history, day)
    # A visit since it came in has answered a lead.
    pairs = zip(due["building_id"], due["received_at"], strict=True)
    is_open = [not pd.isna(b) and (b not in last or at > last[b]) for b, at in pairs]
    due = due[np.array(is_open, np.bool_)]
    n_due = Counter(str(b) for b in due["building_id"])
    return VisitMaker(
        tables.buildings,
        {str(b): group for b, group in firms[may_be_entered].groupby("building_id")},
        dict(zip(tables.ranking["building_id"], tables.ranking["value"].astype(float), strict=True)),
        capped,
        size,
        select,
        plan,
        grounds,
        Past(last_pairs(tables.history, day), n_inspections, n_due, due_seconds(due, day, select.due_hours)),
        day,
    )


def _closed_dwellings(firms: pd.DataFrame, grounds: Grounds) -> frozenset[str]:
    """Active firms in a dwelling or a mixed unit that no certificate names (C15)."""
    active = active_firms(firms)
    return frozenset(active["uscc"][active["unit_use"].isin(DWELLINGS)]) - set(grounds.law.dwelling_certificates)


def _is_due_elsewhere(tables: Tables, firms: pd.DataFrame) -> pd.Series:
    """Firms to be looked at again where they were before they moved alone, and so in no other visit (C11)."""
    again = due_by_building(tables.rechecks, tables.withheld)
    due_at = {(item.uscc, b) for b, items in again.items() if b in tables.buildings for item in items if item.uscc}
    due = {uscc for uscc, _ in due_at}
    places = zip(firms["uscc"], firms["building_id"], strict=True)
    return pd.Series([u in due and (u, b) not in due_at for u, b in places], index=firms.index, dtype=bool)


def _special(maker: VisitMaker, lists: Mapping[str, SpecialList]) -> list[Visit]:
    """Visits of the lists whose firms are not all at their cap."""
    if not maker.windows("special"):
        return []
    return [maker.special_visit(b, x) for b, x in lists.items() if maker.special_targets(b, x)]


def _most_listed(firms: pd.DataFrame, share: float) -> int:
    """Most firms that special and drawn visits may inspect together, one at least (C08)."""
    return max(1, int(share * len(active_firms(firms))))


def _is_drawable(maker: VisitMaker, building_id: str) -> bool:
    return maker.may_be_drawn(building_id) and maker.fits_one_team(building_id)


def _parted(drawable: Sequence[str], closed: Mapping[str, str]) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """The pool of the draw, and what too few may inspect by the reason."""
    left_out = {why: tuple(b for b in drawable if closed.get(b) == why) for why in sorted(set(closed.values()))}
    return [b for b in drawable if b not in closed], {why: ids for why, ids in left_out.items() if ids}


def _rested(tables: Tables, day: date, cooldown_days: int) -> set[str]:
    """Buildings whose last visit is long enough ago."""
    limit = pd.Timestamp(day, tz=TIMEZONE) - pd.Timedelta(days=cooldown_days)
    last = last_visits(tables.history, day)
    return {b for b in tables.buildings if b not in last or last[b] < limit}


def _case_basis(
    tables: Tables, day: date, half_life_days: Mapping[str, float], rested: set[str], *, keep_stale: bool
) -> tuple[dict[str, pd.DataFrame], dict[str, int]]:
    """Live leads by building, for the buildings that may be visited on them."""
    now = pd.Timestamp(day, tz=TIMEZONE)
    leads = tables.leads[
        tables.leads["building_id"].isin(list(tables.buildings)) & (tables.leads["received_at"] <= now)
    ]
    age_days = (now - leads["received_at"]).dt.total_seconds() / 86_400.0
    half_life = leads["lead_type"].map(dict(half_life_days)).to_numpy(np.float64)
    live = leads[keep_stale | (np.exp2(-age_days / half_life) >= LEAST_WEIGHT)]
    last = last_looks(tables.history, day)
    basis: dict[str, pd.DataFrame] = {}
    not_offered = {"stale_leads": int(leads["building_id"].nunique() - live["building_id"].nunique()), "cooldown": 0}
    for building_id, group in live.groupby("building_id"):
        key = str(building_id)
        has_newer = key not in last or bool((group["received_at"] > last[key]).any())
        if key in rested or has_newer:
            basis[key] = group
        else:
            not_offered["cooldown"] += 1
    return basis, not_offered


def _link(visits: list[Visit], buildings: Mapping[str, Building]) -> list[Visit]:
    """Towers of one complex that are both on offer start together (C16), so that none warns the other."""
    complexes = [buildings[v.building_id].complex_id for v in visits]
    return [
        replace(v, link_group=c) if c is not None and complexes.count(c) > 1 else v
        for v, c in zip(visits, complexes, strict=True)
    ]
