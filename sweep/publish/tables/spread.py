"""prevalence.csv and concentration.csv: what drawn visits found, and how evenly checks are spread."""

from __future__ import annotations

from collections.abc import Iterator

from sweep.disk.csv_text import csv_text
from sweep.publish.edition import Edition
from sweep.records.oversight import Concentration


def prevalence_csv(edition: Edition) -> str:
    """What the drawn visits of the past year found, with the interval."""
    columns = ("outcome", "n_drawn", "n_no_access", "n_found", "n_weeks", "is_enough", "share", "low", "high")
    rows = (
        (p.outcome, p.n_drawn, p.n_no_access, p.n_found, p.n_weeks, p.is_enough, p.share, p.low, p.high)
        for p in edition.prevalence
    )
    return csv_text(columns, rows)


def concentration_csv(edition: Edition) -> str:
    """How checks are spread: one row a measure and scope."""
    spread = edition.concentration
    return csv_text(("measure", "scope", "scope_id", "value"), _concentration_rows(spread) if spread else ())


def _concentration_rows(spread: Concentration) -> Iterator[tuple[object, ...]]:
    n_buildings, n_never = sum(d.n_buildings for d in spread.districts), sum(d.n_never for d in spread.districts)
    yield "checks", "all", "", spread.n_checks
    yield "checks_planned", "all", "", spread.n_planned
    yield "share_on_top_5_percent", "all", "", _share(spread.n_checks_top, spread.n_checks)
    yield "share_on_top_5_percent_if_even", "all", "", _share(spread.n_checks_top_even, spread.n_checks)
    yield "never_visited_share", "all", "", _share(n_never, n_buildings)
    for d in spread.districts:
        yield "checks", "district", d.division_code, d.n_checks
        yield "never_visited_share", "district", d.division_code, _share(d.n_never, d.n_buildings)
        yield "checks_per_lead", "district", d.division_code, _share(d.n_checks, d.n_leads)
    for c in spread.classes:
        for measure in ("cap", "n_firms", "n_inspected", "n_at_cap", "n_over_cap", "most"):
            yield measure, "credit_class", c.credit_class, getattr(c, measure)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
