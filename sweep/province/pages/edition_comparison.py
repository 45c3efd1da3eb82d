"""Comparison of two editions of a province: counties gained, lost and changed."""

from dataclasses import dataclass
from typing import Literal

from geodata.message_catalogue import Texts
from sweep.disk.formula_safe_csv import csv_text
from sweep.province.pages.province_numbers import province_figures
from sweep.province.records import CountyOutcome, CountyPlan, ProvinceEdition
from sweep.publish.page.render_pages import render_page, static_text
from sweep.publish.table_columns import COLUMNS


@dataclass(frozen=True, slots=True)
class Difference:
    """One county in two editions of a province; `before`, `after`: its plan in the first and second; None: no plan."""

    county: CountyOutcome
    before: CountyPlan | None
    after: CountyPlan | None
    n_mobile: tuple[int, int]
    """Mobile teams allocated to the county in the first and in the second edition."""
    kind: Literal["gained", "lost", "more", "less", "same"]
    """`gained`, `lost`: plan only in the second, first; `more`, `less`: the second has more, fewer expected finds."""


def differences(first: ProvinceEdition, second: ProvinceEdition) -> list[Difference]:
    """Return a comparison for each county that has a plan in one edition or both, those of the second edition first."""
    before, after = ({c.county.county_id: c for c in edition.counties} for edition in (first, second))
    changes = []
    for county_id in {**after, **before}:
        old, new = before.get(county_id), after.get(county_id)
        a, b = old.plan if old else None, new.plan if new else None
        kind: Literal["gained", "lost", "more", "less", "same"] = "same"
        if a is None or b is None:
            kind = "lost" if b is None else "gained"
        # Smaller differences of expected finds count as equal.
        elif abs(b.value - a.value) > 0.005:
            kind = "more" if b.value > a.value else "less"
        if a or b:
            n_mobile = (first.allocation.n_mobile.get(county_id, 0), second.allocation.n_mobile.get(county_id, 0))
            changes.append(Difference(new or before[county_id], a, b, n_mobile, kind))
    return changes


def comparison_files(first: ProvinceEdition, second: ProvinceEdition, texts: Texts) -> dict[str, str]:
    """Return the texts of comparison.html and comparison.csv by file name; `first` is the reference."""
    changes = differences(first, second)
    counts = {kind: sum(d.kind == kind for d in changes) for kind in ("gained", "lost", "more", "less", "same")}
    page = render_page(
        "province/pages/compare.html.j2",
        texts,
        first=first,
        second=second,
        wholes=(province_figures(first), province_figures(second)),
        found=changes,
        counts=counts,
        script=static_text("page/sort.js"),
    )
    rows = [
        (
            d.county.county.county_id,
            d.county.name,
            d.kind,
            d.before and d.before.value,
            d.after and d.after.value,
            d.n_mobile[0] if d.before else None,
            d.n_mobile[1] if d.after else None,
        )
        for d in changes
    ]
    return {"comparison.html": page, "comparison.csv": csv_text(COLUMNS["comparison.csv (provinces)"], rows)}
