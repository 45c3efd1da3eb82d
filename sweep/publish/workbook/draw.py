"""The sheet 抽取记录: the draw, to be repeated by anyone."""

from __future__ import annotations

from collections.abc import Iterator

from geodata.texts import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.wording import building_name, label
from sweep.publish.workbook.rows import columns_of
from sweep.publish.workbook.workbook import Sheet


def draw_sheet(edition: Edition, texts: Texts) -> Sheet:
    """抽取记录: the buildings, firms and officers of the draw, in the order of their tickets, to be repeated."""
    columns = columns_of(
        texts,
        ("drawn_kind", "text", 12),
        ("place", "whole", 7),
        ("for", "text", 14),
        ("id", "text", 22),
        ("name", "text", 30),
        ("ticket", "text", 24),
        ("probability", "share", 10),
        ("status", "text", 12),
        ("seed", "text", 22),
        ("pool", "text", 24),
    )
    seal = (edition.draw.seed, edition.draw.pool_sha256)
    rows = tuple((*row, *seal) for row in _drawn(edition, texts))
    return Sheet(texts("sheet.draw"), columns, rows)


def _drawn(edition: Edition, texts: Texts) -> Iterator[tuple[object, ...]]:
    yes, no = texts("sheet.drawn.yes"), texts("sheet.drawn.no")
    kind = texts("sheet.drawn.building")
    for place, t in enumerate(edition.draw.tickets, start=1):
        name = building_name(edition.buildings.get(t.building_id), t.building_id)
        won = yes if t.is_drawn else no
        yield kind, place, "", t.building_id, name, t.ticket, float(t.inclusion_probability), won
    kind = texts("sheet.drawn.firm")
    for place, f in enumerate(edition.draw.firms, start=1):
        firm = edition.firms.get(f.uscc)
        won = yes if f.is_drawn else no
        name = firm.name if firm else ""
        yield kind, place, f.building_id, f.uscc, name, f.ticket, float(f.inclusion_probability), won
    kind = texts("sheet.drawn.officer")
    for place, o in enumerate(edition.draw.officers, start=1):
        agency = label(texts, f"agency.{o.agency}", o.agency)
        yield kind, place, o.visit_id, o.person_id, agency, o.ticket, None, texts(f"sheet.officer.{o.status}")
