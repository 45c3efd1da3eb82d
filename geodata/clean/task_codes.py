"""Cleaners of tables from an inspection platform: codes of filed inspections, and inspections by other authorities."""

from geodata.clean.column_parsers.categories import category
from geodata.clean.column_parsers.columns import code_column, name, required, text_column, uscc
from geodata.clean.column_parsers.date_columns import moment
from geodata.clean.table_cleaner import Cleaned, TableCleaner
from geodata.raw_table import RawTable


def clean_codes(raw: RawTable) -> Cleaned:
    """Clean a table of inspection codes; a bad row stops the import, so that no code is lost."""
    desk = TableCleaner(raw)
    columns = {
        "plan_id": code_column(desk, "plan_id"),
        "visit_id": code_column(desk, "visit_id"),
        "authority": category(desk, "authority"),
        "uscc": uscc(desk),
        # Opaque: only the apostrophe is removed that keeps a spreadsheet from reading a formula.
        "task_code": text_column(desk, "task_code").str.lstrip("'"),
        "valid_until": moment(desk, "valid_until"),
    }
    required(desk, "authority", columns["authority"])
    columns["filing_id"] = columns["visit_id"] + "/" + columns["authority"] + "/" + columns["uscc"]
    return desk.finish(columns, "filing_id", stops=True)


def clean_other_inspections(raw: RawTable) -> Cleaned:
    """Clean inspections by other authorities, done or scheduled; bad rows go to quarantine."""
    desk = TableCleaner(raw)
    visited_on = moment(desk, "visited_on", no_end="fault")
    required(desk, "visited_on", visited_on)
    columns = {"uscc": uscc(desk), "visited_on": visited_on, "authority": name(desk, "authority")}
    day = visited_on.dt.strftime("%Y-%m-%d").astype("str")
    columns["inspection_id"] = columns["uscc"] + " " + day + " " + columns["authority"]
    return desk.finish(columns, "inspection_id", stops=False)
