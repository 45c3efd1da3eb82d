"""The tables of files that a run writes, of all that any command writes, and of the columns of written tables."""

from __future__ import annotations

from docs.tools.markdown import code, table
from geodata.message_catalogue import Texts
from sweep.publish.output_registry import OUTPUTS, OUTPUTS_OF_BROKEN, WRITTEN
from sweep.publish.table_columns import COLUMNS

_ROOTS = {
    "out": "out/<scenario>/",
    "board": "out/_board/<scenario>/",
    "log": "out/_audit/",
    "follow_up": "follow_up/",
    "cache": "<cache>/sweep/",
    "chosen": "",
}


def output_table(texts: Texts) -> str:
    """One row a file: its name, who reads it, what it holds."""
    header = [texts(f"output.column.{c}") for c in ("file", "for", "is")]
    files = {o.name: o for o in (*OUTPUTS, *OUTPUTS_OF_BROKEN)}.values()
    return table(header, [(code(o.name), texts(f"output.{o.key}.for"), texts(f"output.{o.key}.is")) for o in files])


def written_table(texts: Texts) -> str:
    """One row a kind of file or folder: where it is, who reads it, what it holds, how long it is kept."""
    header = [texts(f"output.column.{c}") for c in ("where", "for", "is", "kept")]
    rows = [
        (
            code(_ROOTS[w.root] + w.name),
            texts(f"output.{w.key}.for"),
            texts(f"output.{w.key}.is"),
            texts(f"output.kept.{'rows' if w.days_of_rows else w.kept or 'stays'}"),
        )
        for w in WRITTEN
    ]
    return table(header, rows)


def output_columns_page(texts: Texts) -> str:
    """One table of columns for each table that is written, with the meaning of each."""
    header = [texts("output.column.column"), texts("output.column.meaning")]
    parts = [f"# {texts('output.columns.title')}", texts("output.columns.intro")]
    for name, columns in COLUMNS.items():
        parts += [f"## {name}", table(header, [(code(c), texts(f"column.{c}.is")) for c in columns])]
    return "\n\n".join(parts) + "\n"
