"""Columns of dates and of clock times, in the dialects that one export alone can mix (domain 3.5)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from geodata.clean.cells import half_width, header, required
from geodata.clean.desk import Desk
from geodata.clean.words import NO_END
from geodata.errors import Value
from geodata.raw import Column
from geodata.schema import TIMEZONE

_CLOCK = r"(?:[ T]*(?P<hour>\d{1,2})(?:[:时点](?P<minute>\d{1,2})(?:[:分](?P<second>\d{1,2})(?:\.\d+)?)?)?[秒分时点]?)?"
_WRITTEN = rf"(?P<year>\d{{4}})[-/.年](?P<month>\d{{1,2}})[-/.月](?P<day>\d{{1,2}})日?{_CLOCK}"
_PACKED = (
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?: ?(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2}))?)?"
)
_OFFSET = r"(?P<offset>Z|[+-]\d{2}:?\d{2})"
_ISO = r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
# Day 1 of Excel's calendar is 1900-01-01, and it believes that 1900 was a leap year.
_EXCEL_EPOCH = pd.Timestamp("1899-12-30")
_EXCEL_SERIAL = r"[2-7]\d{4}(?:\.\d+)?"
# `geodata.schema.TIME_DTYPE`.
_DTYPE = pd.DatetimeTZDtype("us", TIMEZONE)
_FAR = pd.Timestamp("2199-12-31")


def moment(desk: Desk, column: str, *, no_end: Literal["null", "far"] = "null") -> Column:
    """
    Time-stamps of China's one zone.

    Parameters
    ----------
    desk
        The table.
    column
        The schema's name.
    no_end
        What `长期` and the year 9999 become: null, or a day far off where null would say that there is nothing.
    """
    typed = half_width(desk, column)
    endless = typed.isin(NO_END) | typed.str.match(r"9999\D|9999\d{4}$").eq(other=True)
    desk.repaired("date_no_end", endless)
    values = _parse(typed.mask(endless))
    is_bad = typed.notna() & ~endless & values.isna()
    desk.fault(is_bad, "G208", column=header(desk, column), value=typed)
    is_serial = typed.str.fullmatch(_EXCEL_SERIAL).eq(other=True)
    desk.repaired("excel_serial", is_serial & values.notna())
    is_iso = typed.str.fullmatch(_ISO).eq(other=True)
    desk.repaired("date", values.notna() & ~is_serial & ~is_iso)
    if no_end == "far":
        values = values.mask(endless, _FAR.tz_localize(TIMEZONE).as_unit("us"))
    required(desk, column, typed.mask(endless) if no_end == "null" else typed)
    return values.astype(_DTYPE)


def _parse(typed: Column) -> Column:
    values = pd.Series(pd.NaT, index=typed.index, dtype=_DTYPE)
    for pattern in (rf"{_WRITTEN}{_OFFSET}?", rf"{_PACKED}{_OFFSET}?"):
        parts = typed.str.extract(rf"^{pattern}$")
        values = values.fillna(_assemble(parts))
    serial = pd.to_numeric(typed.where(typed.str.fullmatch(_EXCEL_SERIAL).eq(other=True)), errors="coerce")
    # Excel keeps a time as a share of a day: the nearest second is what was typed.
    seconds = (serial.astype("float64") * 86_400).round()
    return values.fillna(_localize(_EXCEL_EPOCH + pd.to_timedelta(seconds, unit="s")))


def _assemble(parts: pd.DataFrame) -> Column:
    fields = ["year", "month", "day", "hour", "minute", "second"]
    figures = parts[fields].apply(pd.to_numeric, errors="coerce").astype("float64")
    figures[["hour", "minute", "second"]] = figures[["hour", "minute", "second"]].fillna(0)
    is_clock = (figures["hour"] < 24) & (figures["minute"] < 60) & (figures["second"] < 60)
    naive = pd.to_datetime(figures[figures["year"].notna() & is_clock], errors="coerce").reindex(parts.index)
    local = _localize(naive)
    offset = parts["offset"]
    if offset.notna().any():
        local = local.mask(offset.notna(), _with_offset(naive, offset))
    return local


def _localize(naive: Column) -> Column:
    # Summer time was kept in 1986-1991: the hour that came twice is taken as standard time.
    ambiguous = np.zeros(len(naive), dtype=bool)
    local = naive.astype("datetime64[us]").dt.tz_localize(TIMEZONE, ambiguous=ambiguous, nonexistent="shift_forward")
    return local.astype(_DTYPE)


def _with_offset(naive: Column, offset: Column) -> Column:
    figures = offset.replace("Z", "+0000").str.replace(":", "").str.extract(r"([+-])(\d{2})(\d{2})")
    minutes = pd.to_numeric(figures[1]) * 60 + pd.to_numeric(figures[2])
    ahead = pd.to_timedelta(minutes.where(figures[0].eq("+"), -minutes), unit="min")
    return (naive.astype("datetime64[us]") - ahead).dt.tz_localize("UTC").dt.tz_convert(TIMEZONE).astype(_DTYPE)


def clock(desk: Desk, column: str) -> pd.Series[float]:
    """
    Clock times as seconds after midnight, up to the end of the next day.

    `13:30`, `13:30:00`, `13点30分`, Excel's share of a day; bare figures are seconds under the schema's own header,
    which says so by its `_s`, and else `8` and `1330` are hours and minutes.
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
    own: dict[str, Column | Value] = {
        "column": header(desk, column),
        "value": moments.dt.strftime("%Y-%m-%d"),
        "day": f"{day:%Y-%m-%d}",
    }
    desk.fault(moments.ge(after), "G212", **own)
