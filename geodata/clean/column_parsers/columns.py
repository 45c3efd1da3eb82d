"""Column parsers: text, codes, numbers, categories. The `TableCleaner` (`cleaner`) records each repair and error."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from stdnum.cn import uscc as stdnum_uscc

from geodata.clean.table_cleaner import TableCleaner
from geodata.division_codes import division_codes
from geodata.errors import Value
from geodata.raw_table import Column, Mask, as_arrow, as_bools, as_text
from geodata.vocabulary.category_words import NULLS
from geodata.vocabulary.chinese_numerals import in_figures

# Full-width forms of ASCII characters, and the ideographic space.
HALF_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20}
# Excel's form of a long code: 9.13702E+17. Its last digits are lost.
_EXCEL_NUMBER = r"[+-]?\d+(?:\.\d+)?[eE]\+?\d+"
_UNITS = r"(?:层|楼|㎡|m2|m²|平方米|平米|平|人|名|个|处|部|台|套|张|户|家|间|件|条|次|元|°|(?<=\d)F)$"
_NOTE = r"\s*\([^\d()]*\)$"
_ABOUT = r"^(?:约|大约|近)\s*|\s*(?:余|多|左右)$"
# GB 32100-2015: digits and capitals without I, O, S, V, Z; weights are powers of 3 modulo 31.
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_LENGTH = 18
_WEIGHTS = np.array([pow(3, i, 31) for i in range(_CODE_LENGTH - 1)])
_NO_DIGIT = 99
_DIGIT_OF_BYTE = np.full(256, _NO_DIGIT, dtype=np.int64)
_DIGIT_OF_BYTE[[ord(character) for character in _ALPHABET]] = np.arange(len(_ALPHABET))
# All of China has eastern longitude and northern latitude.
_BEFORE, _AFTER = r"(?:[EN东北]经?纬?)?\s*", r"\s*(?:[EN东北]经?纬?)?"
_MINUTES = r"""(?:(\d{1,2}(?:\.\d+)?)['′’分]\s*)?"""
_SECONDS = r"""(?:(\d{1,2}(?:\.\d+)?)(?:["″”秒]|'')\s*)?"""
_ANGLE = rf"^{_BEFORE}(\d{{1,3}}(?:\.\d+)?)[°º˚度]?\s*{_MINUTES}{_SECONDS}{_AFTER}$"


def text_column(cleaner: TableCleaner, column: str, words: Collection[str] = ()) -> Column:
    """
    Return a column's cells without outer blanks, with spellings of null (`NULLS`) as NA, and otherwise unchanged.

    A cell for which the scenario gives a value (`data.values`) has that value. `words`: spellings of null that are
    values in this column, as 空 for a vacant unit.
    """
    return _column(_bare(cleaner, column, words), cleaner)


def _bare(cleaner: TableCleaner, column: str, words: Collection[str] = ()) -> pa.Array:
    """Return a column's texts, trimmed, null words as null, in Arrow: on a small table ten times faster than pandas."""
    if column not in cleaner.frame:
        return pa.nulls(len(cleaner.index), pa.large_string())
    raw = as_arrow(as_text(cleaner.frame[column]))
    bare = pc.utf8_trim(pc.utf8_trim_whitespace(raw), "\ufeff\u200b")
    is_blank = pc.equal(bare, "")
    if not bare.equals(raw):
        cleaner.repaired("trimmed", as_bools(pc.and_not(pc.not_equal(bare, raw), is_blank)))
    is_stars = pc.match_substring_regex(bare, r"^\*+$")
    nulls = pa.array(sorted(NULLS.difference(words)), pa.large_string())
    is_null = as_bools(pc.or_(pc.is_in(bare, nulls), is_stars))
    typed = _column(bare, cleaner)
    for is_of_file, part in cleaner.by_file():
        if not (own := part.own_words.get(column)):
            continue
        # Messages name a word in half width.
        words = typed.where(typed.isin(list(own)), typed.str.translate(HALF_WIDTH))
        is_own = words.isin(list(own)).to_numpy() & is_of_file
        cleaner.repaired("own_word", is_own)
        typed, is_null = typed.mask(is_own, words.map(own).astype("str")), is_null & ~is_own
    bare = as_arrow(typed)
    cleaner.repaired("null", is_null)
    return pc.if_else(is_null | as_bools(pc.equal(bare, "")), None, bare)


def _column(cells: pa.Array, cleaner: TableCleaner) -> Column:
    return pd.Series(cells, index=cleaner.index, dtype="str")


def half_width(cleaner: TableCleaner, column: str, words: Collection[str] = ()) -> Column:
    """Return `text_column` with full-width characters as ASCII: for codes, numbers and dates, not for names."""
    typed = _bare(cleaner, column, words)
    plain = pc.utf8_trim_whitespace(typed)
    # Most columns have none: a compiled pattern costs a tenth of translating each cell.
    is_wide = as_bools(pc.match_substring_regex(typed, "[\uff01-\uff5e\u3000]"))
    if is_wide.any():
        narrow = [cell.translate(HALF_WIDTH).strip() for cell in typed.filter(is_wide).to_pylist()]
        plain = pc.replace_with_mask(plain, is_wide, pa.array(narrow, pa.large_string()))
    if not plain.equals(typed):
        cleaner.repaired("full_width", as_bools(pc.not_equal(plain, typed)))
    # A spreadsheet marks a number stored as text with a leading apostrophe.
    is_quoted = as_bools(pc.starts_with(plain, "'"))
    if is_quoted.any():
        cleaner.repaired("trimmed", is_quoted)
        plain = pc.utf8_ltrim(plain, "'")
    return _column(plain, cleaner)


def required(cleaner: TableCleaner, column: str, typed: Column) -> None:
    """Record an error (G201) in each row where `typed` is NA, if the schema requires a value in `column`."""
    if column not in cleaner.schema.columns or not cleaner.schema.columns[column].nullable:
        cleaner.add_errors(typed.isna(), "G201", column=header(cleaner, column))


def header(cleaner: TableCleaner, column: str) -> str:
    """Return the file's own header of a schema column, else the column's schema name."""
    return cleaner.raw.headers.get(column, column)


def code_column(cleaner: TableCleaner, column: str) -> Column:
    """Return codes or ids as written, in half width; one that Excel has turned into a number is an error and NA."""
    values = half_width(cleaner, column)
    is_number = values.str.fullmatch(_EXCEL_NUMBER).eq(other=True)
    cleaner.add_errors(is_number, "G210", column=header(cleaner, column), value=values)
    required(cleaner, column, values)
    return values.mask(is_number) if is_number.any() else values


def name(cleaner: TableCleaner, column: str) -> Column:
    """Return names or addresses: `text_column`, with an error for each missing required value."""
    values = text_column(cleaner, column)
    required(cleaner, column, values)
    return values


def uscc(cleaner: TableCleaner, column: str = "uscc") -> Column:
    """Return unified social credit codes in capitals, with an error for each wrong check character."""
    typed = code_column(cleaner, column)
    values = typed.str.replace(r"[\s-]", "", regex=True).str.upper()
    cleaner.repaired("uscc_case", typed.notna() & values.ne(typed))
    is_wrong = values.notna() & ~is_credit_code(values)
    cleaner.add_errors(is_wrong, "G209", column=header(cleaner, column), value=typed)
    return values


def division(cleaner: TableCleaner, column: str = "division_code") -> Column:
    """
    Return six-digit division codes; codes of a township (9) or a village (12) are cut to their county.

    A name that only one division has is converted to its code; any other text is an error (G211).
    """
    typed = code_column(cleaner, column)
    values = typed.map(_division_of, na_action="ignore").astype("str")
    cleaner.repaired("division_code_named", values.notna() & values.ne(typed))
    is_long = values.str.fullmatch(r"\d{9}|\d{12}").eq(other=True)
    cleaner.repaired("division_code_cut", is_long)
    is_code = values.str.fullmatch(r"[1-9]\d{5}").eq(other=True) | is_long
    cleaner.add_errors(values.notna() & ~is_code, "G211", column=header(cleaner, column), value=values)
    return values.str.slice(0, 6)


def _division_of(written: str) -> str:
    known = division_codes(written)
    return known[0] if len(known) == 1 else written


def id_list(typed: Column) -> Column:
    """Return cells with their ids joined by `;`; in `typed`, `;`, `,`, `、`, `|` or line breaks separate the ids."""
    return typed.str.replace(r"\s*[;,、|\n\r][\s;,、|]*", ";", regex=True).str.strip("; ")


def number(
    cleaner: TableCleaner,
    column: str,
    *,
    derived: bool = False,
    bounds: tuple[float, float] | None = None,
    parse: Callable[[Column], pd.Series[float]] | None = None,
    is_optional: bool = False,
) -> pd.Series[float]:
    """
    Return a column's numbers, without thousands separators and units; errors for values outside the range.

    Parameters
    ----------
    derived
        Whether the caller fills in missing values, so that they are no error.
    bounds
        Lowest and highest allowed value, both inclusive; None: the schema's.
    parse
        Parser of the texts that are not plain numbers; it returns NaN for a text that it cannot read either.
    is_optional
        Whether to read a cell that is not a number as empty, with a warning, instead of as an error.
    """
    typed = half_width(cleaner, column)
    bare, values = typed, pd.to_numeric(typed, errors="coerce").astype("float64")
    if (typed.notna() & values.isna()).any():
        bare = typed.str.replace(",", "").str.replace(_NOTE, "", regex=True).str.replace(_UNITS, "", regex=True)
        bare = bare.str.replace(_ABOUT, "", regex=True).str.strip()
        bare = bare.where(bare.str.contains(r"\d").ne(other=False), bare.map(in_figures, na_action="ignore"))
        is_large = bare.str.endswith("万").eq(other=True)
        values = pd.to_numeric(bare.str.removesuffix("万").str.strip(), errors="coerce").astype("float64")
        values = values.mask(is_large, (values * 1e4).round(4))
    for is_of_file, part in cleaner.by_file():
        if "万" in part.headers.get(column, ""):
            values = values.mask(is_of_file & bare.str.endswith("万").ne(other=True), (values * 1e4).round(4))
    is_other = typed.notna() & values.isna()
    if parse is not None and is_other.any():
        values = values.fillna(parse(typed[is_other]))
    cleaner.repaired("number_written", values.notna() & (bare.ne(typed) | is_other))
    own: dict[str, Column | Value] = {"column": header(cleaner, column), "value": typed}
    if is_optional:
        cleaner.emptied(
            header(cleaner, column), typed.where(values.isna()), section=f"data.values.{cleaner.raw.name}.{column}"
        )
    else:
        cleaner.add_errors(typed.notna() & values.isna(), "G204", **own)
    low, high = bounds or _range(cleaner, column)
    cleaner.add_errors(values.notna() & ~values.between(low, high), "G205", **own, low=low, high=high)
    # Columns named n_* hold counts, also in tables where the count is nullable.
    is_whole = column in cleaner.schema.columns and str(cleaner.schema.columns[column].dtype) == "int64"
    if is_whole or column.startswith("n_"):
        cleaner.add_errors(values.between(low, high) & values.ne(values.round()), "G206", **own)
    if not derived:
        required(cleaner, column, typed)
    return values


def _range(cleaner: TableCleaner, column: str) -> tuple[float, float]:
    statistics = cleaner.schema.columns[column].checks[0].statistics
    return statistics["min_value"], statistics["max_value"]


def whole(cleaner: TableCleaner, values: pd.Series[float], default: int) -> pd.Series[int]:
    """Return `values` as int64, with `default` for missing values and in rows with an error, which are not used."""
    is_whole = values.notna() & np.isfinite(values) & ~cleaner.is_faulty()
    return values.where(is_whole, default).astype("int64")


def is_credit_code(values: Column) -> Mask:
    """
    Return whether each text is a credit code with a correct check character; False for NA.

    Notes
    -----
    Array arithmetic accepts correct codes of 18 ASCII characters. python-stdnum takes 12 us for each text, so it checks
    only the other texts. Both handle remainder 0 correctly, unlike many programs.
    """
    is_right = pd.Series(data=False, index=values.index)
    plain = values[values.str.len().eq(_CODE_LENGTH) & values.str.isascii().eq(other=True)]
    characters = np.frombuffer("".join(plain).encode("ascii"), dtype=np.uint8).reshape(-1, _CODE_LENGTH)
    digits = _DIGIT_OF_BYTE[characters]
    is_known = (digits < _NO_DIGIT).all(axis=1) & (digits[:, :8] < 10).all(axis=1)
    checks = (31 - (digits[:, :-1] * _WEIGHTS).sum(axis=1)) % 31
    is_right[plain.index] = is_known & (checks == digits[:, -1])
    rest = values[values.notna() & ~is_right]
    right = {value for value in rest.unique() if stdnum_uscc.is_valid(value)}
    return is_right | values.isin(right)


def angles(typed: Column) -> pd.Series[float]:
    """Return angles such as 117°3′6″E in degrees; NaN for other text, and for western or southern angles."""
    parts = typed.str.upper().str.extract(_ANGLE).astype("float64")
    minutes, seconds = parts[1].fillna(0.0), parts[2].fillna(0.0)
    degrees = parts[0] + minutes / 60.0 + seconds / 3_600.0
    return pd.Series(degrees.where((minutes < 60) & (seconds < 60)), index=typed.index, dtype="float64")
