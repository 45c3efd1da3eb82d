"""Cleaners of tables from an inspection platform: codes of filed inspections, and inspections by other authorities."""

from geodata.clean.column_parsers.categories import category
from geodata.clean.column_parsers.columns import code_column, name, required, text_column, uscc
from geodata.clean.column_parsers.date_columns import moment
from geodata.clean.table_cleaner import Cleaned, TableCleaner
from geodata.raw_table import RawTable


def clean_codes(raw: RawTable) -> Cleaned:
    """Clean a table of inspection codes; a bad row stops the import, so that no code is lost."""
    cleaner = TableCleaner(raw)
    columns = {
        "plan_id": code_column(cleaner, "plan_id"),
        "visit_id": code_column(cleaner, "visit_id"),
        "authority": category(cleaner, "authority"),
        "uscc": uscc(cleaner),
        # Opaque: only the apostrophe is removed that keeps a spreadsheet from reading a formula.
        "task_code": text_column(cleaner, "task_code").str.lstrip("'"),
        "valid_until": moment(cleaner, "valid_until"),
    }
    required(cleaner, "authority", columns["authority"])
    columns["filing_id"] = columns["visit_id"] + "/" + columns["authority"] + "/" + columns["uscc"]
    return cleaner.finish(columns, "filing_id", stops=True)


def clean_other_inspections(raw: RawTable) -> Cleaned:
    """Clean inspections by other authorities, done or scheduled; bad rows go to quarantine."""
    cleaner = TableCleaner(raw)
    visited_on = moment(cleaner, "visited_on", no_end="fault")
    required(cleaner, "visited_on", visited_on)
    columns = {"uscc": uscc(cleaner), "visited_on": visited_on, "authority": name(cleaner, "authority")}
    day = visited_on.dt.strftime("%Y-%m-%d").astype("str")
    columns["inspection_id"] = columns["uscc"] + " " + day + " " + columns["authority"]
    return cleaner.finish(columns, "inspection_id", stops=False)
