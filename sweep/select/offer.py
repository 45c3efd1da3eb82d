"""The visits on offer: lead-driven ones, and the random draw from the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from geodata.schema import TIMEZONE
from sweep.records import MARKET_REGULATION, POLICE, Building, Draw, Recheck, Visit
from sweep.select.caps import capped_firms, inspections_this_year, last_visits
from sweep.select.rechecks import due_by_building, with_rechecks
from sweep.select.reserve import draw_reserve
from sweep.select.targets import active_firms
from sweep.select.visits import TeamSize, VisitMaker
from sweep.settings.plan import PlanSettings
from sweep.settings.select import Select

# A lead with less than a sixteenth of its worth left (four half-lives) is no ground for a case visit.
LEAST_WEIGHT = 1.0 / 16.0


@dataclass(frozen=True, slots=True)
class Offer:
    """The visits on offer and the draw's record."""

    visits: tuple[Visit, ...]
    draw: Draw
    n_inspections: Mapping[tuple[str, str], int]
    """By (authority, uscc), this year before the day."""
    not_offered: Mapping[str, int]
    """Buildings with leads that are not on offer, by reason."""


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


def offer_visits(
    tables: Tables,
    day: date,
    size: TeamSize,
    select: Select,
    plan: PlanSettings,
    half_life_days: Mapping[str, float],
) -> Offer:
    """
    Lead-driven visits in ranking order up to the cap, and the draw's, which are must-visits.

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
    """
    firms = active_firms(tables.firms)
    n_inspections = inspections_this_year(tables.history, day)
    authorities = [POLICE, MARKET_REGULATION]
    capped = capped_firms(firms, n_inspections, select.annual_cap, authorities)
    rested = _rested(tables, day, select.cooldown_days) - tables.withheld
    basis, not_offered = _case_basis(tables, day, half_life_days, rested)
    value = dict(zip(tables.ranking["building_id"], tables.ranking["value"].astype(float), strict=True))
    firms_by_building = {str(b): group for b, group in firms.groupby("building_id")}
    maker = VisitMaker(tables.buildings, firms_by_building, value, capped, size, select, plan)
    not_offered["withheld"] = len(basis.keys() & tables.withheld)
    in_order = [b for b in tables.ranking["building_id"] if b in basis and b not in tables.withheld]
    not_offered["over_limit"] = max(0, len(in_order) - select.n_case_visits_max)
    chosen = in_order[: select.n_case_visits_max]
    again = due_by_building(tables.rechecks, tables.withheld)
    case = [with_rechecks(maker.case_visit(b, basis[b]), again.get(b, ())) for b in chosen]
    looks = [maker.recheck_visit(b, items) for b, items in again.items() if b not in chosen and b in tables.buildings]
    rest = rested - set(chosen) - again.keys()
    pool = [b for b in tables.buildings if b in rest and maker.may_be_drawn(b) and maker.fits_one_team(b)]
    draw, drawn = draw_reserve(pool, maker)
    return Offer((*_link(case + drawn, tables.buildings), *looks), draw, n_inspections, not_offered)


def _rested(tables: Tables, day: date, cooldown_days: int) -> set[str]:
    """Buildings whose last visit is long enough ago."""
    limit = pd.Timestamp(day, tz=TIMEZONE) - pd.Timedelta(days=cooldown_days)
    last = last_visits(tables.history, day)
    return {b for b in tables.buildings if b not in last or last[b] < limit}


def _case_basis(
    tables: Tables, day: date, half_life_days: Mapping[str, float], rested: set[str]
) -> tuple[dict[str, pd.DataFrame], dict[str, int]]:
    """Live leads by building, for the buildings that may be visited on them."""
    now = pd.Timestamp(day, tz=TIMEZONE)
    leads = tables.leads[
        tables.leads["building_id"].isin(list(tables.buildings)) & (tables.leads["received_at"] <= now)
    ]
    age_days = (now - leads["received_at"]).dt.total_seconds() / 86_400.0
    half_life = leads["lead_type"].map(dict(half_life_days)).to_numpy(np.float64)
    live = leads[np.exp2(-age_days / half_life) >= LEAST_WEIGHT]
    last = last_visits(tables.history, day)
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
