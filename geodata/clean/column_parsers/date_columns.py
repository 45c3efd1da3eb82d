"""Parsers of columns of dates and clock times, in the formats that one export can mix (domain 3.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import pandas as pd

from geodata.clean.column_parsers.category_words import NO_END
from geodata.clean.column_parsers.columns import half_width, header, required
from geodata.clean.column_parsers.timestamps import DTYPE, EXCEL_SERIAL, HALF, hours_of_day, is_all, parse_stamps
from geodata.clean.table_cleaner import TableCleaner
from geodata.errors import Value
from geodata.raw_table import Column, Mask
from geodata.schema import TIMEZONE

_ISO = r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_FAR = pd.Timestamp("2199-12-31")
_TO_LAST_SECOND = pd.Timedelta(days=1) - pd.Timedelta(seconds=1)


def moment(
    desk: TableCleaner,
    column: str,
    *,
    no_end: Literal["null", "far", "fault"] = "null",
    day: date | None = None,
    is_past: bool = False,
) -> Column:
    """
    Parse a column of timestamps in China's single time zone.

    A date without a year (7月18日16:50) gets the year of the column's other dates, or the one nearest to `day`; with
    `is_past` it is not after `day`.

    Parameters
    ----------
    no_end
        Result for `长期` (no end) and the year 9999: `null`; `far`, a day in 2199, where null would mean that there is
        no such document; `fault`, an error, for columns of events.
    """
    typed = half_width(desk, column)
    endless = (typed.isin(NO_END) | _is_year_9999(typed)) & (no_end != "fault")
    desk.repaired("date_no_end", endless)
    values = parse_stamps(typed.mask(endless))
    is_bad = typed.notna() & ~endless & values.isna()
    if is_bad.any():
        whole = _with_year(typed[is_bad], values, day, is_past=is_past)
        desk.repaired("date_no_year", typed.index.isin(whole.index))
        values = values.where(~values.index.isin(whole.index), parse_stamps(whole).reindex(values.index))
        is_bad &= values.isna()
    desk.add_errors(is_bad, "G208", column=header(desk, column), value=typed)
    is_serial = is_all(typed, EXCEL_SERIAL)
    desk.repaired("excel_serial", is_serial & values.notna())
    is_iso = is_all(typed, _ISO)
    desk.repaired("date", values.notna() & ~is_serial & ~is_iso)
    if no_end == "far":
        values = values.mask(endless, _FAR.tz_localize(TIMEZONE).as_unit("us"))
    required(desk, column, typed.mask(endless) if no_end == "null" else typed)
    return values.astype(DTYPE)


def _with_year(typed: Column, others: Column, day: date | None, *, is_past: bool) -> Column:
    """Return texts that state only month and day, with a year in front; texts without a certain year are left out."""
    parts = typed.str.extract(r"^(\d{1,2})月(\d{1,2})(?:日|号|$)").dropna().astype(int)
    known = list(others.dropna().dt.date) or [day for day in (day,) if day is not None]
    latest = day if is_past else None
    years = {pair: _year(pair[0], pair[1], known, latest) for pair in set(parts.itertuples(index=False, name=None))}
    year = pd.Series([years[pair] for pair in parts.itertuples(index=False, name=None)], parts.index, dtype="object")
    found = year.dropna()
    return found.astype("str") + "年" + typed[found.index]


def _year(month: int, of_month: int, known: Sequence[date], latest: date | None) -> int | None:
    """Return the year that puts a date between the known dates, or nearest to them, but not after `latest`."""
    if not known:
        return None
    first, last = min(known), max(known)
    dates = [d for y in range(first.year - 1, last.year + 2) if (d := _date(y, month, of_month)) is not None]
    dates = [d for d in dates if latest is None or d <= latest]
    inside = [d for d in dates if first <= d <= last]
    if len(inside) > 1 or not dates:
        return None
    return min(inside or dates, key=lambda d: max(first - d, d - last)).year


def _date(year: int, month: int, of_month: int) -> date | None:
    try:
        return date(year, month, of_month)
    except ValueError:
        return None


def deadline(desk: TableCleaner, column: str, day: date | None = None) -> Column:
    """
    Parse a column of deadlines; a date without a clock time means the last second of that day.

    Midnight counts as no clock time: an Excel cell with a date reads as 00:00:00.
    """
    due = moment(desk, column, day=day)
    return due.mask(due.eq(due.dt.normalize()), due + _TO_LAST_SECOND)


def _is_year_9999(typed: Column) -> Mask:
    some = typed[typed.str.startswith("9999").eq(other=True)]
    found = some.str.match(r"9999\D|9999\d{4}$").eq(other=True)
    return found.reindex(typed.index, fill_value=False)


def clock(desk: TableCleaner, column: str) -> pd.Series[float]:
    """
    Parse clock times as seconds after midnight, up to the end of the next day.

    Accepted: `13:30`, `13:30:00`, `13点30分`, `下午1:30`, Excel's fraction of a day. Bare digits are seconds under the
    schema's own header, which ends in `_s`. Under other headers, up to four digits are hours and minutes (`8`, `1330`),
    and longer numbers are seconds.
    """
    typed = half_width(desk, column)
    texts = typed.str.extract(rf"^({HALF})?\s*(\d{{1,2}})[:时点](\d{{1,2}})?(?:[:分](\d{{1,2}}))?[分秒]?$")
    parts = texts[[1, 2, 3]].astype("float64")
    hour = pd.Series(hours_of_day(parts[1].to_numpy(), texts[0].fillna("").to_numpy(dtype=object)), typed.index)
    written = _seconds(hour, parts[2].fillna(0), parts[3].fillna(0))
    figures = pd.to_numeric(typed, errors="coerce").astype("float64")
    shares = (figures * 86_400).round().where((figures > 0) & (figures < 1))
    others = shares
    if header(desk, column) != column:
        packed = typed.str.extract(r"^(\d{1,2}?)(\d{2})?$").astype("float64")
        others = shares.fillna(_seconds(packed[0], packed[1].fillna(0), packed[0] * 0))
        # Hours and minutes in one number, as 1330.
        figures = figures.where(typed.str.len() > 4)
    desk.repaired("clock", others.notna())
    seconds = written.fillna(others).fillna(figures)
    is_bad = typed.notna() & ~(seconds.between(0, 172_800) & seconds.eq(seconds.round()))
    desk.add_errors(is_bad, "G213", column=header(desk, column), value=typed)
    required(desk, column, typed)
    return pd.Series(seconds.mask(is_bad))


def _seconds(hour: pd.Series[float], minute: pd.Series[float], second: pd.Series[float]) -> pd.Series[float]:
    """Return seconds after midnight for hours, minutes and seconds; NaN for an invalid clock time."""
    is_clock = (hour <= 47) & (minute <= 59) & (second <= 59)
    return (hour * 3_600 + minute * 60 + second).where(is_clock)


def refuse_future(desk: TableCleaner, column: str, moments: Column, day: pd.Timestamp) -> None:
    """Record an error (G212) in each row whose timestamp is after the end of the day."""
    after = day.normalize().tz_localize(TIMEZONE) + pd.Timedelta(days=1)
    is_late = moments.ge(after)
    own: dict[str, Column | Value] = {
        "column": header(desk, column),
        "value": moments[is_late].dt.strftime("%Y-%m-%d"),
        "day": f"{day:%Y-%m-%d}",
    }
    desk.add_errors(is_late, "G212", **own)
