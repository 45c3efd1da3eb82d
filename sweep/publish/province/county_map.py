"""The map of a province: each county in the colour of what its plan reaches, and a way to its report."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from geodata.texts import Texts
from sweep.publish.page.palette import VALUE_SCALE, value_breaks, value_place
from sweep.publish.province.figures import share_reached
from sweep.publish.province.names import county_page
from sweep.records.province import CountyOutcome, CountyPlan, ProvinceEdition

_WIDTH, _MARGIN, _TALLEST = 1_000.0, 8.0, 760.0
_NOT_PLANNED = Markup(
    '<defs><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse"><path d="M0 8L8 0" stroke="#8a939c"'
    ' stroke-width="1.6"/></pattern></defs>'
)

type Ring = Sequence[tuple[float, float]]


def shades(edition: ProvinceEdition) -> tuple[float, ...]:
    """Where one colour ends and the next begins, as shares of the expected finds."""
    return value_breaks([share_reached(c.plan) for c in edition.counties if c.plan])


def shade(plan: CountyPlan, breaks: Sequence[float]) -> str:
    """The colour of a county."""
    return VALUE_SCALE[value_place(share_reached(plan), breaks)]


def county_map(edition: ProvinceEdition, texts: Texts) -> Markup:
    """
    All counties that have a plan, each a link to its report; those that have none are in the page's list alone.

    Counties are drawn by their borders, where their scenarios have any.
    """
    drawn = [(c, c.plan) for c in edition.counties if c.plan is not None and c.plan.outline]
    points = [point for _, plan in drawn for ring in plan.outline for point in ring]
    if not points:
        return Markup()
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    shrink = math.cos(math.radians((south + north) / 2))
    inner = _WIDTH - 2 * _MARGIN
    scale = min(inner / max((east - west) * shrink, 1e-6), _TALLEST / max(north - south, 1e-6))
    height = (north - south) * scale + 2 * _MARGIN
    breaks = shades(edition)

    def path(rings: Sequence[Ring]) -> str:
        def place(x: float, y: float) -> str:
            return f"{_MARGIN + (x - west) * shrink * scale:.1f} {_MARGIN + (north - y) * scale:.1f}"

        return "".join("M" + "L".join(place(x, y) for x, y in ring) + "Z" for ring in rings)

    parts = [
        Markup('<a href="{}" aria-label="{}"><path d="{}" fill="{}"/><title>{}</title></a>').format(
            county_page(county),
            label(county, plan, texts),
            path(plan.outline),
            shade(plan, breaks) if not plan.n_violations else "url(#hatch)",
            label(county, plan, texts),
        )
        for county, plan in drawn
    ]
    width = (east - west) * shrink * scale + 2 * _MARGIN
    return Markup('<svg class="map" viewBox="0 0 {:.0f} {:.0f}" role="group" aria-label="{}">{}{}</svg>').format(
        width, height, texts("province.map"), _NOT_PLANNED, Markup().join(parts)
    )


def label(county: CountyOutcome, plan: CountyPlan, texts: Texts) -> str:
    """What is told of a county on hovering, and read out."""
    return texts(
        "province.map_county",
        name=county.name,
        share=texts.percent(share_reached(plan), 0),
        value=texts.number(plan.value, 2),
    )
