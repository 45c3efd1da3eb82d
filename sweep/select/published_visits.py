"""Which visits that are published for a day may be made yet: what is asked of a visit before it is on offer."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

import pandas as pd

from sweep.records.visits import Visit
from sweep.scenario.select import Select
from sweep.select.apply_pins import pinned_buildings
from sweep.select.legal_grounds import Grounds
from sweep.select.offer_visits import closed_dwellings, rested
from sweep.select.selection_tables import Tables, last_answers, last_pairs
from sweep.select.special_inspections import special_lists


def still_allowed(
    tables: Tables, visits: Collection[Visit], day: date, select: Select, grounds: Grounds
) -> tuple[Visit, ...]:
    """
    Those of the visits published for a day that may be made yet, by what has come in since, and by whom.

    Their building is there, neither an investigation nor a pin keeps visits away from it (C26), and it has had its rest
    or a newer lead (C28). What they rest on is on record (C05, C07), and none of their firms is at its cap (C06) or in
    a dwelling that no certificate names (C15).
    """
    open_to = tables.buildings.keys() - tables.withheld - pinned_buildings(tables.pins, "never")
    closed, capped = closed_dwellings(tables, grounds), tables.capped(day, select)
    have_rested, answered = rested(tables, day, select.cooldown_days), tables.of_past(last_answers, day)
    items, lists = {r.recheck_id for r in tables.rechecks}, special_lists(grounds.law, tables.firms, day)
    leads = _leads_at(tables, {v.building_id for v in visits})

    def may_be_made(visit: Visit) -> bool:
        b, is_case, basis = visit.building_id, visit.track == "case", set(visit.basis)
        numbers = {x.number for x in lists.get(b, ())}
        if b not in open_to or not (closed if is_case else closed | capped).isdisjoint(visit.targets):
            return False
        if not is_case:
            return b in have_rested and (visit.track != "special" or basis <= numbers)
        received = [at for i in basis if (at := leads.get((b, i))) is not None]
        is_newer = basis <= items or any(b not in answered or at > answered[b] for at in received)
        is_on_record = all(i in items or i in numbers or (b, i) in leads for i in basis)
        return is_on_record and (b in have_rested or is_newer)

    pairs = tables.of_past(last_pairs, day)
    return tuple(replace(v, keep_apart=pairs.get(v.building_id, ())) for v in visits if may_be_made(v))


def _leads_at(tables: Tables, buildings: Collection[str]) -> dict[tuple[str, str], pd.Timestamp]:
    """When each lead at some buildings was received, by the ids of the building and the lead."""
    at = tables.leads[tables.leads["building_id"].isin(list(buildings))]
    rows = zip(at["building_id"], at["lead_id"], at["received_at"], strict=True)
    return {(str(b), str(i)): received for b, i, received in rows}
