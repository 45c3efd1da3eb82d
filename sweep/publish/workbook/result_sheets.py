"""Sheets to fill in on the day and after it: 台账 (results), 问题清单 (problems), 回头看清单 (re-checks)."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from geodata.message_catalogue import Texts
from geodata.schema import TICKED_ITEMS, UNIT_STATES
from sweep.publish.edition import Edition
from sweep.publish.facts.export_rows import stops_of
from sweep.publish.facts.names_and_reasons import building_name, reason_texts
from sweep.publish.facts.platform_filings import asks_for_codes
from sweep.publish.facts.team_facts import StopFacts, TeamFacts, is_tried_again
from sweep.publish.table_columns import Row
from sweep.publish.workbook.sheet_rows import make_sheet, stop_cells
from sweep.publish.workbook.write_xlsx import Kind, WorkbookSheet
from sweep.records.check_form_items import NOT_ASKED, OF_INSPECTION
from sweep.records.visits import Visit

_AFTER = ("n_hazards", "n_hazards_fixed", "n_dens", "is_rectify", "recheck_on", "is_closed", "remark")
"""Columns of the results sheet that follow the items of the form."""


def ledger_sheet(edition: Edition, texts: Texts) -> WorkbookSheet:
    """
    Return the ledger (台账): one row per firm to inspect, in which to fill in the check form (C32) and the follow-up.

    `sweep results` reads the completed sheet; a visit without named firms has one row, to be copied for each office.
    """
    items = edition.scenario.form.items
    plan = ("letter", "building_name", "floor", "unit", "firm_name", "uscc", "track", "basis", "visit_id")
    shown = ("is_code_shown", "code_shown_at", "no_code_reason") if asks_for_codes(edition) else ()
    asked = ("unit_state", *shown, *items, *_AFTER)
    yes_no = (texts("sheet.yes"), texts("sheet.no"))
    choices: dict[str, tuple[str, ...]] = dict.fromkeys(
        (*(i for i in items if i in TICKED_ITEMS), *shown[:1], "is_rectify", "is_closed"), yes_no
    )
    choices["unit_state"] = tuple(texts(f"ledger.state.{state}") for state in UNIT_STATES)

    def rows() -> Iterator[Row]:
        for team, s in _stops_not_tried_again(edition):
            row = _place(edition, team, s, texts) | _not_asked_marks(s.visit, asked, items)
            for uscc in s.targets or ("",) * (not s.visit.targets):
                firm = edition.firms.get(uscc)
                where = {"floor": firm.floor_label, "unit": firm.unit, "firm_name": firm.name} if firm else {}
                yield row | where | {"uscc": uscc}

    kinds: dict[str, Kind] = dict.fromkeys(asked, "blank")
    return make_sheet(texts, "sheet.ledger", (*plan, *asked), rows(), choices, kinds)


def _stops_not_tried_again(edition: Edition) -> Iterator[tuple[TeamFacts, StopFacts]]:
    return ((team, s) for team, s in stops_of(edition) if not is_tried_again(edition, s.stop))


def _place(edition: Edition, team: TeamFacts, s: StopFacts, texts: Texts) -> dict[str, Any]:
    name = building_name(s.building, s.building.building_id)
    return stop_cells(edition, team, s, texts) | {"building_name": name}


def _not_asked_marks(visit: Visit, asked: Sequence[str], items: Sequence[str]) -> dict[str, str]:
    is_inspecting = visit.track != "stocktake"
    unasked = (
        n for n in asked if (n in items and n not in visit.items) or not (is_inspecting or n not in OF_INSPECTION)
    )
    return dict.fromkeys(unasked, NOT_ASKED)


def problems_sheet(edition: Edition, texts: Texts) -> WorkbookSheet:
    """Return the sheet 问题清单 (problems): those of the data, unserved visits, then empty rows for new ones."""
    known = ("source", "code", "object", "what", "fix")
    rows = [*_data_problems(edition, texts), *_unserved(edition, texts)]
    # Empty rows for problems found on the day.
    rows += [(texts("sheet.source.site"), *[""] * 4)] * 30
    cells = (dict(zip(known, row, strict=True)) for row in rows)
    kinds: dict[str, Kind] = {"due_on": "blank", "closed_on": "blank"}
    columns = (*known, "owner", *kinds)
    return make_sheet(texts, "sheet.problems", columns, cells, kinds=kinds, note=texts("sheet.not_taken_in"))


def _data_problems(edition: Edition, texts: Texts) -> Iterator[tuple[object, ...]]:
    source = texts("sheet.source.data")
    for note in edition.notes:
        yield source, note.code, note.place(texts), note.what(texts), note.fix(texts)
    columns = ["file", "row", "code", "what", "fix"]
    for file, row, code, what, fix in edition.quarantine.reindex(columns=columns).itertuples(index=False, name=None):
        yield source, code, f"{file} {row}", what, fix


def _unserved(edition: Edition, texts: Texts) -> Iterator[tuple[object, ...]]:
    source = texts("sheet.source.plan")
    for u in edition.plan.unserved:
        name, visit = building_name(edition.buildings.get(u.building_id), u.building_id), edition.visits[u.visit_id]
        for reason in u.reasons:
            yield source, reason.code, name, *reason_texts(texts, reason, visit, edition.division_names)


def recheck_sheet(edition: Edition, texts: Texts) -> WorkbookSheet:
    """
    Return the sheet 回头看清单 (re-checks), one row for each stop: the dates 3, 7 and 30 days after the visit.

    Columns to be filled in by hand say whether a re-check is needed, and its result.
    """
    due = ("recheck_hazard", "recheck_first", "recheck_second")
    place = ("letter", "building_name", "address", "floors")
    columns = (*place, "visited_on", "needs_recheck", *due, "result", "closed_on")
    day = edition.scenario.day
    # Guangzhou's rental inspections return every 3 days in case of danger; the others are this program's defaults.
    days = {"visited_on": day} | {name: day + timedelta(days=n) for name, n in zip(due, (3, 7, 30), strict=True)}
    rows = (_place(edition, team, s, texts) | days for team, s in _stops_not_tried_again(edition))
    choices = {"needs_recheck": (texts("sheet.yes"), texts("sheet.no"))}
    note = texts("sheet.not_taken_in")
    return make_sheet(texts, "sheet.recheck", columns, rows, choices, {"closed_on": "blank"}, note=note)
