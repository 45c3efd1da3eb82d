"""Cleaner of visit results, one row for each firm or unit."""

from datetime import date

import pandas as pd

from geodata.clean.column_parsers.categories import category
from geodata.clean.column_parsers.columns import code_column, number, text_column, uscc
from geodata.clean.column_parsers.date_columns import moment, refuse_future
from geodata.clean.table_cleaner import Cleaned, TableCleaner
from geodata.raw_table import Column, RawTable
from geodata.schema import RESULT_ANSWERS, RESULT_COUNTS, RESULT_TEXTS

_OFFICERS = ("police_officers", "market_regulation_officers")


def clean_results(raw: RawTable, until: date) -> Cleaned:
    """Clean the visit results; a bad row, also one after `until`, stops the run, so that no finding is lost."""
    cleaner = TableCleaner(raw)
    visited_on = moment(cleaner, "visited_on", no_end="fault", day=until, is_past=True)
    columns: dict[str, Column] = {
        "visit_id": code_column(cleaner, "visit_id"),
        "uscc": uscc(cleaner),
        **{name: text_column(cleaner, name).str.lstrip("'") for name in ("unit", *RESULT_TEXTS)},
        "visited_on": visited_on,
        "recheck_on": moment(cleaner, "recheck_on", no_end="fault", day=until),
        **{name: category(cleaner, name) for name in ("unit_state", "track", *RESULT_ANSWERS)},
        **{name: number(cleaner, name) for name in (*RESULT_COUNTS, "firm_rating", "selection_probability")},
        **{name: text_column(cleaner, name) for name in ("plan_id", "building_id", "basis", *_OFFICERS)},
    }
    _refuse_parts(cleaner, columns)
    refuse_future(cleaner, "visited_on", visited_on, pd.Timestamp(until))
    columns["result_id"] = text_column(cleaner, "result_id").fillna(_ids(columns))
    return cleaner.finish(columns, "result_id", stops=True)


def _ids(columns: dict[str, Column]) -> Column:
    """Return an id for each result: visit (else building), firm, unit; rows with neither firm nor unit are numbered."""
    place = columns["visit_id"].fillna(columns["building_id"]).fillna("-")
    uscc, unit = columns["uscc"], columns["unit"]
    # Two teams at one visit each have a row for the whole building.
    number = uscc.isna().groupby([place, uscc.isna() & unit.isna()]).cumcount() + 1
    what = uscc.fillna(unit).fillna("-" + number.astype("str").where(number.gt(1), ""))
    return place + "/" + what.where(uscc.isna() | unit.isna(), uscc + "/" + unit)


def _refuse_parts(cleaner: TableCleaner, columns: dict[str, Column]) -> None:
    """Record an error (G206) for each fraction in a column of counts; columns named n_* are checked by `number`."""
    for name in (n for n in RESULT_COUNTS if not n.startswith("n_")):
        values = columns[name]
        cleaner.add_errors(values.notna() & values.ne(values.round()), "G206", column=name, value=values.astype("str"))
