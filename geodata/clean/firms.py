"""Cleaner of the table of registered firms."""

from geodata.clean.column_parsers.categories import category
from geodata.clean.column_parsers.columns import code_column, half_width, name, number, text_column, uscc
from geodata.clean.coordinates import points
from geodata.clean.table_cleaner import Cleaned, TableCleaner
from geodata.datum.datum_names import Datum
from geodata.raw_table import Column, RawTable


def clean_firms(raw: RawTable, datum: Datum) -> Cleaned:
    """Clean the firms table, with `datum` as that of its coordinates; a bad row goes to quarantine."""
    cleaner = TableCleaner(raw)
    columns: dict[str, Column] = {
        "uscc": uscc(cleaner),
        "firm_name": name(cleaner, "firm_name"),
        "reg_address": name(cleaner, "reg_address"),
        "building_id": code_column(cleaner, "building_id"),
        "floor_label": half_width(cleaner, "floor_label"),
        "unit": half_width(cleaner, "unit"),
        "credit_class": category(cleaner, "credit_class", is_optional=True),
        "reg_status": text_column(cleaner, "reg_status"),
        "n_staff": number(cleaner, "n_staff", is_optional=True),
        "unit_use": category(cleaner, "unit_use", is_optional=True),
    }
    columns["lon"], columns["lat"] = points(cleaner, datum)
    return cleaner.finish(columns, "uscc", stops=False)
