"""province.html: visits and expected finds that plans reach, gains of further teams, counties without a plan."""

import math
from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from geodata.message_catalogue import Texts
from sweep.province.pages.province_json import county_folder, county_page, report_or_breaches
from sweep.province.pages.province_numbers import city_figures, next_gains, province_figures
from sweep.province.records import CountyOutcome, CountyPlan, ProvinceEdition
from sweep.publish.page.render_pages import render_page, static_text
from sweep.publish.page.team_colours import VALUE_SCALE, value_breaks, value_place


def province_page(edition: ProvinceEdition, texts: Texts) -> str:
    """Return province.html, which loads no other file and links to the counties' editions."""
    breaks = (0.0, *shades(edition))
    known = {c.county.county_id: c for c in edition.counties}
    # The list of the largest gains has ten counties.
    return render_page(
        "province/pages/page.html.j2",
        texts,
        edition=edition,
        day_of=date.fromisoformat,
        whole=province_figures(edition),
        cities=city_figures(edition),
        city_name=edition.cities,
        map=county_map(edition, texts),
        legend=list(zip(VALUE_SCALE[-len(breaks) :], breaks, strict=True)),
        sent=edition.allocation.n_mobile,
        gain=edition.allocation.gains,
        next=[(known[i], gain) for i, gain in next_gains(edition.allocation)[:10]],
        left_out=[c for c in edition.counties if c.plan is None],
        links=list(zip(edition.links, edition.starts, strict=True)),
        county=lambda county_id: known[county_id],
        start_at=start_at,
        folder=county_folder,
        page_of=county_page,
        first_file=report_or_breaches,
        of="_window" if edition.is_campaign else "",
        script=static_text("page/sort.js"),
    )


def start_at(county: CountyOutcome, building_id: str) -> int | None:
    """Return the start at a linked building, seconds after midnight; None if the county does not visit it."""
    return county.plan.starts.get(building_id) if county.plan else None


_MARGIN = 8.0
_NOT_PLANNED = Markup(
    '<defs><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse"><path d="M0 8L8 0" stroke="#8a939c"'
    ' stroke-width="1.6"/></pattern></defs>'
)

type Ring = Sequence[tuple[float, float]]
type Drawn = tuple[CountyOutcome, CountyPlan]
type Box = tuple[float, float, float, float]
"""West, south, east and north in degrees, with longitude scaled to the length of latitude."""


def shades(edition: ProvinceEdition) -> tuple[float, ...]:
    """Return the bounds between the map's colours, ascending: shares of a county's expected finds that plans reach."""
    return value_breaks([c.plan.share for c in edition.counties if c.plan])


def county_map(edition: ProvinceEdition, texts: Texts) -> Markup:
    """
    Return the map of all counties with a plan, each linked to its report.

    Counties are drawn by their borders, if known. Distant groups of counties are drawn as separate maps at one scale.
    """
    groups = [[(c, c.plan) for c in edition.counties if c.plan is not None and c.plan.outline]]
    if not groups[0]:
        return Markup()
    while _is_small(groups) and (wide := max(groups, key=lambda g: _size(_box_of(g)))) and len(wide) > 1:
        groups[groups.index(wide) : groups.index(wide) + 1] = _cut(wide)
    scale, breaks = _scale(groups), shades(edition)
    parts = [_drawn(g, scale, breaks, texts) for g in groups]
    if len(parts) == 1:
        return parts[0]
    names = [texts.listed(c.name for c, _ in g[:3]) + (" …" if len(g) > 3 else "") for g in groups]
    figures = map(Markup("<figure>{}<figcaption>{}</figcaption></figure>").format, parts, names)
    return Markup('<p class="note">{}</p><div class="insets">{}</div>').format(
        texts("province.map_apart"), Markup().join(figures)
    )


def _drawn(counties: Sequence[Drawn], scale: float, breaks: Sequence[float], texts: Texts) -> Markup:
    """Return the SVG map of a group of counties; `scale`: pixels per degree; `breaks`: bounds between its colours."""
    west, south, east, north = _box_of(counties)
    shrink = _shrink(counties)

    def path(rings: Sequence[Ring]) -> str:
        def place(x: float, y: float) -> str:
            return f"{_MARGIN + (x * shrink - west) * scale:.1f} {_MARGIN + (north - y) * scale:.1f}"

        return "".join("M" + "L".join(place(x, y) for x, y in ring) + "Z" for ring in rings)

    parts = [
        Markup('<a href="{}" aria-label="{}"><path d="{}" fill="{}"/><title>{}</title></a>').format(
            county_page(county),
            _county_label(county, plan, texts),
            path(plan.outline),
            VALUE_SCALE[value_place(plan.share, breaks)] if not plan.n_violations else "url(#hatch)",
            _county_label(county, plan, texts),
        )
        for county, plan in counties
    ]
    width, height = ((size * scale) + 2 * _MARGIN for size in (east - west, north - south))
    return Markup(
        '<svg class="map" width="{:.0f}" viewBox="0 0 {:.0f} {:.0f}" role="group" aria-label="{}">{}{}</svg>'
    ).format(width, width, height, texts("province.map"), _NOT_PLANNED, Markup().join(parts))


def _scale(groups: Sequence[Sequence[Drawn]]) -> float:
    """Return the pixels per degree of latitude at which each group fits into 1,000 by 760 pixels."""
    boxes = [_box_of(g) for g in groups]
    wide, tall = max(b[2] - b[0] for b in boxes), max(b[3] - b[1] for b in boxes)
    return min((1_000.0 - 2 * _MARGIN) / max(wide, 1e-6), 760.0 / max(tall, 1e-6))


def _is_small(groups: Sequence[Sequence[Drawn]]) -> bool:
    sizes = sorted(_size(_box_of([c])) for g in groups for c in g)
    # Minimum median size of a county in pixels; otherwise the map is split at the widest gap.
    return sizes[len(sizes) // 2] * _scale(groups) < 24.0


def _cut(counties: Sequence[Drawn]) -> list[list[Drawn]]:
    """Split counties into two groups at the widest gap (single-linkage clustering)."""
    boxes, part = [_box_of([c]) for c in counties], list(range(len(counties)))
    gaps = sorted((_gap(boxes[i], boxes[j]), i, j) for i in range(len(boxes)) for j in range(i))
    n_parts = len(counties)
    for _, i, j in gaps:
        if part[i] != part[j] and n_parts > 2:
            old, n_parts = part[i], n_parts - 1
            part = [part[j] if p == old else p for p in part]
    return [[c for c, p in zip(counties, part, strict=True) if p == k] for k in dict.fromkeys(part)]


def _gap(a: Box, b: Box) -> float:
    return math.hypot(max(a[0] - b[2], b[0] - a[2], 0.0), max(a[1] - b[3], b[1] - a[3], 0.0))


def _size(box: Box) -> float:
    return max(box[2] - box[0], box[3] - box[1])


def _shrink(counties: Sequence[Drawn]) -> float:
    """Return the length of a degree of longitude as a share of a degree of latitude."""
    lats = [y for _, plan in counties for ring in plan.outline for _, y in ring]
    return math.cos(math.radians((min(lats) + max(lats)) / 2))


def _box_of(counties: Sequence[Drawn]) -> Box:
    shrink = _shrink(counties)
    points = [(x * shrink, y) for _, plan in counties for ring in plan.outline for x, y in ring]
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _county_label(county: CountyOutcome, plan: CountyPlan, texts: Texts) -> str:
    share, value = texts.percent(plan.share, 0), texts.number(plan.value, 2)
    return texts("province.map_county", name=county.name, share=share, value=value)
