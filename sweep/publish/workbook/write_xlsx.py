"""Writer of xlsx workbooks with frozen headings, filters and formats, and without formulas."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import xlsxwriter

from sweep.disk.formula_safe_csv import csv_cell

type Kind = Literal["text", "wrap", "whole", "number", "share", "clock", "day", "degrees", "blank"]

_FORMATS: dict[str, str] = {
    "whole": "#,##0",
    "number": "#,##0.00",
    "share": "0.0%",
    "clock": "[hh]:mm",
    "day": "yyyy-mm-dd",
    "degrees": "0.0000000",
}
_MAX_CHARACTERS = 32_767
"""Maximum number of characters in a cell."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet: heading, kind of values, width and allowed values."""

    title: str
    kind: Kind = "text"
    """Format of the cells, such as `whole`: a `clock` is a fraction of a day, a `blank` is filled in by hand."""
    width: float = 12.0
    """Width in characters of the default font; a Chinese character takes two."""
    choices: tuple[str, ...] = ()
    """Allowed values of a cell; empty: any value."""


@dataclass(frozen=True, slots=True)
class WorkbookSheet:
    """One sheet of a workbook: headings, and rows below them."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Sequence[object], ...]
    breaks: tuple[int, ...] = ()
    """Indices of rows, from 0, before which a new printed page starts."""
    note: str = ""
    """Text above the headings."""


def workbook(sheets: Iterable[WorkbookSheet], day: date, title: str) -> bytes:
    """
    Return sheets as the bytes of an xlsx file; equal sheets give equal bytes.

    Parameters
    ----------
    day
        Creation date stored in the file, which must not depend on the time of the run.
    title
        Title stored in the file and printed at the foot of each page.

    Raises
    ------
    ValueError
        If the number of cells of a row differs from that of the headings.
    """
    out = io.BytesIO()
    never = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(out, never)
    book.set_properties({"title": title, "created": datetime(day.year, day.month, day.day)})
    base = {"valign": "top", "font_size": 10, "bottom": 1, "bottom_color": "#D9DFE4"}
    formats = {kind: book.add_format({**base, "num_format": code}) for kind, code in _FORMATS.items()}
    formats["text"] = formats["blank"] = book.add_format({**base, "num_format": "@"})
    formats["wrap"] = book.add_format({**base, "num_format": "@", "text_wrap": True})
    head = book.add_format({"bold": True, "bg_color": "#E6EDF3", "bottom": 2, "text_wrap": True, "valign": "vcenter"})
    for sheet in sheets:
        _write(book.add_worksheet(sheet.name), sheet, formats, head, title)
    book.close()
    return out.getvalue()


def _write(
    page: xlsxwriter.worksheet.Worksheet,
    sheet: WorkbookSheet,
    formats: dict[str, xlsxwriter.format.Format],
    head: xlsxwriter.format.Format,
    title: str,
) -> None:
    top, n_rows, last = int(bool(sheet.note)), len(sheet.rows), len(sheet.columns) - 1
    if sheet.note:
        page.write_string(0, 0, sheet.note)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(top, place, column.title, head)
        if column.choices and n_rows:
            page.data_validation(
                top + 1, place, top + n_rows, place, {"validate": "list", "source": list(column.choices)}
            )
    for number, row in enumerate(sheet.rows, start=top + 1):
        for place, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            _cell(page, number, place, value, formats[column.kind])
    page.freeze_panes(top + 1, 0)
    page.autofilter(top, 0, top + max(n_rows, 1), last)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, top)
    # `&` starts a code in a footer.
    page.set_footer(f"&L{title.replace('&', '&&')[:120]}&R&P / &N")
    if sheet.breaks:
        page.set_h_pagebreaks([top + row + 1 for row in sheet.breaks])


def _cell(
    page: xlsxwriter.worksheet.Worksheet, row: int, place: int, value: object, style: xlsxwriter.format.Format
) -> None:
    if value is None or value == "":
        page.write_blank(row, place, None, style)
    elif isinstance(value, bool):
        page.write_string(row, place, "1" if value else "0", style)
    elif isinstance(value, int | float):
        page.write_number(row, place, float(value), style)
    elif isinstance(value, date):
        # Day 0 of a spreadsheet's calendar.
        page.write_number(row, place, (value - date(1899, 12, 30)).days, style)
    else:
        page.write_string(row, place, csv_cell(value)[:_MAX_CHARACTERS], style)
