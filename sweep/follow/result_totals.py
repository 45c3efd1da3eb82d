"""Totals of results, in the order of the daily report; never used for ranking (C25)."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

import pandas as pd

from geodata.schema import RESULT_COUNTS
from sweep.follow.interpret_result_rows import NO_ACCESS
from sweep.records.check_form_items import entry_class
from sweep.records.visits import Recheck


def report_items(results: pd.DataFrame, rechecks: Iterable[Recheck], day: date) -> dict[str, int]:
    """
    Return the counts of the daily report (such as buildings, rooms, firms) by name; an empty cell counts as 0.

    Parameters
    ----------
    results
        Accepted results, as `geodata.schema.RESULTS`.
    rechecks
        Re-check items, closed ones too.
    day
        Day of the report: open items that are due on or before it count as due.
    """
    is_target, state = results["is_target"].eq("yes"), results["unit_state"]
    counted = {name: int(results[name].fillna(0).sum()) for name in RESULT_COUNTS}
    leaflets = results["n_leaflets"].fillna(0)
    entries = Counter(
        entry_class(s, is_inspected=t, n_leaflets=n) for s, t, n in zip(state, is_target, leaflets, strict=True)
    )
    items = tuple(rechecks)
    is_open = [r for r in items if r.closed_on is None]
    return {
        "n_buildings": results["building_id"].nunique(),
        "n_units": len(results),
        **{f"n_units_{name}": int(state.eq(name).sum()) for name in ("open", "locked", "vacant", "refused")},
        "n_firms_inspected": _n_firms(results[is_target & ~state.isin([*NO_ACCESS, "not_found"])]),
        "n_entries_publicity": entries["publicity"],
        "n_entries_visit": entries["visit"],
        "n_firms_unregistered": int((state.eq("open") & results["uscc"].isna() & ~is_target).sum()),
        "n_addr_mismatch": int(results["address_match"].eq("no").sum()),
        "n_not_found": int(state.eq("not_found").sum()),
        "n_people_checked": counted["headcount_seen"],
        "n_hazards": counted["n_hazards"],
        "n_hazards_fixed": counted["n_hazards_fixed"],
        "n_rectify": int(results["is_rectify"].eq("yes").sum()),
        "n_referred": counted["n_referred"],
        **{name: counted[name] for name in ("n_dens", "n_suspects")},
        **{f"seized_{name}": counted[f"seized_{name}"] for name in ("phones", "pcs", "goip", "cards")},
        "n_leaflets": counted["n_leaflets"],
        "n_recheck_open": len(is_open),
        "n_recheck_due": sum(r.due_on <= day for r in is_open),
        "n_recheck_done": len(items) - len(is_open),
    }


def _n_firms(rows: pd.DataFrame) -> int:
    """Return the number of firms, each counted once per visit; an office without a firm counts as a firm."""
    return len(rows.assign(uscc=rows["uscc"].fillna(rows["unit"])).drop_duplicates(["plan_id", "visit_id", "uscc"]))
