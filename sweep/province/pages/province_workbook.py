"""province.xlsx: counties, cities, curves and linked actions as tables."""

from datetime import date

from geodata.message_catalogue import Texts
from sweep.province.pages.province_figures import SummaryFigures, city_figures, share_reached
from sweep.province.pages.province_json import county_editions
from sweep.province.pages.province_page import start_at
from sweep.province.records import CountyOutcome, CountyPlan, ProvinceEdition
from sweep.publish.workbook.sheet_rows import day_share
from sweep.publish.workbook.write_xlsx import Column, Kind, WorkbookSheet, workbook

# Columns under `province.col.` common to counties and cities, named as their figures without `n_`.
_FIGURES: tuple[tuple[str, Kind], ...] = (
    *(("teams", "whole"), ("value", "number"), ("bound", "number"), ("share", "share")),
    *(("leads_reached", "whole"), ("leads", "whole"), ("buildings_reached", "whole"), ("buildings", "whole")),
    *(("served", "whole"), ("visits", "whole")),
)


def province_workbook(edition: ProvinceEdition, texts: Texts) -> bytes:
    """Workbook of a province; equal editions give equal bytes."""
    sheets = [_counties(edition, texts), _cities(edition, texts), _curves(edition, texts), _links(edition, texts)]
    return workbook(sheets, date.fromisoformat(edition.day), f"{edition.name} {edition.day}")


def _columns(texts: Texts, *columns: tuple[str, Kind]) -> tuple[Column, ...]:
    width: dict[Kind, float] = {"text": 20, "wrap": 60}
    return tuple(Column(texts(f"province.col.{key}"), kind, width.get(kind, 12)) for key, kind in columns)


def _figures(of: SummaryFigures | CountyPlan) -> tuple[object, ...]:
    own = {"value": of.value, "bound": of.bound, "share": share_reached(of)}
    return tuple(own[name] if name in own else getattr(of, f"n_{name}") for name, _ in _FIGURES)


def _counties(edition: ProvinceEdition, texts: Texts) -> WorkbookSheet:
    first: tuple[tuple[str, Kind], ...] = (("county", "text"), ("id", "text"), ("city", "text"), ("mobile", "whole"))
    last: tuple[tuple[str, Kind], ...] = (("gain", "number"), ("plan", "text"), ("why", "wrap"))

    def row(c: CountyOutcome) -> tuple[object, ...]:
        county_id = c.county.county_id
        sent = edition.allocation.n_mobile.get(county_id) if c.plan else None
        figures = _figures(c.plan) if c.plan else (None,) * len(_FIGURES)
        why = " ".join(f"{i.code} {i.where} {i.what(texts)}" for i in c.issues)
        plan_id = " ".join(name.rpartition("/")[2] for name in county_editions(c))
        city = edition.cities[c.county.city_id]
        return (c.name, county_id, city, sent, *figures, edition.allocation.gains.get(county_id), plan_id, why)

    columns = _columns(texts, *first, *_FIGURES, *last)
    return WorkbookSheet(texts("province.by_county"), columns, tuple(row(c) for c in edition.counties))


def _cities(edition: ProvinceEdition, texts: Texts) -> WorkbookSheet:
    first: tuple[tuple[str, Kind], ...] = (("city", "text"), ("planned", "whole"), ("n_counties", "whole"))
    last: tuple[tuple[str, Kind], ...] = (("mobile", "whole"), ("low", "whole"), ("high", "whole"))
    rows = [(f.name, f.n_planned, f.n_counties, *_figures(f), f.n_mobile, f.low, f.high) for f in city_figures(edition)]
    return WorkbookSheet(texts("province.by_city"), _columns(texts, *first, *_FIGURES, *last), tuple(rows))


def _curves(edition: ProvinceEdition, texts: Texts) -> WorkbookSheet:
    columns = _columns(
        texts, ("county", "text"), ("id", "text"), ("mobile", "whole"), ("teams", "whole"), ("value", "number"),
        ("bound", "number"),
    )  # fmt: skip
    rows = [
        (c.name, c.county.county_id, p.n_mobile, p.n_teams, p.value, p.bound)
        for c in edition.counties
        for p in (c.curve.points if c.curve else ())
    ]
    return WorkbookSheet(texts("province.curves"), columns, tuple(rows))


def _links(edition: ProvinceEdition, texts: Texts) -> WorkbookSheet:
    known = {c.county.county_id: c for c in edition.counties}
    rows = []
    for link, start in zip(edition.links, edition.starts, strict=True):
        why = texts(f"province.unmade.{start.why}", where=start.where) if start.why else ""
        for site in link.sites:
            at = start_at(known[site.county_id], site.building_id)
            clock = None if at is None or why else day_share(at)
            rows.append((link.link_id, known[site.county_id].name, site.building_id, clock, why))
    columns = _columns(
        texts, ("link", "text"), ("county", "text"), ("building", "text"), ("start", "clock"), ("why", "wrap")
    )
    return WorkbookSheet(texts("province.links"), columns, tuple(rows))
