"""Parsers of dates, clock times and timestamps in the formats that one export can mix (domain 3.5), by column."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geodata.array_types import Bools, Int64s
from geodata.clean.column_parsers.columns import half_width, header, required
from geodata.clean.table_cleaner import TableCleaner
from geodata.errors import Value
from geodata.raw_table import Column, Mask, as_arrow
from geodata.schema import TIMEZONE
from geodata.vocabulary.category_words import NO_END

# Part of the day, as people and Chinese Excel write it before the hour.
HALF = "凌晨|清晨|早晨|早上|上午|中午|下午|傍晚|晚上|晚"
_CLOCK = (
    rf"(?:[ T]*(?P<half>{HALF})? *"
    r"(?P<hour>\d{1,2})(?:[:时点](?P<minute>\d{1,2})(?:[:分](?P<second>\d{1,2})(?:\.\d+)?)?)?[秒分时点]?)?"
)
_WRITTEN = rf"(?P<year>\d{{4}})[-/.年](?P<month>\d{{1,2}})[-/.月](?P<day>\d{{1,2}})[日号]?{_CLOCK}"
_PACKED = (
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?: ?(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2}))?)?"
)
_TIME = r"\d{1,2}[:时点][\d:分秒半]*"
_OFFSET = r"(?P<offset>Z|[+-]\d{2}:?\d{2})"
# Excel counts days from 1900-01-01 = 1 and treats 1900 as a leap year.
_EXCEL_EPOCH = np.datetime64("1899-12-30", "us")
EXCEL_SERIAL = r"[2-7]\d{4}(?:\.\d+)?"
# `geodata.schema.TIME_DTYPE`.
DTYPE = pd.DatetimeTZDtype("us", TIMEZONE)
_MINUTE = np.timedelta64(1, "m")

type _Moments = NDArray[np.datetime64]
type _Rows = NDArray[np.intp]


def parse_stamps(typed: Column) -> Column:
    """Return timestamps in China's zone, NaT for other text; `typed`: text in half width, without outer blanks."""
    none = np.full(len(typed), np.datetime64("NaT", "us"))
    stamps = pd.Series(pd.DatetimeIndex(none).tz_localize(TIMEZONE), index=typed.index)
    at = np.flatnonzero(typed.notna())
    for pattern in (_WRITTEN, _PACKED):
        # Compiling a pattern takes longer than searching a small table.
        if not len(at):
            return stamps
        found, moments = _matched(typed.iloc[at], pattern)
        stamps.iloc[at[found]] = moments
        at = at[stamps.iloc[at].isna().to_numpy()]
    text = typed.iloc[at]
    is_serial = is_all(text, EXCEL_SERIAL).to_numpy()
    # Excel stores a time as a fraction of a day: round to the second that was typed.
    seconds = (text[is_serial].astype("float64").to_numpy() * 86_400).round().astype("timedelta64[s]")
    stamps.iloc[at[is_serial]] = _localize(_EXCEL_EPOCH + seconds)
    return stamps.astype(DTYPE)


def is_all(text: Column, pattern: str) -> Mask:
    """Return whether each whole text matches a pattern, whose digit class means ASCII digits only; False for NA."""
    # On a non-ASCII column (年) pandas matches `\d` cell by cell, since it may match other digits.
    return text.str.fullmatch(pattern.replace(r"\d", "[0-9]")).eq(other=True)


def _matched(text: Column, pattern: str) -> tuple[_Rows, pd.DatetimeIndex]:
    """Return the row positions of texts that match a date pattern entirely, and the timestamps that they mean."""
    # Arrow's compiled expressions process a whole column; Python's take ten seconds for a million texts.
    parts = pc.extract_regex(as_arrow(text), rf"^{pattern}{_OFFSET}?$")
    at = np.flatnonzero(parts.is_valid().to_numpy(zero_copy_only=False))
    parts = parts.drop_null()
    figures = {name: _figures(parts.field(name)) for name in _FIELDS}
    if parts.type.get_field_index("half") >= 0:
        half = parts.field("half").to_numpy(zero_copy_only=False)
        figures["hour"] = hours_of_day(figures["hour"], half).astype(np.int64)
    moments, is_date = _assemble(**figures)
    offset = pd.Series(parts.field("offset").to_pandas(), dtype="str")[is_date]
    local = _localize(moments[is_date])
    if offset.ne("").any():
        has_offset = offset.ne("").to_numpy()
        ahead, is_zone = _minutes_ahead(offset.where(has_offset, "Z"))
        utc = pd.DatetimeIndex(moments[is_date] - ahead * _MINUTE).as_unit("us").tz_localize("UTC")
        local = pd.DatetimeIndex(local.where(~has_offset, utc.tz_convert(TIMEZONE)).where(is_zone))
    return at[is_date], local


_FIELDS = ("year", "month", "day", "hour", "minute", "second")


def hours_of_day(hour: NDArray[Any], half: NDArray[Any]) -> NDArray[Any]:
    """
    Return hours of the 24-hour clock for hours as written and the word before each, such as 下午 (`half`, '': none).

    An hour that contradicts its word becomes 99.
    """
    is_early, is_evening = np.isin(half, ("凌晨", "清晨", "早晨", "早上", "上午")), np.isin(half, ("晚上", "晚"))
    is_noon, is_late = half == "中午", np.isin(half, ("下午", "傍晚"))
    is_wrong = (is_early & (hour > 12)) | (is_evening & ((hour < 5) | (hour == 12)))
    is_afternoon = ((is_late | is_evening) & (hour < 12)) | (is_noon & (hour < 3))
    return np.select([is_wrong, is_early & (hour == 12), is_afternoon], [99, hour - 12, hour + 12], hour)


def _figures(part: pa.Array) -> Int64s:
    figures: Int64s = pc.if_else(pc.equal(part, ""), "0", part).cast(pa.int64()).to_numpy()
    return figures


def _assemble(
    year: Int64s, month: Int64s, day: Int64s, hour: Int64s, minute: Int64s, second: Int64s
) -> tuple[_Moments, Bools]:
    """Return timestamps without a time zone from their parts, and whether each row is a valid date and time."""
    months = (year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (month - 1).astype("timedelta64[M]")
    first = months.astype("datetime64[D]")
    n_days = ((months + np.timedelta64(1, "M")).astype("datetime64[D]") - first).astype(np.int64)
    # Excel shows an empty cell, or a time of day, as a day of 1899 or the first of 1900; no real date is so old.
    is_date = (year > 1900) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= n_days)
    is_clock = (hour < 24) & (minute < 60) & (second < 60)
    seconds = ((day - 1) * 86_400 + hour * 3_600 + minute * 60 + second).astype("timedelta64[s]")
    return first.astype("datetime64[us]") + seconds, is_date & is_clock


def _localize(naive: _Moments) -> pd.DatetimeIndex:
    # China had summer time in 1986-1991: the repeated hour is read as standard time.
    ambiguous = np.zeros(len(naive), dtype=bool)
    return pd.DatetimeIndex(naive).as_unit("us").tz_localize(TIMEZONE, ambiguous=ambiguous, nonexistent="shift_forward")


def _minutes_ahead(offset: Column) -> tuple[Int64s, Bools]:
    """Return by how many minutes UTC offsets such as +08:00 are ahead of UTC, and whether a zone has this offset."""
    figures = offset.replace("Z", "+0000").str.replace(":", "")
    minutes = figures.str.slice(3, 5).astype("int64").to_numpy()
    ahead = figures.str.slice(1, 3).astype("int64").to_numpy() * 60 + minutes
    ahead = np.where(figures.str.startswith("+"), ahead, -ahead)
    # Range of UTC offsets in the IANA time zone database.
    return ahead, (minutes < 60) & (ahead >= -12 * 60) & (ahead <= 14 * 60)


_ISO = r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_FAR = pd.Timestamp("2199-12-31")
_TO_LAST_SECOND = pd.Timedelta(days=1) - pd.Timedelta(seconds=1)


def moment(
    cleaner: TableCleaner,
    column: str,
    *,
    no_end: Literal["null", "far", "fault"] = "null",
    day: date | None = None,
    is_past: bool = False,
    is_deadline: bool = False,
) -> Column:
    """
    Parse a column of timestamps in China's single time zone.

    Parameters
    ----------
    no_end
        Result for `长期` (no end) and the year 9999. `null`: NA. `far`: a day in 2199, in columns where NA would mean
        that there is no such document. `fault`: an error, in columns of events.
    day
        Day near which a date without a year (7月18日16:50) lies if the column's other dates do not give the year.
    is_past
        Whether a date without a year is not after `day`.
    is_deadline
        Whether the date may end in 前, and other text is read as empty, with a warning, instead of as an error.
    """
    typed = half_width(cleaner, column)
    if is_deadline:
        typed = typed.str.replace(r"(?:[之以]?前|止)$", "", regex=True)
    endless = (typed.isin(NO_END) | _is_year_9999(typed)) & (no_end != "fault")
    cleaner.repaired("date_no_end", endless)
    values = parse_stamps(typed.mask(endless))
    is_bad = typed.notna() & ~endless & values.isna()
    if is_bad.any():
        whole = _with_year(typed[is_bad], values, day, is_past=is_past)
        cleaner.repaired("date_no_year", typed.index.isin(whole.index))
        values = values.where(~values.index.isin(whole.index), parse_stamps(whole).reindex(values.index))
        is_bad &= values.isna()
    if is_deadline:
        cleaner.emptied(
            header(cleaner, column), typed.where(is_bad), section=f"data.values.{cleaner.raw.name}.{column}"
        )
    else:
        cleaner.add_errors(is_bad, "G208", column=header(cleaner, column), value=typed)
    is_serial = is_all(typed, EXCEL_SERIAL)
    cleaner.repaired("excel_serial", is_serial & values.notna())
    is_iso = is_all(typed, _ISO)
    cleaner.repaired("date", values.notna() & ~is_serial & ~is_iso)
    if no_end == "far":
        values = values.mask(endless, _FAR.tz_localize(TIMEZONE).as_unit("us"))
    required(cleaner, column, typed.mask(endless) if no_end == "null" else typed)
    return values.astype(DTYPE)


def _with_year(typed: Column, others: Column, day: date | None, *, is_past: bool) -> Column:
    """
    Return texts that state only month and day, with the year in front; the result lacks texts whose year is uncertain.

    The year is that nearest to the column's other dates (`others`) or, without any, to `day`. `is_past`: whether no
    date is after `day`.
    """
    parts = typed.str.extract(r"^(\d{1,2})[月/](\d{1,2})(?:[日号 ]|$)").dropna().astype(int)
    known = list(others.dropna().dt.date) or [day for day in (day,) if day is not None]
    latest = day if is_past else None
    years = {pair: _year(pair[0], pair[1], known, latest) for pair in set(parts.itertuples(index=False, name=None))}
    year = pd.Series([years[pair] for pair in parts.itertuples(index=False, name=None)], parts.index, dtype="object")
    found = year.dropna()
    return found.astype("str") + "年" + typed[found.index]


def _year(month: int, of_month: int, known: Sequence[date], latest: date | None) -> int | None:
    """
    Return the year that puts month and day `of_month` among the dates `known`, or nearest to them, not after `latest`.

    None if no year does, or if several years put it among `known`.
    """
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


def deadline(cleaner: TableCleaner, column: str, day: date | None = None) -> Column:
    """
    Parse a column of deadlines to timestamps; a date without a clock time means the last second of that day.

    `day`: day near which dates without a year lie. Midnight counts as no clock time, since an Excel cell with a date
    reads as 00:00:00. Text that is no date is read as empty, with a warning.
    """
    due = moment(cleaner, column, day=day, is_deadline=True)
    return due.mask(due.eq(due.dt.normalize()), due + _TO_LAST_SECOND)


def _is_year_9999(typed: Column) -> Mask:
    some = typed[typed.str.startswith("9999").eq(other=True)]
    found = some.str.match(r"9999\D|9999\d{4}$").eq(other=True)
    return found.reindex(typed.index, fill_value=False)


def clock(cleaner: TableCleaner, column: str) -> pd.Series[float]:
    """
    Parse clock times as seconds after midnight, up to the end of the next day.

    Accepted: `13:30`, `13:30:00`, `13点30分`, `下午1:30`, Excel's fraction of a day. Bare digits are seconds under the
    schema's own header, which ends in `_s`. Under other headers, up to four digits are hours and minutes (`8`, `1330`),
    and longer numbers are seconds.
    """
    typed = _end_of_span(half_width(cleaner, column), is_last=column == "shift_end_s")
    typed = typed.str.replace("点半", "点30分")
    texts = typed.str.extract(rf"^({HALF})?\s*(\d{{1,2}})[:时点](\d{{1,2}})?(?:[:分](\d{{1,2}}))?[分秒]?$")
    parts = texts[[1, 2, 3]].astype("float64")
    hour = pd.Series(hours_of_day(parts[1].to_numpy(), texts[0].fillna("").to_numpy(dtype=object)), typed.index)
    written = _seconds(hour, parts[2].fillna(0), parts[3].fillna(0))
    figures = pd.to_numeric(typed, errors="coerce").astype("float64")
    shares = (figures * 86_400).round().where((figures > 0) & (figures < 1))
    others = shares
    if header(cleaner, column) != column:
        packed = typed.str.extract(r"^(\d{1,2}?)(\d{2})?$").astype("float64")
        others = shares.fillna(_seconds(packed[0], packed[1].fillna(0), packed[0] * 0))
        # Hours and minutes in one number, as 1330.
        figures = figures.where(typed.str.len() > 4)
    cleaner.repaired("clock", others.notna())
    seconds = written.fillna(others).fillna(figures)
    is_bad = typed.notna() & ~(seconds.between(0, 172_800) & seconds.eq(seconds.round()))
    cleaner.add_errors(is_bad, "G213", column=header(cleaner, column), value=typed)
    required(cleaner, column, typed)
    return pd.Series(seconds.mask(is_bad))


def _end_of_span(typed: Column, *, is_last: bool) -> Column:
    """Return the first or last clock time of each time span (13:00-18:00, 下午1点至6点); other texts unchanged."""
    parts = typed.str.extract(rf"^({HALF})?\s*({_TIME})\s*[-~—–至到]+\s*({HALF})?\s*({_TIME})$")
    # Morning does not extend to the second time: 上午9点至12点 ends at noon.
    half = parts[2].fillna(parts[0].where(parts[0].isin(("下午", "傍晚", "晚上", "晚")))) if is_last else parts[0]
    return (half.fillna("") + parts[3 if is_last else 1]).fillna(typed)


def _seconds(hour: pd.Series[float], minute: pd.Series[float], second: pd.Series[float]) -> pd.Series[float]:
    is_clock = (hour <= 47) & (minute <= 59) & (second <= 59)
    return (hour * 3_600 + minute * 60 + second).where(is_clock)


def refuse_future(cleaner: TableCleaner, column: str, moments: Column, day: pd.Timestamp) -> None:
    """Record an error (G212) in each row where `moments`, the parsed column, is after the end of the day `day`."""
    after = day.normalize().tz_localize(TIMEZONE) + pd.Timedelta(days=1)
    is_late = moments.ge(after)
    own: dict[str, Column | Value] = {
        "column": header(cleaner, column),
        "value": moments[is_late].dt.strftime("%Y-%m-%d"),
        "day": f"{day:%Y-%m-%d}",
    }
    cleaner.add_errors(is_late, "G212", **own)
