"""Check of published visits against data that arrived after publication."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

import pandas as pd

from sweep.records.visits import Visit
from sweep.scenario.selection_settings import Select
from sweep.select.apply_pins import pinned_buildings
from sweep.select.legal_grounds import Grounds
from sweep.select.offer_visits import rested, uncertified_dwellings
from sweep.select.selection_tables import Tables, last_answers, last_pairs
from sweep.select.special_inspections import special_lists


def still_allowed_visits(
    tables: Tables, visits: Collection[Visit], day: date, select: Select, grounds: Grounds
) -> tuple[Visit, ...]:
    """
    Return those of a day's published visits that may still be made with the current data.

    The building exists, is neither under investigation nor excluded by a pin (C26), and has rested or has a newer lead
    (C28). The visit's basis is on record (C05, C07), and none of its firms is capped (C06) or in a dwelling without
    certificate (C15).

    The pairs of officers to keep apart (`Visit.keep_apart`, C28) are updated by the current history.
    """
    open_to = tables.buildings.keys() - tables.withheld - pinned_buildings(tables.pins, "never")
    uncertified, capped = uncertified_dwellings(tables, grounds), tables.barred(day, select, grounds)
    have_rested, answered = rested(tables, day, select.cooldown_days), tables.of_past(last_answers, day)
    items, lists = {r.recheck_id for r in tables.rechecks}, special_lists(grounds.law, tables.firms, day)
    leads = _leads_at(tables, {v.building_id for v in visits})

    def may_be_made(visit: Visit) -> bool:
        b, is_case, basis = visit.building_id, visit.track == "case", set(visit.basis)
        numbers = {x.number for x in lists.get(b, ())}
        if b not in open_to or not (uncertified if is_case else uncertified | capped).isdisjoint(visit.targets):
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
    at = tables.leads[tables.leads["building_id"].isin(list(buildings))]
    rows = zip(at["building_id"], at["lead_id"], at["received_at"], strict=True)
    return {(str(b), str(i)): received for b, i, received in rows}
