"""Workbook sheets of rows keyed by column name, and the kind, width and heading of each column."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from geodata.clock_times import nearest_minute
from geodata.message_catalogue import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.export_rows import stop_row
from sweep.publish.facts.names_and_reasons import district_name, label, stop_name
from sweep.publish.facts.team_facts import StopFacts, TeamFacts
from sweep.publish.table_columns import Row
from sweep.publish.workbook.write_xlsx import Column, Kind, WorkbookSheet
from sweep.records.check_form_items import ITEMS

_SHAPES: Mapping[tuple[Kind, float], str] = {
    ("text", 7.0): "letter floor is_reserve is_female",
    ("text", 10.0): "unit partners floors unit_state is_target entry_class",
    ("text", 14.0): "team_id district link_group drawn_kind status role agency person_id drawn_for source reason "
    "plan_id closed_by",
    ("text", 22.0): "visit_id track uscc code drawn_id seed basis ticket pool_sha256 base_name scope",
    ("text", 32.0): "field building_name item name address firm_name recheck_id",
    ("wrap", 40.0): "object targets remark",
    ("wrap", 60.0): "what content fix",
    ("whole", 7.0): "number place n_floors n_exits n_guards n_doors n_looks",
    ("number", 12.0): "planned total",
    ("share", 10.0): "share inclusion_probability",
    ("clock", 8.0): "arrive_at start_at end_at shift_from shift_until",
    ("day", 13.0): "visited_on recheck_on opened_on due_on closed_on certificate_until recheck_hazard "
    "recheck_first recheck_second",
    ("degrees", 13.0): "lon lat",
    ("blank", 14.0): "done needs_recheck owner phone property_contact result",
}
_USUAL = {name: shape for shape, names in _SHAPES.items() for name in names.split()}
"""Kind and width of each column; other columns are blank, to be filled in by hand."""


def make_sheet(
    texts: Texts,
    title: str,
    columns: Sequence[str],
    rows: Iterable[Row],
    choices: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    kinds: Mapping[str, Kind] = MappingProxyType({}),
    **more: Any,
) -> WorkbookSheet:
    """
    Return a sheet with headings from the catalogue; cells that a row lacks are left blank.

    Parameters
    ----------
    title
        Catalogue key of the sheet's name.
    columns
        Keys of the columns, in order, as `column_heading` takes them; each of `rows` has its cells by these keys.
    choices
        Allowed values of a cell, by column.
    kinds
        Kinds of values by column, such as a date, for columns that differ from the same column on other sheets.
    more
        Fields `breaks` and `note` of the `WorkbookSheet`.
    """
    usual = {name: _USUAL.get(name, ("blank", 10.0)) for name in columns}
    heads = tuple(
        Column(column_heading(texts, name), kinds.get(name, kind), width, choices.get(name, ()))
        for name, (kind, width) in usual.items()
    )
    cells = tuple(tuple(row.get(name, "") for name in columns) for row in rows)
    return WorkbookSheet(texts(title), heads, cells, **more)


def column_heading(texts: Texts, column: str) -> str:
    """Return the heading of a column, given by its key; for an item of the check form (C32), the form's text."""
    return texts(f"item.{column}" if column in ITEMS else f"column.{column}")


def answer_text(value: str, texts: Texts) -> str:
    """Return the answer to a form item as text: `yes` and `no` translated, any other answer unchanged."""
    return texts(f"sheet.{value}") if value in ("yes", "no") else value


def stop_cells(edition: Edition, team: TeamFacts, s: StopFacts, texts: Texts) -> dict[str, Any]:
    """Return a stop's export row as cells of the workbook: names for codes, times as shares of a day."""
    first, last = s.floors
    return {
        **stop_row(edition, team, s),
        "building_name": stop_name(s, texts),
        "district": district_name(s.building.division_code, edition.division_names, texts),
        "track": label(texts, f"track.{s.visit.track}", s.visit.track),
        "basis": " ".join(s.visit.basis),
        "floors": f"{first} – {last}" if last > first else str(first),
        "arrive_at": day_share(s.stop.arrive_s),
        "start_at": day_share(s.stop.start_s),
        "end_at": day_share(s.stop.end_s),
        "lon": float(s.building.lon),
        "lat": float(s.building.lat),
    }


def firm_line(edition: Edition, uscc: str) -> str:
    """Return a firm as one line: name, uscc, floor and office number; the uscc alone for an unknown firm."""
    firm = edition.firms.get(uscc)
    return " ".join(part for part in (firm.name, uscc, firm.floor_label, firm.unit) if part) if firm else uscc


def day_share(seconds: int) -> float:
    """Return a time of day as a fraction of a day, rounded to the minute because spreadsheets truncate seconds."""
    return nearest_minute(seconds) / 1_440
