"""Tables for oversight: the random draw, what drawn visits found, and how evenly checks are spread."""

from __future__ import annotations

from collections.abc import Iterator

from sweep.disk.csv_text import csv_text
from sweep.publish.edition import Edition
from sweep.publish.facts.drawn import members_going
from sweep.publish.facts.wording import building_name
from sweep.records.oversight import Concentration


def draw_firms_csv(edition: Edition) -> str:
    """Every firm of a drawn building, in the order of the draw; the chance is given that the building is drawn."""
    columns = ("building_id", "place", "uscc", "ticket", "ratio", "inclusion_probability", "is_drawn")
    places: dict[str, int] = {}

    def rows() -> Iterator[tuple[object, ...]]:
        for f in edition.draw.firms:
            places[f.building_id] = places.get(f.building_id, 0) + 1
            place = places[f.building_id]
            yield f.building_id, place, f.uscc, f.ticket, f.ratio, f.inclusion_probability, f.is_drawn

    return csv_text(columns, rows())


def draw_officers_csv(edition: Edition) -> str:
    """The log of the second draw: every eligible officer of each drawn visit, in ticket order, and who goes."""
    columns = ("visit_id", "place", "person_id", "agency", "ticket", "status", "goes")
    going = members_going(edition)
    places: dict[str, int] = {}

    def rows() -> Iterator[tuple[object, ...]]:
        for o in edition.draw.officers:
            places[o.visit_id] = places.get(o.visit_id, 0) + 1
            goes = any(o.person_id in members for members in going.get(o.visit_id, {}).values())
            yield o.visit_id, places[o.visit_id], o.person_id, o.agency, o.ticket, o.status, goes

    return csv_text(columns, rows())


def draw_csv(edition: Edition) -> str:
    """The record of the random draw (抽取记录): every candidate in the order of the draw, by ticket over size."""
    columns = (
        "place",
        "building_id",
        "building_name",
        "ticket",
        "inclusion_probability",
        "is_drawn",
        "size",
        "seed",
        "pool_sha256",
    )
    draw = edition.draw
    rows = (
        (
            place,
            t.building_id,
            building_name(edition.buildings.get(t.building_id), t.building_id),
            t.ticket,
            float(t.inclusion_probability),
            t.is_drawn,
            float(t.size),
            draw.seed,
            draw.pool_sha256,
        )
        for place, t in enumerate(draw.tickets, start=1)
    )
    return csv_text(columns, rows)


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
