"""The names of buildings, found inside addresses."""

from __future__ import annotations

import re
from collections import defaultdict

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.match.address import normalise, parse_address
from geodata.raw import Column, Mask

AMBIGUOUS = "\0ambiguous"
"""Stands for a name that two buildings bear."""

# Names that any compound may use for one of its houses.
_GENERIC = re.compile(
    r"(?:\d+|[A-Z]\d?|[东西南北中主副综合办公]+|[一二三四五六七八九十]+)?(?:号?楼|[栋幢座塔]|大厦|广场|中心|大楼|写字楼|办公楼|商务楼|综合楼)"
)
# 银河大厦对面 is not in it.
_BESIDE = re.compile(r"(?:对面|对过|旁|附近|隔壁|[东南西北]侧|以[东南西北]|后面|前面|斜对)")
_MARKS = re.compile(r"[·・\-_.,,、'\"“”‘’|/]+")
_MIN_SIGNS = 3


class Gazetteer:
    """
    The building names of one table, ready to be looked for.

    Parameters
    ----------
    buildings
        `geodata.schema.BUILDINGS`.
    """

    def __init__(self, buildings: gpd.GeoDataFrame) -> None:
        named = buildings[buildings["building_name"].notna()]
        ids_by_name: dict[str, set[str]] = defaultdict(set)
        for building_id, name in zip(named["building_id"], named["building_name"], strict=True):
            ids_by_name[_key(name)].add(building_id)
        self._names = {
            name: next(iter(ids)) if len(ids) == 1 else AMBIGUOUS
            for name, ids in ids_by_name.items()
            if len(name) >= _MIN_SIGNS and not _GENERIC.fullmatch(name)
        }
        # By their first two signs, longest first: one look-up per place of an address, however many names.
        self._by_start: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self._names, key=len, reverse=True):
            self._by_start[name[:2]].append(name)
        known = [parse_address(text) for text in buildings["address"].dropna().unique()]
        self._cities = frozenset(address.city for address in known if address.city)
        self._provinces = frozenset(buildings["division_code"].dropna().str.slice(0, 2))

    def find(self, texts: Column, addresses: pd.DataFrame) -> Column:
        """
        The building whose name is the longest in each address; `AMBIGUOUS` if two bear it, NA if none is there.

        Parameters
        ----------
        texts
            Addresses, NA where nothing is to be found.
        addresses
            Their parts, same index; an address in another province or city is not searched, for the same names
            (万达广场) stand in every city.
        """
        here = texts.mask(self._is_elsewhere(addresses))
        found = {text: self._longest(_key(text)) for text in here.dropna().unique()}
        return here.map(found).astype("str")

    def in_other_province(self, addresses: pd.DataFrame) -> Mask:
        """Whether an address names a province that no building is in."""
        return _is_other(addresses["province"], self._provinces)

    def _is_elsewhere(self, addresses: pd.DataFrame) -> Mask:
        return self.in_other_province(addresses) | _is_other(addresses["city"], self._cities)

    def _longest(self, text: str) -> str | float:
        best = ""
        for at in range(len(text) - 1):
            for name in self._by_start.get(text[at : at + 2], ()):
                if len(name) <= len(best):
                    break
                if text.startswith(name, at) and not _BESIDE.match(text, at + len(name)):
                    best = name
                    break
        return self._names[best] if best else np.nan


def _is_other(named: Column, here: frozenset[str]) -> Mask:
    # With nothing known of here, nothing is known to be elsewhere.
    return named.notna() & ~named.isin(here) & bool(here)


def _key(text: str) -> str:
    return _MARKS.sub("", normalise(text))
