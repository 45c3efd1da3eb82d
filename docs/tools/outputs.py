"""The tables of files that a run writes, and of all that any command writes."""

from __future__ import annotations

from docs.tools.markdown import code, table
from geodata.texts import Texts
from sweep.publish.outputs import OUTPUTS, OUTPUTS_OF_BROKEN, WRITTEN

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
