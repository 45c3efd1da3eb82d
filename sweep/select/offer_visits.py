"""Visits on offer (that a day's plan may include), by track: leads, re-checks, lists, random draw, stocktaking."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from geodata.array_types import Bools
from geodata.errors import Code, Issue, Value
from geodata.schema import TIMEZONE
from sweep.records.buildings import Building
from sweep.records.draw import Draw
from sweep.records.squad_slots import split_slots
from sweep.records.visits import Visit
from sweep.scenario.plan_settings import PlanSettings
from sweep.scenario.selection_settings import Select
from sweep.select.apply_pins import pinned_buildings
from sweep.select.lead_due_times import due_seconds, falls_due
from sweep.select.legal_grounds import Grounds
from sweep.select.make_visits import TeamSize, VisitMaker, due_by_building
from sweep.select.selection_tables import Tables, last_answers, last_pairs, last_visits
from sweep.select.special_inspections import special_lists, with_reason
from sweep.select.target_firms import classes_by_building
from sweep.select.visits_by_track import (
    case_visits,
    drawn_visits,
    recheck_visits,
    special_visits,
    stocktake_visits,
    waiting_lists,
)

# Lead columns that a visit needs.
_OF_LEADS = ("building_id", "lead_id", "uscc", "received_at")
# Uses of a unit that requires a certificate for entry (C15).
DWELLINGS = ("dwelling", "mixed")


@dataclass(frozen=True, slots=True)
class Offer:
    """All visits that a day's plan may include (visits on offer), and the record of the random draw."""

    visits: tuple[Visit, ...]
    draw: Draw
    """Record of the random draw: seed, pool and tickets."""

    n_over_limit: int = 0
    """Number of buildings whose leads justify a visit but that are beyond the limit of case visits."""
    uncertified_rechecks: tuple[str, ...] = ()
    """Ids of due re-check items in dwellings without a certificate, which cannot be visited (C15)."""
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """
    Ids of buildings left out of the draw's pool for lack of eligible officers (C09), by reason: `district`, `recusal`.
    """
    waiting: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Ids of buildings where firms below their cap wait for a visit, by approval number of their mandatory list."""
    at_limit: tuple[str, ...] = ()
    """Registered firms (uscc) that other authorities inspect so often that no list and no draw takes them (C33)."""


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
    Return the visits on offer: visits for leads by rank up to the limit, approved lists, the draw, and stocktaking.

    Buildings with leads due on the day come before the ranking's order (C22). `half_life_days`: half-life of a lead by
    its type; `grounds` None: the defaults.
    """
    grounds = grounds or Grounds()
    uncertified = uncertified_dwellings(tables, grounds)
    uncertified_rechecks = tuple(r.recheck_id for r in tables.rechecks if r.uscc in uncertified)
    must, never = pinned_buildings(tables.pins, "must", "with_team"), pinned_buildings(tables.pins, "never")
    rechecks = tuple(r for r in tables.rechecks if r.uscc not in uncertified)
    tables = replace(tables, rechecks=rechecks, withheld=tables.withheld | never)
    maker = _maker(tables, day, uncertified, size=size, select=select, plan=plan, grounds=grounds)
    free = rested(tables, day, select.cooldown_days) - tables.withheld
    basis = _case_basis(tables, day, half_life_days, free, keep_stale="C23" in grounds.off)
    listed = special_lists(grounds.law, tables.firms, day)
    lists = {b: x for b, x in listed.items() if b in tables.buildings and b not in tables.withheld}
    due_rechecks = due_by_building(tables.rechecks, tables.withheld) if maker.windows("case") else {}
    ranked = list(tables.ranking["building_id"])

    case, n_over_limit = case_visits(maker, ranked, basis, lists, due_rechecks, must)
    recheck_only = recheck_visits(maker, due_rechecks, _places(case))
    free -= _places(case) | due_rechecks.keys()
    special = special_visits(maker, lists, [b for b in ranked if b in free])
    free -= _places(special)
    # The share of all firms that special visits leave to the draw (C08).
    n_special = sum(len(set(v.targets) - with_reason(lists[v.building_id])) for v in special)
    max_firms = max(1, int(select.target_share_max * len(tables.active))) - n_special - tables.n_elsewhere
    draw, drawn, left_out = drawn_visits(maker, free, tables.too_few_officers, max_firms)
    free -= _places(drawn)
    stocktake = stocktake_visits(maker, sorted((b for b in ranked if b in free), key=lambda b: b not in must))

    visits = [*_link([*case, *special, *drawn, *stocktake], tables.buildings), *recheck_only]
    if size.is_split:
        visits = [replace(v, slots=split_slots(v.slots)) for v in visits]
    return Offer(
        visits=tuple(visits),
        draw=draw,
        n_over_limit=n_over_limit,
        uncertified_rechecks=uncertified_rechecks,
        left_out=left_out,
        waiting=waiting_lists(maker, lists, visits),
        at_limit=tuple(sorted(tables.busy(day, grounds) & {*tables.others["uscc"]} & {*tables.active["uscc"]})),
    )


def not_on_offer(
    tables: Tables,
    building_id: str,
    day: date,
    half_life_days: Mapping[str, float],
    cooldown_days: int,
    where: str,
    *,
    keep_stale: bool,
) -> Issue:
    """
    Return the issue that states why no visit to a required building is possible.

    `where`: place of the pin or setting that requires the visit; `cooldown_days`: rest period. With `keep_stale`, leads
    of any age count (C23 is off).

    S639 no visit is allowed on the day, S638 beyond the limit of case visits, S637 resting after a visit, S644 no track
    asks for a visit.
    """
    facts: dict[str, Value] = {"id": building_id}
    if building_id in tables.withheld or building_id in tables.too_few_officers:
        return Issue("S639", where, facts)
    free = rested(tables, day, cooldown_days)
    if building_id in _case_basis(tables, day, half_life_days, free, keep_stale=keep_stale):
        return Issue("S638", where, facts)
    if building_id in free:
        return Issue(Code.MUST_WITHOUT_BASIS, where, facts)
    last = tables.of_past(last_visits, day)[building_id].date()
    until = last + timedelta(days=cooldown_days)
    return Issue("S637", where, {**facts, "day": last.isoformat(), "until": until.isoformat()})


def _places(visits: Iterable[Visit]) -> set[str]:
    return {v.building_id for v in visits}


def _maker(
    tables: Tables,
    day: date,
    uncertified: frozenset[str],
    *,
    size: TeamSize,
    select: Select,
    plan: PlanSettings,
    grounds: Grounds,
) -> VisitMaker:
    due = tables.memory.of(lambda: _open_leads_due(tables, day, select, grounds), "due", day)
    return VisitMaker(
        buildings=tables.buildings,
        firms_by_building=_classes(tables, uncertified),
        value=dict(zip(tables.ranking["building_id"], tables.ranking["value"].astype(float), strict=True)),
        capped=tables.barred(day, select, grounds),
        size=size,
        select=select,
        plan=plan,
        grounds=grounds,
        keep_apart=tables.of_past(last_pairs, day),
        n_inspections=tables.inspections(day, select),
        n_due=Counter(str(b) for b in due["building_id"]),
        due_s=due_seconds(due, day, select.due_hours),
        day=day,
    )


def _classes(tables: Tables, uncertified: frozenset[str]) -> dict[str, dict[str, str | None]]:
    """Return the credit class of each firm that may be inspected, by building id and uscc, without `uncertified`."""
    firms = tables.active
    if not uncertified and not tables.rechecks:
        return tables.memory.of(lambda: classes_by_building(firms), "classes")
    may_be_entered = ~firms["uscc"].isin(list(uncertified)) & ~_is_due_elsewhere(tables, firms)
    return classes_by_building(firms[may_be_entered])


def _open_leads_due(tables: Tables, day: date, select: Select, grounds: Grounds) -> pd.DataFrame:
    due = tables.leads[falls_due(tables.leads, day, select.due_workdays, select.due_hours, hours=grounds.hours)]
    last = tables.of_past(last_answers, day)
    pairs = zip(due["building_id"], due["received_at"], strict=True)
    is_open = [not pd.isna(b) and (b not in last or at > last[b]) for b, at in pairs]
    return due[np.array(is_open, np.bool_)]


def uncertified_dwellings(tables: Tables, grounds: Grounds) -> frozenset[str]:
    """Return the uscc of active firms in a dwelling or mixed unit that no inspection certificate names (C15)."""
    firms = tables.active
    named = tables.memory.of(lambda: frozenset(firms["uscc"][firms["unit_use"].isin(DWELLINGS)]), "dwellings")
    return named - set(grounds.law.dwelling_certificates)


def _is_due_elsewhere(tables: Tables, firms: pd.DataFrame) -> Bools:
    """Return whether each firm has a re-check due at an earlier address, so that no other visit inspects it (C11)."""
    due_rechecks = due_by_building(tables.rechecks, tables.withheld)
    due_at = {
        (item.uscc, b) for b, items in due_rechecks.items() if b in tables.buildings for item in items if item.uscc
    }
    is_due = firms["uscc"].isin([uscc for uscc, _ in due_at]).to_numpy(np.bool_, copy=True)
    due = firms[is_due]
    is_due[is_due] = [place not in due_at for place in zip(due["uscc"], due["building_id"], strict=True)]
    return is_due


def rested(tables: Tables, day: date, cooldown_days: int) -> set[str]:
    """Return the ids of buildings without a visit in the `cooldown_days` days before `day`."""
    limit = pd.Timestamp(day, tz=TIMEZONE) - pd.Timedelta(days=cooldown_days)
    last = tables.of_past(last_visits, day)
    return {b for b in tables.buildings if b not in last or last[b] < limit}


def _case_basis(
    tables: Tables, day: date, half_life_days: Mapping[str, float], rested: set[str], *, keep_stale: bool
) -> dict[str, pd.DataFrame]:
    groups, newest = tables.memory.of(
        lambda: _live_leads(tables, day, half_life_days, keep_stale=keep_stale), "live", day
    )
    last = tables.of_past(last_answers, day)
    return {
        b: group
        for b, group in groups.items()
        if b not in tables.withheld and (b in rested or b not in last or newest[b] > last[b])
    }


def _live_leads(
    tables: Tables, day: date, half_life_days: Mapping[str, float], *, keep_stale: bool
) -> tuple[dict[str, pd.DataFrame], dict[str, pd.Timestamp]]:
    """Return the leads that are recent enough to justify a visit, and the time of the newest, both by building id."""
    now = pd.Timestamp(day, tz=TIMEZONE)
    leads = tables.leads[
        tables.leads["building_id"].isin(list(tables.buildings)) & (tables.leads["received_at"] <= now)
    ]
    age_days = (now - leads["received_at"]).dt.total_seconds() / 86_400.0
    half_life = leads["lead_type"].map(dict(half_life_days)).to_numpy(np.float64)
    # A lead older than four half-lives (a sixteenth of its weight) does not justify a case visit.
    live = leads[keep_stale | (np.exp2(-age_days / half_life) >= (1.0 / 16.0))]
    by_building = live[list(_OF_LEADS)].groupby("building_id")
    groups = {str(b): group for b, group in by_building}
    return groups, {str(b): at for b, at in by_building["received_at"].max().items()}


def _link(visits: list[Visit], buildings: Mapping[str, Building]) -> list[Visit]:
    """Return the visits with towers of one complex linked: they start together, so that none warns the others (C16)."""
    complexes = [buildings[v.building_id].complex_id for v in visits]
    counts = Counter(complexes)
    return [
        replace(v, link_group=c) if c is not None and counts[c] > 1 else v
        for v, c in zip(visits, complexes, strict=True)
    ]
