"""Contradictions of a scenario's rules or approvals with its tables or its day."""

import json
from collections import Counter
from collections.abc import Collection, Iterator

import geopandas as gpd
import pandas as pd

from geodata.clean.roster_and_bases import check_recusals
from geodata.errors import Issue, first_items
from sweep.scenario.law_and_form_settings import Special
from sweep.scenario.scenario import Scenario
from sweep.scenario.working_days_and_hours import covers, is_workday, windows
from sweep.select.selection_tables import capped_firms, inspections_this_year
from sweep.select.target_firms import active_firms

WORKING_DAY_CODES = frozenset({"S611", "S612"})
"""Errors of a day without permitted visits; irrelevant if nothing is planned."""
AUTHORITIES = ["police", "market_regulation"]


def law_faults(
    scenario: Scenario,
    buildings: gpd.GeoDataFrame,
    firms: pd.DataFrame,
    roster: pd.DataFrame,
    history: pd.DataFrame,
    quarantine: pd.DataFrame,
) -> tuple[Issue, ...]:
    """
    Return all contradictions between settings, approvals and tables.

    S611 for a day without a table of holidays, S612 for a day without a permitted start, S613 for an approval or filing
    dated after the day, S614 for an unknown firm on a special list, S615 for a list, or all lists together, with too
    large a share of the firms and no stated reason, S616 for a mandatory list with firms at their cap, S204 for an
    unknown recusal.

    Parameters
    ----------
    buildings, firms, roster, history
        Clean tables, firms with their buildings, history with the results of earlier plans.
    quarantine
        Rows that could not be used; recusals may name the ids in them.
    """
    active = active_firms(firms)
    unplaced = firms["uscc"][firms["building_id"].isna()]
    elsewhere = {*unseen_firms(scenario, firms), *(unplaced if scenario.data.divisions else ())}
    return (
        *_hour_faults(scenario),
        *_date_faults(scenario),
        *(issue for special in scenario.law.special for issue in _list_faults(scenario, special, active, elsewhere)),
        *_total_faults(scenario, active),
        *_cap_faults(scenario, active, history),
        *(() if scenario.teams.recusals_elsewhere else recusal_faults(scenario, buildings, firms, roster, quarantine)),
    )


def _hour_faults(scenario: Scenario) -> Iterator[Issue]:
    hours, day = scenario.hours, scenario.day
    if not covers(day, hours):
        yield Issue("S611", "hours.holidays", {"day": day.isoformat()})
        return
    wanted = (scenario.plan.window_start_s, scenario.plan.window_end_s)
    if not any(windows(wanted, hours, day, track) for track in ("case", "routine")):
        kind = "hours" if is_workday(day, hours) else "holiday"
        yield Issue("S612", "hours.approval", {"day": day.isoformat(), "kind": kind})


def _date_faults(scenario: Scenario) -> Iterator[Issue]:
    approval = scenario.hours.approval
    papers = [("hours.approval.approved_on", approval.approved_on)] if approval else []
    for k, special in enumerate(scenario.law.special):
        names = ("approved_on", "filed_on", "published_on")
        dates = zip(names, special.dates, strict=True)
        papers += [(f"law.special[{k}].{name}", on) for name, on in dates if on is not None]
    for where, on in papers:
        if on > scenario.day:
            yield Issue("S613", where, {"date": on.isoformat(), "day": scenario.day.isoformat()})


def unseen_firms(scenario: Scenario, firms: pd.DataFrame) -> tuple[str, ...]:
    """Return firms (uscc) of special lists that `firms` lacks; () if `firms` holds all districts, planned or not."""
    if not scenario.data.in_part:
        return ()
    registered = set(firms["uscc"])
    listed = dict.fromkeys(u for special in scenario.law.special for u in special.firms)
    return tuple(u for u in listed if u not in registered)


def _list_faults(
    scenario: Scenario, special: Special, active: pd.DataFrame, elsewhere: Collection[str]
) -> Iterator[Issue]:
    known = {*active["uscc"], *elsewhere}
    unknown = [u for u in special.firms if u not in known]
    if unknown:
        yield Issue("S614", "law.special", {"number": special.number, "firms": first_items(unknown)})
    if special.blanket_reason is not None:
        return
    share = scenario.select.target_share_max
    listed = active[active["uscc"].isin(special.firms)]
    most = max(1, int(share * len(active)))
    if len(listed) > most:
        yield Issue("S615", "law.special", {"number": special.number, "n": len(listed), "most": most})
    n_here = Counter(active["building_id"])
    for building_id, n in sorted(Counter(listed["building_id"]).items()):
        limit = max(1, int(share * n_here[building_id]))
        if n > limit:
            where = f"law.special {building_id}"
            yield Issue("S615", where, {"number": special.number, "n": n, "most": limit})


def _total_faults(scenario: Scenario, active: pd.DataFrame) -> Iterator[Issue]:
    """Yield S615 if the firms of all special lists exceed the allowed share of firms (C08), but no single list does."""
    lists = [s for s in scenario.law.special if s.blanket_reason is None]
    most = max(1, int(scenario.select.target_share_max * len(active)))
    n_each = [int(active["uscc"].isin(s.firms).sum()) for s in lists]
    n = int(active["uscc"].isin([u for s in lists for u in s.firms]).sum())
    if n > most and all(n_of_list <= most for n_of_list in n_each):
        yield Issue("S615", "law.special", {"number": tuple(s.number for s in lists), "n": n, "most": most})


def _cap_faults(scenario: Scenario, active: pd.DataFrame, history: pd.DataFrame) -> Iterator[Issue]:
    n_inspections = inspections_this_year(history, scenario.day, scenario.select.cap_exempt)
    capped = capped_firms(active, n_inspections, scenario.select.annual_cap, AUTHORITIES)
    for special in scenario.law.special:
        at_cap = [u for u in special.firms if u in capped]
        if special.is_must and at_cap:
            yield Issue("S616", "law.special", {"number": special.number, "firms": first_items(at_cap)})


def recusal_faults(
    scenario: Scenario,
    buildings: gpd.GeoDataFrame,
    firms: pd.DataFrame,
    roster: pd.DataFrame,
    quarantine: pd.DataFrame,
) -> tuple[Issue, ...]:
    """Return an error for each recusal from an unknown building, firm or company, which would have no effect (C10)."""
    columns = (buildings["building_id"], buildings["property_company_id"], buildings["landlord_id"], firms["uscc"])
    keys = ("building_id", "property_company_id", "landlord_id", "uscc")
    quarantined = (str(json.loads(row).get(key)) for row in quarantine["content"] for key in keys)
    known = frozenset(quarantined).union(*(column.dropna() for column in columns))
    return check_recusals(roster, known, scenario.data.label("roster"))
