"""The tables of files that a run writes."""

from __future__ import annotations

from docs.tools.markdown import code, table
from geodata.texts import Texts
from sweep.publish.outputs import OUTPUTS, OUTPUTS_OF_BROKEN


def output_table(texts: Texts) -> str:
    """One row a file: its name, who reads it, what it holds."""
    header = [texts(f"output.column.{c}") for c in ("file", "for", "is")]
    files = {o.name: o for o in (*OUTPUTS, *OUTPUTS_OF_BROKEN)}.values()
    return table(header, [(code(o.name), texts(f"output.{o.key}.for"), texts(f"output.{o.key}.is")) for o in files])
