"""The sheets that are filled in on the day and after it: 台账, 统计表, 问题清单, 回头看清单, 抽取记录."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from geodata.texts import Texts
from sweep.form_items import COUNTED_ITEMS, TICKED_ITEMS
from sweep.publish.edition import Edition
from sweep.publish.facts import building_name, label, reason_texts
from sweep.publish.orders import UNIT_STATES
from sweep.publish.report import coverage_name
from sweep.publish.sheets import columns_of, floors_of, stops_of
from sweep.publish.summary import plan_summary
from sweep.publish.workbook import Column, Sheet
from sweep.records import Coverage

# Guangzhou's rental teams come back every 3 days where there is danger; the others are this program's defaults.
_RECHECK_DAYS = (3, 7, 30)
_EMPTY_ROWS = 30
"""For what is found on the day."""
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


def ledger_sheet(edition: Edition, texts: Texts) -> Sheet:
    """
    台账: one row a firm to inspect, with the items of the check form and no others (C32) to fill in, and what follows.

    Filled in it is what `sweep results` takes; a visit that names no firm has one row, to be copied for each unit.
    """
    columns = columns_of(
        texts,
        ("team", "text", 7),
        ("building", "text", 26),
        ("floor", "text", 7),
        ("unit", "text", 9),
        ("firm", "text", 34),
        ("uscc", "text", 21),
        ("track", "text", 18),
        ("basis", "text", 20),
        ("visit_id", "text", 16),
    )
    yes_no = (texts("sheet.yes"), texts("sheet.no"))
    states = tuple(texts(f"unit_state.{state}") for state in UNIT_STATES)
    columns += (Column(texts("sheet.col.unit_state"), "blank", 8, states),)
    columns += tuple(Column(texts(f"item.{item}"), "blank", 9, yes_no) for item in TICKED_ITEMS)
    columns += tuple(Column(texts(f"item.{item}"), "blank", 9) for item in COUNTED_ITEMS)
    columns += tuple(
        Column(texts(f"ledger.col.{key}"), "blank", 9) for key in ("n_hazards", "n_hazards_fixed", "n_dens")
    )
    columns += (Column(texts("ledger.col.is_rectify"), "blank", 9, yes_no),)
    columns += (Column(texts("ledger.col.recheck_on"), "blank", 12),)
    columns += (Column(texts("ledger.col.is_closed"), "blank", 9, yes_no),)
    columns += (Column(texts("sheet.col.remark"), "blank", 30),)
    n_blank = 8 + len(TICKED_ITEMS) + len(COUNTED_ITEMS)

    def rows() -> Iterator[Sequence[object]]:
        for team, s in stops_of(edition):
            name = building_name(s.building, s.building.building_id)
            track, basis = label(texts, f"track.{s.visit.track}", s.visit.track), " ".join(s.visit.basis)
            for uscc in s.targets or ("",) * (not s.visit.targets):
                firm = edition.firms.get(uscc)
                where = (firm.floor_label, firm.unit, firm.name) if firm else ("", "", "")
                yield (team.letter, name, *where, uscc, track, basis, s.visit.visit_id, *[""] * n_blank)

    return Sheet(texts("sheet.ledger"), columns, tuple(rows()))


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
    return Sheet(texts("sheet.statistics"), columns, tuple(rows))


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


def problems_sheet(edition: Edition, texts: Texts) -> Sheet:
    """问题清单: what is known beforehand (data, visits not made), then rows for what is found, closed one by one."""
    columns = columns_of(
        texts,
        ("source", "text", 14),
        ("code", "text", 22),
        ("object", "wrap", 36),
        ("problem", "wrap", 60),
        ("mend", "wrap", 48),
        ("owner", "blank", 14),
        ("due", "blank", 12),
        ("closed_on", "blank", 12),
    )
    known = [*_data_problems(edition, texts), *_unserved(edition, texts)]
    found = [(texts("sheet.source.site"), *[""] * 4)] * _EMPTY_ROWS
    rows = tuple((*row, "", "", "") for row in [*known, *found])
    return Sheet(texts("sheet.problems"), columns, rows)


def _data_problems(edition: Edition, texts: Texts) -> Iterator[tuple[object, ...]]:
    source = texts("sheet.source.data")
    for note in edition.notes:
        yield source, note.code, note.where, note.what(texts), note.fix(texts)
    columns = ["file", "row", "code", "what", "fix"]
    for file, row, code, what, fix in edition.quarantine.reindex(columns=columns).itertuples(index=False, name=None):
        yield source, code, f"{file} {row}", what, fix


def _unserved(edition: Edition, texts: Texts) -> Iterator[tuple[object, ...]]:
    for u in edition.plan.unserved:
        name = building_name(edition.buildings.get(u.building_id), u.building_id)
        for reason in u.reasons:
            yield (
                texts("sheet.source.plan"),
                reason.code,
                name,
                *reason_texts(texts, reason, edition.visits[u.visit_id]),
            )


def recheck_sheet(edition: Edition, texts: Texts) -> Sheet:
    """回头看清单: when each place would be seen again if something is found there; blank until it is."""
    columns = columns_of(
        texts,
        ("team", "text", 7),
        ("building", "text", 28),
        ("address", "text", 34),
        ("floors", "text", 10),
        ("checked_on", "day", 12),
        ("needs_recheck", "blank", 12),
        ("recheck_hazard", "day", 14),
        ("recheck_first", "day", 14),
        ("recheck_second", "day", 14),
        ("result", "blank", 24),
        ("closed_on", "blank", 12),
    )
    choices = (texts("sheet.yes"), texts("sheet.no"))
    columns = tuple(replace(c, choices=choices) if i == 5 else c for i, c in enumerate(columns))
    day = edition.scenario.day
    due = [day + timedelta(days=n) for n in _RECHECK_DAYS]
    rows = tuple(
        (
            team.letter,
            building_name(s.building, s.building.building_id),
            s.building.address,
            floors_of(s),
            day,
            "",
            *due,
            "",
            "",
        )
        for team, s in stops_of(edition)
    )
    return Sheet(texts("sheet.recheck"), columns, rows)


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
