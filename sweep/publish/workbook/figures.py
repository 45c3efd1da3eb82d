"""The sheet 统计表: planned beside done, and the coverage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from geodata.texts import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.summary import plan_summary
from sweep.publish.facts.wording import coverage_name, label
from sweep.publish.workbook.rows import columns_of
from sweep.publish.workbook.workbook import Sheet
from sweep.records.plan import Coverage

# In the order in which the news reports of such days count; known beforehand is only what `_planned` gives.
_REPORTED = (
    "n_police",
    "n_vehicles",
    "n_mr",
    "n_helpers",
    "n_teams",
    "n_buildings",
    "n_doors",
    "n_firms",
    "n_people_checked",
    "n_addr_mismatch",
    "n_hazards",
    "n_hazards_fixed",
    "n_rectify",
    "n_suspend",
    "n_abnormal_listed",
    "n_referred",
    "n_leads_proved",
    "n_leads_disproved",
    "n_dens",
    "n_suspects",
    "n_leaflets",
)


def statistics_sheet(edition: Edition, texts: Texts) -> Sheet:
    """统计表: what is reported after the day, planned beside done; below it the coverage by district and so on."""
    columns = columns_of(
        texts,
        ("item", "text", 28),
        ("scope", "text", 24),
        ("planned", "number", 12),
        ("total", "number", 12),
        ("share", "share", 9),
        ("done", "blank", 12),
    )
    planned, everything = _planned(edition), texts("coverage.everything")
    rows: list[Sequence[object]] = [
        (texts(f"sheet.report.{key}"), everything, planned.get(key), None, None, None) for key in _REPORTED
    ]
    for c in edition.coverage:
        rows += _coverage_rows(edition, c, texts)
    return Sheet(texts("sheet.statistics"), columns, tuple(rows), note=texts("sheet.not_taken_in"))


def _planned(edition: Edition) -> dict[str, int]:
    s = plan_summary(edition)
    return {
        "n_police": s.n_police,
        "n_mr": s.n_market_regulation,
        "n_helpers": s.n_helpers,
        "n_teams": s.n_teams,
        "n_buildings": s.n_buildings,
        "n_doors": s.n_doors,
        "n_firms": s.n_firms,
    }


def _coverage_rows(edition: Edition, c: Coverage, texts: Texts) -> Iterator[Sequence[object]]:
    scope = f"{label(texts, f'coverage.{c.scope}', c.scope)} · {coverage_name(edition, c, texts)}"
    for key in ("leads", "expected_finds", "buildings", "firms", "floor_area_m2"):
        name = key if key in ("expected_finds", "floor_area_m2") else f"n_{key}"
        reached, total = float(getattr(c, f"{name}_reached")), float(getattr(c, name))
        yield texts(f"sheet.coverage.{key}"), scope, reached, total, reached / total if total else None, None
