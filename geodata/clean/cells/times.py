"""Columns of dates and of clock times, in the dialects that one export alone can mix (domain 3.5)."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from geodata.clean.cells.cells import half_width, header, required
from geodata.clean.cells.stamps import DTYPE, EXCEL_SERIAL, is_all, parse_stamps
from geodata.clean.cells.words import NO_END
from geodata.clean.desk import Desk
from geodata.errors import Value
from geodata.raw import Column, Mask
from geodata.schema import TIMEZONE

_ISO = r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
# Figures of hours and minutes together, as 1330.
_PACKED_SIGNS = 4
_FAR = pd.Timestamp("2199-12-31")
_TO_LAST_SECOND = pd.Timedelta(days=1) - pd.Timedelta(seconds=1)


def moment(desk: Desk, column: str, *, no_end: Literal["null", "far", "fault"] = "null") -> Column:
    """
    Time-stamps of China's one zone.

    Parameters
    ----------
    desk
        The table.
    column
        The schema's name.
    no_end
        What `长期` and the year 9999 become: null, or a day far off where null would say that there is nothing; a
        fault where something happened on the day.
    """
    typed = half_width(desk, column)
    endless = (typed.isin(NO_END) | _is_year_9999(typed)) & (no_end != "fault")
    desk.repaired("date_no_end", endless)
    values = parse_stamps(typed.mask(endless))
    is_bad = typed.notna() & ~endless & values.isna()
    desk.fault(is_bad, "G208", column=header(desk, column), value=typed)
    is_serial = is_all(typed, EXCEL_SERIAL)
    desk.repaired("excel_serial", is_serial & values.notna())
    is_iso = is_all(typed, _ISO)
    desk.repaired("date", values.notna() & ~is_serial & ~is_iso)
    if no_end == "far":
        values = values.mask(endless, _FAR.tz_localize(TIMEZONE).as_unit("us"))
    required(desk, column, typed.mask(endless) if no_end == "null" else typed)
    return values.astype(DTYPE)


def deadline(desk: Desk, column: str) -> Column:
    """
    Time-stamps by which something must be done; a date without a clock time is the last second of that day.

    Midnight counts as no clock time: a cell of Excel that holds a date reads as 00:00:00 of it.
    """
    due = moment(desk, column)
    return due.mask(due.eq(due.dt.normalize()), due + _TO_LAST_SECOND)


def _is_year_9999(typed: Column) -> Mask:
    some = typed[typed.str.startswith("9999").eq(other=True)]
    found = some.str.match(r"9999\D|9999\d{4}$").eq(other=True)
    return found.reindex(typed.index, fill_value=False)


def clock(desk: Desk, column: str) -> pd.Series[float]:
    """
    Clock times as seconds after midnight, up to the end of the next day.

    `13:30`, `13:30:00`, `13点30分`, Excel's share of a day; bare figures are seconds under the schema's own header,
    which says so by its `_s`; else `8` and `1330` are hours and minutes, and only more figures than those have seconds.
    """
    typed = half_width(desk, column)
    parts = typed.str.extract(r"^(\d{1,2})[:时点](\d{1,2})?(?:[:分](\d{1,2}))?[分秒]?$").astype("float64")
    written = _seconds(parts[0], parts[1].fillna(0), parts[2].fillna(0))
    figures = pd.to_numeric(typed, errors="coerce").astype("float64")
    shares = (figures * 86_400).round().where((figures > 0) & (figures < 1))
    others = shares
    if header(desk, column) != column:
        packed = typed.str.extract(r"^(\d{1,2}?)(\d{2})?$").astype("float64")
        others = shares.fillna(_seconds(packed[0], packed[1].fillna(0), packed[0] * 0))
        figures = figures.where(typed.str.len() > _PACKED_SIGNS)
    desk.repaired("clock", others.notna())
    seconds = written.fillna(others).fillna(figures)
    is_bad = typed.notna() & ~(seconds.between(0, 172_800) & seconds.eq(seconds.round()))
    desk.fault(is_bad, "G213", column=header(desk, column), value=typed)
    required(desk, column, typed)
    return pd.Series(seconds.mask(is_bad))


def _seconds(hour: pd.Series[float], minute: pd.Series[float], second: pd.Series[float]) -> pd.Series[float]:
    """Seconds after midnight, NaN where the figures are not those of a clock."""
    is_clock = (hour <= 47) & (minute <= 59) & (second <= 59)
    return (hour * 3_600 + minute * 60 + second).where(is_clock)


def refuse_future(desk: Desk, column: str, moments: Column, day: pd.Timestamp) -> None:
    """Note a fault in each row whose moment lies after the end of the day."""
    after = day.normalize().tz_localize(TIMEZONE) + pd.Timedelta(days=1)
    is_late = moments.ge(after)
    own: dict[str, Column | Value] = {
        "column": header(desk, column),
        "value": moments[is_late].dt.strftime("%Y-%m-%d"),
        "day": f"{day:%Y-%m-%d}",
    }
    desk.fault(is_late, "G212", **own)
