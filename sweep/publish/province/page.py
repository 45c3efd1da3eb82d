"""province.html: what is reached where, what may be found, where the next team helps most, and who could not plan."""

from datetime import date

from geodata.texts import Texts
from sweep.publish.page.pages import render_page, static_text
from sweep.publish.page.palette import VALUE_SCALE
from sweep.publish.province.county_map import county_map, shades
from sweep.publish.province.figures import city_figures, next_gains, province_figures, share_reached
from sweep.publish.province.names import county_folder, county_page, report_or_breaches
from sweep.records.province import CountyOutcome, ProvinceEdition


def province_page(edition: ProvinceEdition, texts: Texts) -> str:
    """The page; it loads nothing, and its links go to the counties' editions beside it."""
    breaks = (0.0, *shades(edition))
    known = {c.county.county_id: c for c in edition.counties}
    # Counties in the list of where one team more helps most.
    return render_page(
        "province/page.html.j2",
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
        share=share_reached,
        folder=county_folder,
        page_of=county_page,
        first_file=report_or_breaches,
        of="_window" if edition.is_campaign else "",
        script=static_text("page/sort.js"),
    )


def start_at(county: CountyOutcome, building_id: str) -> int | None:
    """When a linked site starts, in seconds after midnight; None: not at all."""
    return county.plan.starts.get(building_id) if county.plan else None
