"""Message catalogue: texts for people by key and language, from `locale/<lang>/*.po` of the packages."""

import json
import math
import re
from collections.abc import Iterable
from functools import lru_cache

from babel.core import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from geodata.clock_times import clock
from geodata.packages_built_on_geodata import folder_of, packages

LANGUAGES = ("zh_CN", "en")
# Key and text, each in quoted lines. Babel's own reader takes 45 ms for a language, this one 6, in every process.
_ENTRY = re.compile(r'^msgid (".*"(?:\n".*")*)\nmsgstr (".*"(?:\n".*")*)', re.MULTILINE)


class Texts:
    """Message catalogue in one of `LANGUAGES`: texts by key, with placeholders of `str.format`; formats of numbers."""

    def __init__(self, lang: str, messages: dict[str, str]) -> None:
        self.lang = lang
        self._messages = messages
        # Parsed once: a daily report has a thousand numbers.
        self._locale = Locale.parse(lang)

    @property
    def html_lang(self) -> str:
        """Return the language tag for an HTML page, `zh-CN` or `en`."""
        return self.lang.replace("_", "-")

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of a key, placeholders filled, tuples joined, not escaped for HTML; KeyError if missing."""
        shown = {name: self.listed(v) if isinstance(v, (tuple, list)) else v for name, v in values.items()}
        return self._messages[key].format(**shown)

    def listed(self, items: Iterable[object]) -> str:
        """Return the items joined by the comma of the language."""
        return ("、" if self.lang == "zh_CN" else ", ").join(map(str, items))

    def raw(self, key: str) -> str:
        """Return the text of a key with unfilled placeholders; KeyError if missing."""
        return self._messages[key]

    def __contains__(self, key: str) -> bool:
        return key in self._messages

    def keys(self) -> frozenset[str]:
        """Return every key of the catalogue."""
        return frozenset(self._messages)

    def number(self, value: float, digits: int = 0) -> str:
        """Format a number for the locale, rounded to `digits` decimals."""
        return str(format_decimal(round(value, digits), locale=self._locale, decimal_quantization=False))

    def percent(self, share: float, digits: int = 0) -> str:
        """Format a share in [0, 1] as a percentage with `digits` decimals."""
        pattern = "0." + "0" * digits + "%" if digits else "0%"
        return str(format_percent(share, format=pattern, locale=self._locale))

    def percent_at_most(self, share: float) -> str:
        """Format the upper limit of a share as a percentage with one decimal, rounded up."""
        return self.percent(math.ceil(share * 1_000) / 1_000, 1)

    def day(self, day: object) -> str:
        """Format a date or datetime as its day with the weekday, in the catalogue's language."""
        return str(format_date(day, format="full", locale=self._locale))  # type: ignore[arg-type]

    @staticmethod
    def clock(seconds: float) -> str:
        """Format seconds after midnight as HH:MM, see `geodata.clock_times.clock`."""
        return clock(seconds)


@lru_cache(maxsize=8)
def load_texts(lang: str, only: tuple[str, ...] | None = None) -> Texts:
    """
    Load the catalogue of one language from the packages.

    Parameters
    ----------
    lang
        One of `LANGUAGES`.
    only
        Packages to load; None: all of `geodata.packages_built_on_geodata`.

    Raises
    ------
    ValueError
        If the language is unknown, or two packages define one key.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"lang must be one of {LANGUAGES}, got {lang!r}")
    messages: dict[str, str] = {}
    for key, text in _entries(lang, only or packages()):
        if key in messages:
            raise ValueError(f"the catalogue defines {key!r} twice")
        messages[key] = text
    return Texts(lang, messages)


def _entries(lang: str, sources: Iterable[str]) -> Iterable[tuple[str, str]]:
    for package in sources:
        folder = folder_of(package) / "locale" / lang
        for part in sorted(folder.iterdir(), key=lambda p: p.name):
            if part.name.endswith(".po"):
                for key, text in _ENTRY.findall(part.read_text(encoding="utf-8")):
                    if key != '""':
                        yield _joined(key), _joined(text)


def _joined(lines: str) -> str:
    return str(json.loads(lines.replace('"\n"', "")))
