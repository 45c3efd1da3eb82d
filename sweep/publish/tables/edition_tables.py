"""CSV tables of an edition, by file name."""

from collections.abc import Callable, Iterable, Mapping

from geodata.message_catalogue import Texts
from sweep.publish.edition import Edition
from sweep.publish.table_columns import Row, record_row, table_csv
from sweep.publish.tables.buildings_and_coverage_tables import (
    building_rows,
    cluster_row,
    quarantine_rows,
    unserved_rows,
    violation_rows,
)
from sweep.publish.tables.match_results import matched_rows, unmatched_rows
from sweep.publish.tables.oversight_tables import concentration_rows, draw_rows, officer_rows, ticket_rows

VIOLATIONS = "violations.csv"
"""Written instead of the other tables if the plan breaks a rule."""

TABLES: Mapping[str, Callable[[Edition, Texts], Iterable[Row]]] = {
    "buildings.csv": lambda edition, _: building_rows(edition),
    "clusters.csv": lambda edition, _: map(cluster_row, edition.clusters),
    "coverage.csv": lambda edition, _: map(record_row, edition.coverage),
    "draw.csv": lambda edition, _: draw_rows(edition),
    "draw_firms.csv": lambda edition, _: ticket_rows(edition.draw.firms, "building_id"),
    "draw_officers.csv": lambda edition, _: officer_rows(edition),
    "prevalence.csv": lambda edition, _: (record_row(p, is_enough=p.is_enough) for p in edition.prevalence),
    "concentration.csv": lambda edition, _: concentration_rows(edition.concentration),
    "unserved.csv": unserved_rows,
    "quarantine.csv": lambda edition, _: quarantine_rows(edition),
    "matched.csv": matched_rows,
    "unmatched.csv": unmatched_rows,
    VIOLATIONS: violation_rows,
}
"""Rows of each table from an edition and the texts in its language."""


def edition_csv(table: str, edition: Edition, texts: Texts) -> str:
    """Return the table of an edition with this file name, one of `TABLES`, as CSV."""
    return table_csv(table, TABLES[table](edition, texts))
