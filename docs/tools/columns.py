"""The columns of every table that is read, and the headers by which each is known, from the schema."""

from __future__ import annotations

from typing import Any

from docs.tools.markdown import code, table
from geodata.read.column_aliases import ALIASES, REQUIRED
from geodata.schema import SCHEMAS

MOST_HEADERS = 6
_KINDS = {
    "string": "text",
    "str": "text",
    "float64": "number",
    "int64": "whole number",
    "datetime64": "time",
    "bool": "yes or no",
}


def columns_page() -> str:
    """One table of columns for each table that a scenario may name."""
    parts = [
        "# Columns of the tables",
        "What each table holds once it is clean. A file may have other headers: the first few that are "
        "known are named here; any other is named in the scenario, see [inputs](inputs.md).",
    ]
    for name in REQUIRED:
        rows = [
            (code(column), _must(name, column), _values(kind), _headers(name, column))
            for column, kind in SCHEMAS[name].columns.items()
        ]
        parts += [f"## {name}", table(("column", "must be there", "holds", "headers"), rows)]
    return "\n\n".join(parts) + "\n"


def _must(table_name: str, column: str) -> str:
    if column not in REQUIRED[table_name]:
        return ""
    # Of a building a point will do.
    return "or `lon` and `lat`" if (table_name, column) == ("buildings", "geometry") else "yes"


def _values(column: Any) -> str:
    kind = str(column.dtype).partition("[")[0]
    text = {
        "string": "text",
        "str": "text",
        "float64": "number",
        "int64": "whole number",
        "datetime64": "time",
        "bool": "yes or no",
    }
    parts = [text.get(kind, kind), *(_limits(check) for check in column.checks)]
    return " ".join(p for p in parts if p) + (", or empty" if column.nullable else "")


def _limits(check: Any) -> str:
    values = check.statistics
    if "allowed_values" in values:
        return ": " + ", ".join(code(v) for v in values["allowed_values"])
    return f"{values['min_value']:g} to {values['max_value']:g}" if "min_value" in values else ""


def _headers(table_name: str, column: str) -> str:
    return ", ".join(ALIASES.get(table_name, {}).get(column, ())[:MOST_HEADERS])
