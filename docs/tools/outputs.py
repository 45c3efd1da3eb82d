"""The tables of files that a run writes, of all that any command writes, and of the columns of written tables."""

from __future__ import annotations

from docs.tools.markdown import code, table
from geodata.message_catalogue import Texts
from sweep.publish.outputs_outside_editions import WRITTEN
from sweep.publish.table_columns import COLUMNS

OUTPUTS = {
    "map.html": "map",
    "teams/<id>.html": "order",
    "report.html": "report",
    "plan.json": "plan",
    "buildings.csv": "buildings",
    "clusters.csv": "clusters",
    "coverage.csv": "coverage",
    "unserved.csv": "unserved",
    "matched.csv": "matched",
    "unmatched.csv": "unmatched",
    "quarantine.csv": "quarantine",
    "draw.csv": "draw",
    "draw_firms.csv": "draw_firms",
    "draw_officers.csv": "draw_officers",
    "prevalence.csv": "prevalence",
    "concentration.csv": "concentration",
    "plan.gpkg": "geopackage",
    "problem.json": "problem",
    "plan.proof.json": "proof",
    "edition.json": "edition",
    "manifest.json": "manifest",
}
"""Files of an edition whose plan breaks no rule, with the keys of their texts `output.<key>.for` and `.is`."""

OUTPUTS_OF_BROKEN = {"plan.json": "plan", "violations.csv": "violations", "manifest.json": "manifest"}
"""Files of an edition whose plan breaks a rule; none of them could pass for an order."""

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
    files = {**OUTPUTS, **OUTPUTS_OF_BROKEN}.items()
    return table(header, [(code(name), texts(f"output.{k}.for"), texts(f"output.{k}.is")) for name, k in files])


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
