"""Parser of category columns: converts the words in tables to the schema's categories, and reports unknown ones."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Mapping

import pandas as pd

from geodata.clean.column_parsers.columns import HALF_WIDTH, half_width, header, required
from geodata.clean.table_cleaner import TableCleaner
from geodata.errors import TO_CHOOSE, toml_line
from geodata.raw_table import Column
from geodata.vocabulary.category_words import FEMALE, GB_FEMALE, GB_MALE, MALE, NO, WORDS, YES

# Patterns of a header that names women, and of one that names the sex of a person.
_WOMEN = r"女|female|wom[ae]n"
_SEX = r"性\s*别|男|sex|gender|(?<!fe)male"
# Negations: 无问题 and 发现问题 are opposites, although they share characters.
_NEGATION = re.compile(r"[无未没不非否勿免拒]|异常|违|\b(?:no|not|non|none|never)\b|^(?:un|dis|ir|non)")


def category(cleaner: TableCleaner, column: str, *, is_optional: bool = False) -> Column:
    """Return the schema's category (`WORDS`) of each word in a column; unknown: an error, or NA if `is_optional`."""
    words = WORDS[cleaner.raw.name, column]
    typed = half_width(cleaner, column, words)
    if typed.isna().all():
        required(cleaner, column, typed)
        return typed
    values = typed.str.lower().map(words).astype("str")
    cleaner.repaired("category", values.notna() & values.ne(typed))
    unknown = typed.where(typed.notna() & values.isna())
    if is_optional:
        cleaner.emptied(header(cleaner, column), unknown, section=f"data.values.{cleaner.raw.name}.{column}")
    else:
        _report_unknown(cleaner, column, unknown, words)
    required(cleaner, column, typed)
    return values


def _report_unknown(cleaner: TableCleaner, column: str, unknown: Column, words: Mapping[str, str]) -> None:
    if unknown.isna().all():
        return
    counted = Counter(unknown.dropna())
    # The nearest word takes a millisecond to find; a column of free text under the header would take half a minute.
    nearest = dict.fromkeys(counted) | {word: nearest_word(word, words) for word, _ in counted.most_common(200)}
    lines = {word: toml_line(word, words[near] if near else TO_CHOOSE) for word, near in nearest.items()}
    cleaner.add_errors(
        unknown.notna(),
        "G207",
        column=header(cleaner, column),
        value=unknown,
        nearest=unknown.map({word: near or "" for word, near in nearest.items()}),
        allowed=tuple(_with_example(category, words) for category in dict.fromkeys(words.values())),
        section=f"data.values.{cleaner.raw.name}.{column}",
        line=unknown.map(lines),
    )


def _with_example(category: str, words: Mapping[str, str]) -> str:
    word = next((w for w, c in words.items() if c == category and not w.isascii()), None)
    return f"{category} ({word})" if word else category


def is_female(cleaner: TableCleaner, column: str = "is_female") -> pd.Series[bool]:
    """
    Return whether each person is a woman.

    Under a header that names women only (是否女性, is_female), digits mean yes or no, and 1 is yes. Under any other
    header (性别, 性别代码, sex) digits are codes of GB/T 2261.1, where 1 is a man. Confusing the two would break C19
    unnoticed, so a roster that contains no woman is rejected.
    """
    typed = half_width(cleaner, column).str.lower()
    values = pd.Series(data=False, index=cleaner.index)
    for is_of_file, part in cleaner.by_file():
        asked = part.headers.get(column, column).translate(HALF_WIDTH).lower()
        is_yes_or_no = re.search(_WOMEN, asked) is not None and re.search(_SEX, asked) is None
        women, men = (FEMALE | YES, MALE | NO) if is_yes_or_no else (FEMALE | {GB_FEMALE}, MALE | {GB_MALE})
        own = typed.where(is_of_file)
        values |= own.isin(women)
        cleaner.repaired("sex", own.isin((women | men) - {"true", "false", "0", "1"}))
        known = dict.fromkeys(sorted(women), min(women)) | dict.fromkeys(sorted(men), min(men))
        _report_unknown(cleaner, column, own.where(own.notna() & ~own.isin(women | men)), known)
    required(cleaner, column, typed)
    return values.astype("bool")


def nearest_word(word: str, known: Mapping[str, str]) -> str | None:
    """
    Return the key of `known` (category by word) to suggest for an unknown, similar word; None if none is similar.

    A word that differs in a negation means the opposite and is not suggested: 发现问题 for 无问题.
    """
    negations = _negations(word.lower())
    same = [name for name in known if _negations(name) == negations]
    # Share of common characters. Below it, words share only an ending (检查, 诈骗) and differ in meaning.
    near = difflib.get_close_matches(word.lower(), same, n=1, cutoff=0.6)
    return near[0] if near else None


def _negations(word: str) -> Counter[str]:
    found = _NEGATION.findall(word)
    return Counter(word_found if word_found in ("异常", "违") else "no" for word_found in found)
