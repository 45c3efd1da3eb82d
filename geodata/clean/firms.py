"""Cleaner of the table of registered firms."""

from geodata.clean.column_parsers.categories import category
from geodata.clean.column_parsers.columns import code_column, half_width, name, number, text_column, uscc
from geodata.clean.coordinates import points
from geodata.clean.table_cleaner import Cleaned, TableCleaner
from geodata.datum.datum_names import Datum
from geodata.raw_table import Column, RawTable


def clean_firms(raw: RawTable, datum: Datum) -> Cleaned:
    """Clean the firms table, with `datum` as that of its coordinates; a bad row goes to quarantine."""
    desk = TableCleaner(raw)
    columns: dict[str, Column] = {
        "uscc": uscc(desk),
        "firm_name": name(desk, "firm_name"),
        "reg_address": name(desk, "reg_address"),
        "building_id": code_column(desk, "building_id"),
        "floor_label": half_width(desk, "floor_label"),
        "unit": half_width(desk, "unit"),
        "credit_class": category(desk, "credit_class", is_optional=True),
        "reg_status": text_column(desk, "reg_status"),
        "n_staff": number(desk, "n_staff", is_optional=True),
        "unit_use": category(desk, "unit_use", is_optional=True),
    }
    columns["lon"], columns["lat"] = points(desk, datum)
    return desk.finish(columns, "uscc", stops=False)
