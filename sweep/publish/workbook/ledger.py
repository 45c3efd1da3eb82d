"""ledger.xlsx: results of visits (台账), their totals (统计表), and open and closed re-checks."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from geodata.message_catalogue import Texts
from geodata.schema import RESULT_ANSWERS, RESULT_COUNTS, RESULT_TEXTS
from sweep.publish.facts.names_and_reasons import label
from sweep.publish.table_columns import record_row
from sweep.publish.workbook.sheet_rows import column_heading, make_sheet
from sweep.publish.workbook.write_xlsx import Column, Kind, WorkbookSheet, workbook
from sweep.records.check_form_items import entry_class
from sweep.records.visits import Recheck

_FOLLOWING = ("is_rectify", "is_closed", "is_target")


@dataclass(frozen=True, slots=True)
class NamesById:
    """Names of buildings and firms, by building id and uscc."""

    buildings: Mapping[str, str]
    firms: Mapping[str, str]


def ledger_workbook(
    results: pd.DataFrame,
    rechecks: Sequence[Recheck],
    totals: Mapping[str, Mapping[str, int]],
    names: NamesById,
    day: date,
    texts: Texts,
) -> bytes:
    """
    Return the workbook of results as xlsx; equal results give equal bytes.

    Parameters
    ----------
    results
        Accepted results, as `geodata.schema.RESULTS`.
    rechecks
        Re-check items, which get a sheet of the open and one of the closed ones.
    totals
        By plan id, the counts of the daily report by name; an empty id for the total of all plans.
    day
        Date stored in the file as its creation.
    """
    sheets = (
        _ledger(results, names, texts),
        _statistics(totals, texts),
        _rechecks([r for r in rechecks if r.closed_on is None], names, texts, "open"),
        _rechecks([r for r in rechecks if r.closed_on is not None], names, texts, "closed"),
    )
    return workbook(sheets, day, texts("ledger.title"))


def _ledger(results: pd.DataFrame, names: NamesById, texts: Texts) -> WorkbookSheet:
    yes_no = ("is_target", *(a for a in RESULT_ANSWERS if a not in _FOLLOWING), "is_rectify", "is_closed")
    columns = (
        *("plan_id", "visited_on", "building_name", "unit", "firm_name", "uscc", "track", "basis", "is_target"),
        *("entry_class", "unit_state"),
        *(name for name in yes_no if name not in _FOLLOWING),
        *RESULT_COUNTS,
        *("is_rectify", "recheck_on", "is_closed", *RESULT_TEXTS, "firm_rating", "visit_id"),
    )
    ordered = results.sort_values(["visited_on", "plan_id", "result_id"], kind="stable")
    rows = (
        {
            **{name: row[name] for name in ("plan_id", "visit_id")},
            **{name: _text(row[name]) for name in ("unit", "uscc", "basis", *RESULT_TEXTS)},
            **{name: texts(f"ledger.{row[name]}") if row[name] in ("yes", "no") else "" for name in yes_no},
            **{name: None if pd.isna(row[name]) else int(row[name]) for name in (*RESULT_COUNTS, "firm_rating")},
            **{name: _day(row[name]) for name in ("visited_on", "recheck_on")},
            "building_name": names.buildings.get(row["building_id"], row["building_id"]),
            "firm_name": names.firms.get(str(row["uscc"]), ""),
            "track": label(texts, f"track.{row['track']}", str(row["track"])),
            "entry_class": texts(f"ledger.entry.{_entry_class(row)}"),
            "unit_state": texts(f"ledger.state.{row['unit_state']}"),
        }
        for row in ordered.to_dict("records")
    )
    kinds: dict[str, Kind] = {
        **dict.fromkeys(yes_no, "text"),
        **dict.fromkeys((*RESULT_COUNTS, "firm_rating"), "whole"),
    }
    return make_sheet(texts, "ledger.sheet.ledger", columns, rows, kinds=kinds)


def _statistics(totals: Mapping[str, Mapping[str, int]], texts: Texts) -> WorkbookSheet:
    columns = (
        Column(column_heading(texts, "item"), "text", 28),
        *(Column(plan_id or texts("ledger.all"), "whole", 15) for plan_id in totals),
    )
    keys = list(next(iter(totals.values()), {}))
    rows = tuple((texts(f"ledger.item.{key}"), *(counts[key] for counts in totals.values())) for key in keys)
    return WorkbookSheet(texts("ledger.sheet.statistics"), columns, rows)


def _rechecks(rechecks: Sequence[Recheck], names: NamesById, texts: Texts, which: str) -> WorkbookSheet:
    columns = (
        *("recheck_id", "building_name", "unit", "firm_name", "uscc", "reason", "opened_on", "due_on", "n_looks"),
        *("closed_on", "closed_by"),
    )
    rows = (
        {
            **record_row(r),
            "building_name": names.buildings.get(r.building_id, r.building_id),
            "firm_name": names.firms.get(r.uscc or "", ""),
            "reason": texts(f"recheck.{r.reason}"),
        }
        for r in sorted(rechecks, key=lambda r: (r.due_on, r.recheck_id))
    )
    return make_sheet(texts, f"ledger.sheet.rechecks_{which}", columns, rows)


def _entry_class(row: Mapping[Hashable, Any]) -> str:
    n_leaflets = 0.0 if pd.isna(row["n_leaflets"]) else row["n_leaflets"]
    return entry_class(row["unit_state"], is_inspected=row["is_target"] == "yes", n_leaflets=n_leaflets)


def _text(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value)


def _day(value: object) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()  # type: ignore[call-overload, arg-type]
