"""The sheets that are filled in on the day and after it: 台账, 问题清单, 回头看清单."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from geodata.schema import TICKED_ITEMS, UNIT_STATES
from geodata.texts import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.teams import StopFacts, TeamFacts, is_tried_again
from sweep.publish.facts.wording import building_name, label, reason_texts
from sweep.publish.workbook.rows import columns_of, floors_of, stops_of
from sweep.publish.workbook.workbook import Column, Sheet
from sweep.records.form_items import NOT_ASKED, OF_INSPECTION
from sweep.records.visits import Visit

# Guangzhou's rental teams come back every 3 days where there is danger; the others are this program's defaults.
_RECHECK_DAYS = (3, 7, 30)
_EMPTY_ROWS = 30
"""For what is found on the day."""


def ledger_sheet(edition: Edition, texts: Texts) -> Sheet:
    """
    台账: one row a firm to inspect, with the items of the check form and no others (C32) to fill in, and what follows.

    Filled in it is what `sweep results` takes; a visit that names no firm has one row, to be copied for each unit.
    """
    columns = columns_of(
        texts,
        "team",
        "building",
        ("floor", "text", 7),
        ("unit", "text", 9),
        ("firm", "text", 34),
        ("uscc", "text", 21),
        "track",
        ("basis", "text", 20),
        ("visit_id", "text", 16),
    )
    yes_no = (texts("sheet.yes"), texts("sheet.no"))
    states = tuple(texts(f"ledger.state.{state}") for state in UNIT_STATES)
    columns += (Column(texts("sheet.col.unit_state"), "blank", 8, states),)
    items = edition.scenario.form.items
    columns += tuple(
        Column(texts(f"item.{item}"), "blank", 9, yes_no if item in TICKED_ITEMS else ()) for item in items
    )
    columns += tuple(
        Column(texts(f"ledger.col.{key}"), "blank", 9) for key in ("n_hazards", "n_hazards_fixed", "n_dens")
    )
    columns += (Column(texts("ledger.col.is_rectify"), "blank", 9, yes_no),)
    columns += (Column(texts("ledger.col.recheck_on"), "blank", 12),)
    columns += (Column(texts("ledger.col.is_closed"), "blank", 9, yes_no),)
    columns += (Column(texts("sheet.col.remark"), "blank", 30),)

    def rows() -> Iterator[Sequence[object]]:
        for team, s in _last_stops(edition):
            name = building_name(s.building, s.building.building_id)
            track, basis = label(texts, f"track.{s.visit.track}", s.visit.track), " ".join(s.visit.basis)
            for uscc in s.targets or ("",) * (not s.visit.targets):
                firm = edition.firms.get(uscc)
                where = (firm.floor_label, firm.unit, firm.name) if firm else ("", "", "")
                yield (team.letter, name, *where, uscc, track, basis, s.visit.visit_id, *_asked(s.visit, items))

    return Sheet(texts("sheet.ledger"), columns, tuple(rows()))


def _last_stops(edition: Edition) -> Iterator[tuple[TeamFacts, StopFacts]]:
    """Every stop with its team but the first tries at a door that is tried again: a visit is filled in once."""
    return ((team, s) for team, s in stops_of(edition) if not is_tried_again(edition, s.stop))


def _asked(visit: Visit, items: Sequence[str]) -> Iterator[str]:
    """Cells to fill in, from the state of the unit to the remark; those that are not asked of the visit are marked."""
    after = ("n_hazards", "n_hazards_fixed", "n_dens", "is_rectify", "recheck_on", "is_closed", "remark")
    for name in ("unit_state", *items, *after):
        is_inspecting = visit.track != "stocktake" or name not in OF_INSPECTION
        yield "" if is_inspecting and (name not in items or name in visit.items) else NOT_ASKED


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
    return Sheet(texts("sheet.problems"), columns, rows, note=texts("sheet.not_taken_in"))


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
                *reason_texts(texts, reason, edition.visits[u.visit_id], edition.division_names),
            )


def recheck_sheet(edition: Edition, texts: Texts) -> Sheet:
    """回头看清单: when each place would be seen again if something is found there; blank until it is."""
    columns = columns_of(
        texts,
        "team",
        "building",
        ("address", "text", 34),
        "floors",
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
        for team, s in _last_stops(edition)
    )
    return Sheet(texts("sheet.recheck"), columns, rows, note=texts("sheet.not_taken_in"))
