"""Meaning of a table header: a schema column (by alias or by the scenario's own word), or personal data."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from geodata.datum.datum_names import datum_in
from geodata.errors import toml_key
from geodata.read.column_aliases import ALIASES

# Personal data (C30, PIPL 6 and 19), searched only in headers that no table needs.
_PERSONAL = re.compile(
    r"法定代表人|法人|负责人|联系人|联系方式|电话|手机|身份证|证件号|姓名|出生|民族|籍贯|户籍|家庭住址|邮箱|微信|银行卡"
    r"|legal_?rep|contact|phone|mobile|^tel|id_?card|id_?(number|no)$|identity|(^|_)name$|person_?name|birth|e-?mail"
    r"|wechat|^(fddbr|frdb|lxr|lxdh|lxfs|dh|dhhm|sjh|sjhm|sfzh|sfzhm|gmsfhm|zjhm|xm|fzr)$",
    re.IGNORECASE,
)
_DATUM = re.compile(
    r"百度|高德|腾讯|火星|坐标|bd(?:09)?(?:ll)?|baidu|gcj(?:02)?(?:ll)?|amap|gaode|tencent|wgs(?:84)?|gps|cgcs(?:2000)?|国家2000"
)
_LAST = 1_000


def normalise_header(header: str) -> str:
    """Return the normal form of a header, without differences in width, case, blanks and punctuation."""
    return re.sub(r"[\s_\-*'\":：]+", "", unicodedata.normalize("NFKC", header)).lower()


def bare_header(header: str) -> str:
    """Return the normal form of a header without the name of a datum: 经度 for 百度经度."""
    return _DATUM.sub("", normalise_header(header))


@lru_cache(maxsize=32)
def _names(table: str) -> dict[str, tuple[str, int]]:
    names: dict[str, tuple[str, int]] = {}
    for column, aliases in ALIASES[table].items():
        for rank, alias in enumerate((column, *aliases)):
            names.setdefault(normalise_header(alias), (column, rank))
    for column in ALIASES[table]:
        # dBASE truncates field names to ten characters.
        names.setdefault(normalise_header(column[:10]), (column, 0))
    return names


@dataclass(frozen=True)
class HeaderMapping:
    """Mapping of the headers of one table to schema columns."""

    table: str
    """Name of the table, one of `geodata.schema.SCHEMAS`."""
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The scenario's headers for this file, by schema column; they override all known aliases."""
    shared: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """As `columns`, but for all files of the table; a file without such a header is read by known aliases."""
    source: str | None = None
    """Name of this file in scenario.toml if the table has several files, else None."""

    @property
    def section(self) -> str:
        """Return the name of the section of scenario.toml that maps headers of this file or table to columns."""
        return f"data.columns.{toml_key(self.source or self.table)}"

    @property
    def constants(self) -> str:
        """Return the name of the scenario.toml section that sets one value for each column which the file lacks."""
        return f"data.constants.{toml_key(self.source or self.table)}"

    def column_of(self, header: str) -> tuple[str, int] | None:
        """
        Return the schema column of a header, and the header's rank; None if the table has no such column.

        Of two headers of one column, the lower rank is better: -1 if the scenario names it, 0 for the column's own
        name, then aliases in their order. A note in brackets is ignored.
        """
        for column, own in {**self.shared, **self.columns}.items():
            if header.strip() == own.strip():
                return column, -1
        # Headers are shorter; cells may have any length.
        if len(header) > 200:
            return None
        names = _names(self.table)
        found = names.get(normalise_header(header))
        if found is None:
            found = names.get(normalise_header(re.sub(r"\(.*?\)", "", unicodedata.normalize("NFKC", header))))
        if found is None and datum_in(header) is not None:
            # 百度经度, lng_gcj02
            placed = names.get(bare_header(header))
            found = (placed[0], _LAST) if placed and placed[0] in ("lon", "lat") else None
        return None if found and found[0] in self.columns else found

    def n_known(self, headers: Iterable[str | None]) -> int:
        """Return the number of the table's columns that are named in a row of headers."""
        return len({found[0] for header in headers if header and (found := self.column_of(header))})


def is_personal(header: str) -> bool:
    """Return whether a header names personal data."""
    return _PERSONAL.search(unicodedata.normalize("NFKC", header).strip()) is not None
