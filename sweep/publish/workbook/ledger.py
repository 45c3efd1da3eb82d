"""ledger.xlsx: what visits found (台账), what it adds up to (统计表), what was wrong and is to be looked at again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from geodata.schema import RESULT_ANSWERS, RESULT_COUNTS
from geodata.texts import Texts
from sweep.publish.facts.wording import label
from sweep.publish.workbook.workbook import Column, Kind, Sheet, workbook
from sweep.records.form_items import ITEMS
from sweep.records.visits import Recheck

_FOLLOWING = ("is_rectify", "is_closed", "is_target")


@dataclass(frozen=True, slots=True)
class Names:
    """What ids stand for, where it is known."""

    buildings: Mapping[str, str]
    firms: Mapping[str, str]


def ledger_workbook(
    results: pd.DataFrame,
    rechecks: Sequence[Recheck],
    totals: Mapping[str, Mapping[str, int]],
    names: Names,
    day: date,
    texts: Texts,
) -> bytes:
    """
    The workbook; the same results give the same bytes.

    Parameters
    ----------
    results
        Results that were taken in, a table as in `geodata.schema.RESULTS`.
    rechecks
        The items that those results opened.
    totals
        Report items by plan id.
    names
        Names of buildings and firms by id.
    day
        The day of the last plan.
    texts
        The language.
    """
    sheets = (
        _ledger(results, names, texts),
        _statistics(totals, texts),
        _rechecks([r for r in rechecks if r.closed_on is None], names, texts, "open"),
        _rechecks([r for r in rechecks if r.closed_on is not None], names, texts, "closed"),
    )
    return workbook(sheets, day, texts("ledger.title"))


def _ledger(results: pd.DataFrame, names: Names, texts: Texts) -> Sheet:
    answers = [a for a in RESULT_ANSWERS if a not in _FOLLOWING]
    columns = _columns(
        texts,
        ("plan_id", "text", 15),
        ("visited_on", "day", 12),
        ("building", "text", 28),
        ("unit", "text", 9),
        ("firm", "text", 34),
        ("uscc", "text", 21),
        ("track", "text", 14),
        ("basis", "text", 24),
        ("is_target", "text", 9),
        ("unit_state", "text", 10),
        *((name, "text", 9) for name in answers),
        *((name, "whole", 9) for name in RESULT_COUNTS),
        ("is_rectify", "text", 9),
        ("recheck_on", "day", 12),
        ("is_closed", "text", 9),
        ("remark", "wrap", 40),
        ("visit_id", "text", 16),
    )
    ordered = results.sort_values(["visited_on", "plan_id", "result_id"], kind="stable")

    def rows() -> Iterator[Sequence[object]]:
        for row in ordered.to_dict("records"):
            yield (
                row["plan_id"],
                _day(row["visited_on"]),
                names.buildings.get(row["building_id"], row["building_id"]),
                _text(row["unit"]),
                names.firms.get(str(row["uscc"]), ""),
                _text(row["uscc"]),
                label(texts, f"track.{row['track']}", str(row["track"])),
                _text(row["basis"]),
                _answer(row["is_target"], texts),
                texts(f"ledger.state.{row['unit_state']}"),
                *(_answer(row[name], texts) for name in answers),
                *(None if pd.isna(row[name]) else int(row[name]) for name in RESULT_COUNTS),
                _answer(row["is_rectify"], texts),
                _day(row["recheck_on"]),
                _answer(row["is_closed"], texts),
                _text(row["remark"]),
                row["visit_id"],
            )

    return Sheet(texts("ledger.sheet.ledger"), columns, tuple(rows()))


def _statistics(totals: Mapping[str, Mapping[str, int]], texts: Texts) -> Sheet:
    columns = (
        Column(texts("ledger.col.item"), "text", 28),
        *(Column(plan_id or texts("ledger.all"), "whole", 15) for plan_id in totals),
    )
    keys = list(next(iter(totals.values()), {}))
    rows = tuple((texts(f"ledger.item.{key}"), *(counts[key] for counts in totals.values())) for key in keys)
    return Sheet(texts("ledger.sheet.statistics"), columns, rows)


def _rechecks(rechecks: Sequence[Recheck], names: Names, texts: Texts, which: str) -> Sheet:
    columns = _columns(
        texts,
        ("recheck_id", "text", 34),
        ("building", "text", 28),
        ("unit", "text", 9),
        ("firm", "text", 34),
        ("uscc", "text", 21),
        ("reason", "text", 14),
        ("opened_on", "day", 12),
        ("due_on", "day", 12),
        ("n_looks", "whole", 9),
        ("closed_on", "day", 12),
        ("closed_by", "text", 15),
    )
    rows = tuple(
        (
            r.recheck_id,
            names.buildings.get(r.building_id, r.building_id),
            r.unit,
            names.firms.get(r.uscc or "", ""),
            r.uscc or "",
            texts(f"recheck.{r.reason}"),
            r.opened_on,
            r.due_on,
            r.n_looks,
            r.closed_on,
            r.closed_by or "",
        )
        for r in sorted(rechecks, key=lambda r: (r.due_on, r.recheck_id))
    )
    return Sheet(texts(f"ledger.sheet.rechecks_{which}"), columns, rows)


def _columns(texts: Texts, *columns: tuple[str, Kind, float]) -> tuple[Column, ...]:
    return tuple(Column(texts(_title(key)), kind, width) for key, kind, width in columns)


def _title(key: str) -> str:
    """The key of a column's head in the catalogue: that of the form, or of the ledger to fill in, where it has one."""
    if key in ITEMS:
        return f"item.{key}"
    return "sheet.col.visit_id" if key == "visit_id" else f"ledger.col.{key}"


def _text(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value)


def _day(value: object) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()  # type: ignore[call-overload, arg-type]


def _answer(value: object, texts: Texts) -> str:
    return texts(f"ledger.{value}") if value in ("yes", "no") else ""
