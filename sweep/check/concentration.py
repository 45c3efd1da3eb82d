"""Spread of inspections over buildings, districts and firms, which shows a feedback loop in the selection."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping

import pandas as pd

from geodata.schema import TIMEZONE
from sweep.check.checker_inputs import CheckInputs, stops_by_visit
from sweep.records.plan import Plan
from sweep.records.prevalence_and_check_concentration import ClassChecks, Concentration, DistrictChecks

N_DAYS = 365
# A stocktake inspects nothing, and investigations appear in no figure (C26).
_NO_CHECKS = frozenset({"stocktake", "investigation"})


def measure_concentration(
    inputs: CheckInputs, plan: Plan, history: pd.DataFrame, leads: pd.DataFrame, firm_ids: Iterable[str]
) -> Concentration:
    """
    Return how the inspections of the last 365 days and of the plan are spread over buildings, districts and firms.

    Parameters
    ----------
    plan
        Plan whose visits count as made. Stocktakes and police investigations do not count.
    history, leads
        The clean tables; leads with their matched building. Only reported leads count, those of one `event_id`
        once per building.
    firm_ids
        Firms that may be inspected, by uscc.
    """
    served = [inputs.visits[v] for v in stops_by_visit(plan) if v in inputs.visits]
    served = [v for v in served if v.track not in _NO_CHECKS]
    end = pd.Timestamp(inputs.day, tz=TIMEZONE)
    start = end - pd.Timedelta(days=N_DAYS)
    past = history[(history["visited_on"] >= start) & (history["visited_on"] < end)]
    past = past[~past["track"].isin(_NO_CHECKS)]
    days = past.assign(day=past["visited_on"].dt.normalize()).drop_duplicates(["building_id", "day"])
    n_past = {str(b): int(n) for b, n in days.groupby("building_id").size().items()}
    n_planned = Counter(v.building_id for v in served)
    n_checks = {b: n_past.get(b, 0) + n_planned[b] for b in inputs.buildings}
    total, n_top = sum(n_checks.values()), math.ceil(0.05 * len(n_checks))
    ordered = sorted(n_checks.values(), reverse=True)
    each, over = divmod(total, len(n_checks)) if n_checks else (0, 0)
    return Concentration(
        n_days=N_DAYS,
        n_checks=total,
        n_planned=len(served),
        n_top=n_top,
        n_checks_top=sum(ordered[:n_top]),
        n_checks_top_even=n_top * each + min(n_top, over),
        districts=_by_district(inputs, n_checks, _reported_events(leads, start, end)),
        classes=_by_class(inputs, Counter(u for v in served if v.track != "case" for u in v.targets), firm_ids),
    )


def _reported_events(leads: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> dict[str, int]:
    known = leads[leads["lead_source"].eq("reported") & (leads["received_at"] >= start) & (leads["received_at"] < end)]
    event = known["event_id"].where(known["event_id"].notna(), known["lead_id"])
    events = known.assign(event=event).drop_duplicates(["event", "building_id"])
    return {str(b): int(n) for b, n in events.groupby("building_id").size().items()}


def _by_district(
    inputs: CheckInputs, n_checks: Mapping[str, int], n_leads: Mapping[str, int]
) -> tuple[DistrictChecks, ...]:
    inside: dict[str, list[str]] = {}
    for building in inputs.buildings.values():
        inside.setdefault(building.division_code, []).append(building.building_id)
    return tuple(
        DistrictChecks(
            division_code=code,
            n_buildings=len(ids),
            n_never=sum(n_checks[b] == 0 for b in ids),
            n_checks=sum(n_checks[b] for b in ids),
            n_leads=sum(n_leads.get(b, 0) for b in ids),
        )
        for code, ids in sorted(inside.items())
    )


def _by_class(inputs: CheckInputs, planned: Mapping[str, int], firm_ids: Iterable[str]) -> tuple[ClassChecks, ...]:
    caps = inputs.settings.select.annual_cap
    so_far: dict[str, int] = {}
    for (_, uscc), n in inputs.n_inspections.items():
        so_far[uscc] = max(so_far.get(uscc, 0), n)
    by_class: dict[str, list[int]] = {}
    for uscc in firm_ids:
        count = so_far.get(uscc, 0) + planned.get(uscc, 0)
        by_class.setdefault(inputs.credit_class.get(uscc, ""), []).append(count)
    rows = []
    for name, counts in sorted(by_class.items()):
        cap = caps.get(name, min(caps.values()))
        rows.append(
            ClassChecks(
                credit_class=name,
                cap=cap,
                n_firms=len(counts),
                n_inspected=sum(n > 0 for n in counts),
                n_at_cap=counts.count(cap),
                n_over_cap=sum(n > cap for n in counts),
                most=max(counts),
            )
        )
    return tuple(rows)
