"""The columns of every table that is read, and the headers by which each is known, from the schema."""

from __future__ import annotations

from typing import Any

from docs.tools.markdown import code, table
from geodata.message_catalogue import Texts
from geodata.read.column_aliases import ALIASES, REQUIRED
from geodata.schema import SCHEMAS

MOST_HEADERS = 6
_KINDS = {
    "string": "str",
    "str": "str",
    "float64": "float",
    "int64": "int",
    "datetime64": "clock",
    "bool": "bool",
}
"""Key of a type's name, `reference.kind.<key>`, by the type of the column."""


def columns_page(texts: Texts) -> str:
    """One table of columns for each table that a scenario may name."""
    header = [texts(f"reference.column.{c}") for c in ("column", "required", "kind", "headers")]
    parts = [f"# {texts('reference.columns')}", texts("reference.columns_text")]
    for name in REQUIRED:
        rows = [
            (code(column), _required(name, column, texts), _values(kind, texts), _headers(name, column))
            for column, kind in SCHEMAS[name].columns.items()
        ]
        parts += [f"## {name}", table(header, rows)]
    return "\n\n".join(parts) + "\n"


def _required(table_name: str, column: str, texts: Texts) -> str:
    if column not in REQUIRED[table_name]:
        return ""
    # A point is enough for a building.
    return texts(
        "reference.required.point" if (table_name, column) == ("buildings", "geometry") else "reference.required"
    )


def _values(column: Any, texts: Texts) -> str:
    kind = str(column.dtype).partition("[")[0]
    name = texts(f"reference.kind.{_KINDS[kind]}") if kind in _KINDS else kind
    parts = [name, *(_limits(check, texts) for check in column.checks)]
    return " ".join(p for p in parts if p) + (texts("reference.or_empty") if column.nullable else "")


def _limits(check: Any, texts: Texts) -> str:
    values = check.statistics
    if "allowed_values" in values:
        return texts("reference.one_of", values=", ".join(code(v) for v in values["allowed_values"]))
    if "min_value" not in values:
        return ""
    return texts("reference.range", least=f"{values['min_value']:g}", most=f"{values['max_value']:g}")


def _headers(table_name: str, column: str) -> str:
    return ", ".join(code(header) for header in ALIASES.get(table_name, {}).get(column, ())[:MOST_HEADERS])
