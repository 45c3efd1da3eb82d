"""draw.csv, draw_firms.csv and draw_officers.csv: the random draw, for anyone to repeat."""

from __future__ import annotations

from collections.abc import Iterator

from sweep.disk.csv_text import csv_text
from sweep.publish.edition import Edition
from sweep.publish.facts.drawn import members_going
from sweep.publish.facts.wording import building_name


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
