"""Cleaners of the planner's decisions: pins, and assignments of rows or address texts to buildings."""

from datetime import date

from geodata.clean.column_parsers.categories import category
from geodata.clean.column_parsers.columns import code_column, name, required, text_column
from geodata.clean.column_parsers.date_columns import moment
from geodata.clean.table_cleaner import Cleaned, TableCleaner
from geodata.raw_table import RawTable

# Values of the building cell that mean: no building of the scenario.
NO_BUILDING_WORDS = frozenset({"none", "无", "不是", "都不是", "非本辖区"})


def clean_pins(raw: RawTable, day: date | None = None) -> Cleaned:
    """
    Clean the table of pins; a bad row stops the run, since the plan would miss a decision.

    `day`: dates without a year are taken in the year in which they lie nearest to this day.
    """
    cleaner = TableCleaner(raw)
    columns = {
        "pin": category(cleaner, "pin"),
        "building": name(cleaner, "building"),
        "value": name(cleaner, "value"),
        "reason": text_column(cleaner, "reason"),
        "first_day": moment(cleaner, "first_day", day=day),
        "last_day": moment(cleaner, "last_day", day=day),
    }
    columns["pin_id"] = columns["pin"] + " " + columns["building"] + " " + columns["value"].fillna("")
    return cleaner.finish(columns, "pin_id", stops=True)


def clean_assign(raw: RawTable) -> Cleaned:
    """
    Clean the table in which planners assign an address text, or a firm or lead by its key, to a building or to none.

    A bad row stops the run, since matching would ignore it without notice.
    """
    cleaner = TableCleaner(raw)
    building = text_column(cleaner, "building_id", words=NO_BUILDING_WORDS)
    required(cleaner, "building_id", building)
    columns = {
        "table": category(cleaner, "table"),
        "key": code_column(cleaner, "key"),
        "text": text_column(cleaner, "text"),
        "building_id": building,
    }
    parts = [columns[part].fillna("") for part in ("table", "key", "text")]
    columns["assign_id"] = columns["building_id"] + " " + parts[0] + " " + parts[1] + " " + parts[2]
    return cleaner.finish(columns, "assign_id", stops=True)
