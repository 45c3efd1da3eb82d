"""The table of the store's reporting views and their columns, from the comments that its migrations give them."""

from __future__ import annotations

import re

from docs.tools.markdown import code, table
from geodata.message_catalogue import Texts
from sweep.store.postgres.migrations.run_sql_file import sql_text

_COMMENT = re.compile(r"COMMENT ON (VIEW|COLUMN) sweep_report\.([a-z_.]+) IS '(.*) / (.*)';")


def report_table(texts: Texts) -> str:
    """One row a view or column: its name, and its meaning in one language."""
    rows = []
    for kind, name, english, chinese in _COMMENT.findall(sql_text("0002_reports.sql")):
        view, _, column = name.partition(".")
        meaning = chinese if texts.lang == "zh_CN" else english
        rows.append((f"**{code(view)}**", "", meaning) if kind == "VIEW" else ("", code(column), meaning))
    return table([texts("store.column.view"), *(texts(f"output.column.{c}") for c in ("column", "meaning"))], rows)
