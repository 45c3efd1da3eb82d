"""Gazetteer of the scenario's buildings by name, alias and door (street and number); towers are listed apart."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geodata.division_codes import city_names, division_codes
from geodata.match.address import Address, notes_of, parse_address, plain_text
from geodata.match.address_wording.lane_numbers import houses_of, split_lane
from geodata.match.address_wording.spelling_errors import blocking_keys, spelling_error
from geodata.match.address_wording.surrounding_sentence import is_sentence, is_whole_name
from geodata.match.building_names import is_distinctive, name_key, search_keys, similarity
from geodata.match.inner_address import building_name, split_tower, tower_after
from geodata.match.learned_names import Door, LearnedNames, door
from geodata.match.outer_address_parser import PROVINCES, ZONE, district_stem
from geodata.raw_table import Column, Mask

# Lengths of names of provinces and cities: 呼和浩特 to 北京.
_PLACE_LENGTHS = (4, 3, 2)
# A name of two characters counts where it is all that an address names: see `geodata.match.resolve_address`.
_MIN_CHARACTERS = 2
_STROKE = re.compile(r"[_/|｜]")
_SEVERAL = re.compile(r"[;；|、,，/]")


@dataclass(frozen=True, slots=True)
class BuildingAddress:
    """Parts of a building's own address and name; None for each part that the table's row lacks."""

    building_id: str
    province: str | None
    """Code of the province, two digits, GB/T 2260."""
    city: str | None
    """Names of city, district and street, with their forms: 济南市, 历下区, 经十路."""
    district: str | None
    street: str | None
    number: str | None
    """House number without 号."""
    name: str | None
    """Name without the tower, in the form of `geodata.match.building_names.name_key`."""
    tower: str | None
    """Normal form of the tower's name, see `geodata.match.inner_address.tower_key`."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Occurrence of a known building name in a text: the name is `text[start:end]`."""

    name: str
    start: int
    end: int


class Gazetteer:
    """
    Index of the scenario's buildings by name, by door (street and number) and by lane, to look up addresses.

    `registered`: names and doors learned from a register of firms. A name in `streets`, the map's streets, never counts
    as a misspelling of another street.
    """

    def __init__(
        self, buildings: gpd.GeoDataFrame, registered: LearnedNames | None = None, streets: Collection[str] = ()
    ) -> None:
        self._registered = registered
        self.places = _places(buildings)
        self.towers: dict[str, dict[str | None, list[str]]] = {}
        """Building ids by name (`name_key`) and tower (`tower_key`); tower None: the name has no tower."""
        for place in self.places.values():
            if place.name:
                self._add(place.name, place.tower, place.building_id)
        own = frozenset(self.towers)
        for building_id, text in (*_other_names(buildings), *_names_in_names(buildings)):
            name, tower = _split(text)
            if name and name not in own:
                self._add(name, tower, building_id)
        known = frozenset(self.towers)
        for (name, tower), building_id in (registered.names if registered else {}).items():
            # Names that the table gives to another building are not learned.
            if name not in known and building_id in self.places:
                self._add(name, tower, building_id)
        self.other_names = frozenset(self.towers) - own
        """Names that are no building's own name: old names, and names used by firms."""
        self.ends = frozenset(name[k:] for name in self.towers for k in range(1, len(name) - 2)) & self.towers.keys()
        """Names that another name ends in: 名商广场 is not 鲁润名商广场."""
        self._lengths = _lengths(self.towers)
        self.doors = self._doors()
        self.lanes = self._lanes()
        """Building ids by street and lane."""
        self._door_streets = frozenset(street for street, _ in self.doors)
        self._street_lengths = _lengths(self._door_streets)
        self._streets = self._door_streets | frozenset(streets)
        self._cities = frozenset(place.city for place in self.places.values() if place.city)
        self._districts = frozenset(place.district for place in self.places.values() if place.district)
        # A county-level city, present or former, appears in the position of a city or of a district: 章丘市.
        self._district_stems = frozenset(district_stem(district) for district in self._districts)
        self._county_cities = frozenset(f"{stem}市" for stem in self._district_stems - city_names()) - self._cities
        named = frozenset(place.province for place in self.places.values() if place.province)
        self._provinces = named | frozenset(buildings["division_code"].dropna().str.slice(0, 2))
        self._short_cities = frozenset(city.removesuffix("市") for city in self._cities)
        self._by_key: dict[str, list[str]] | None = None
        self._streets_by_key: dict[str, list[str]] | None = None

    def named(self, text: str) -> list[Mention]:
        """Return the known building names in a `name_key` text, longest first; of overlapping ones only the longest."""
        found = _mentions(text, self.towers, self._lengths)
        whole: list[Mention] = []
        for one in sorted(found, key=lambda one: (one.start - one.end, one.start)):
            if all(one.end <= other.start or other.end <= one.start for other in whole):
                whole.append(one)
        return whole

    def similar_names(self, mention: str) -> list[tuple[str, float]]:
        """Return the known names similar to an unknown one, each with its similarity in (0, 1], most similar first."""
        if self._by_key is None:
            self._by_key = defaultdict(list)
            for name in self.towers:
                for key in search_keys(name, self._short_cities):
                    self._by_key[key].append(name)
        near = {name for key in search_keys(mention, self._short_cities) for name in self._by_key.get(key, ())}
        scored = [(name, similarity(mention, name, self._short_cities)) for name in near]
        return sorted(((n, s) for n, s in scored if s > 0), key=lambda pair: (-pair[1], pair[0]))

    def is_street(self, street: str) -> bool:
        """Return whether a building or the map has a street of this name."""
        return street in self._streets

    def streets_in(self, text: str) -> list[int]:
        """Return the positions in a text (`plain_text`) where a street name begins; only buildings' streets count."""
        starts = (one.start for one in _mentions(text, self._door_streets, self._street_lengths))
        return [at for at in starts if self.starts_name(text[:at]) or is_sentence(text[:at], text[at:])]

    def known_street(self, street: str | None) -> str | None:
        """Return `street` without a city or lead-in before a known street (济南经十路: 经十路), else unchanged."""
        if street is None or street in self._streets:
            return street
        for at in range(1, len(street) - 1):
            before, rest = street[:at], street[at:]
            if rest in self._streets and (self._is_here(before) or is_whole_name(before)):
                return rest
        return street

    def starts_name(self, before: str) -> bool:
        """Return whether a complete name can follow `before`, with or without the local city or province at its end."""
        return is_whole_name(before) or any(
            self._is_here(before[-n:]) and self.starts_name(before[:-n]) for n in _PLACE_LENGTHS if n <= len(before)
        )

    def district(self, address: Address) -> str | None:
        """Return the known district that an address names, without words before it (我在红旗区: 红旗区); else None."""
        # A county-level city counts if no district is named.
        written = address.district or (address.city if address.city in self._county_cities else None)
        if not written or written.endswith(tuple(self._cities)):
            return None
        return next((written[k:] for k in range(len(written) - 1) if self._is_district(written[k:])), None)

    def _is_district(self, name: str) -> bool:
        is_local = district_stem(name) in self._district_stems or any(own.endswith(name) for own in self._districts)
        return is_local or bool(ZONE.search(name) or division_codes(name))

    def misspelled_streets(self, street: str) -> list[str]:
        """Return the known street names that an unknown `street` surely misspells, from the buildings' addresses."""
        if street in self._streets:
            return []
        if self._streets_by_key is None:
            self._streets_by_key = defaultdict(list)
            for known in sorted(self._door_streets):
                for key in blocking_keys(known):
                    self._streets_by_key[key].append(known)
        near = {known for key in blocking_keys(street) for known in self._streets_by_key.get(key, ())}
        return [known for known in sorted(near) if _is_misspelling(street, known)]

    def name_similarity(self, one: str, other: str) -> float:
        """Return the `similarity` of two building names, 0 to 1; a local city's name in front does not count."""
        return similarity(one, other, self._short_cities)

    def n_firms(self, mention: str) -> int:
        """Return the number of registered firms with building name `mention` in their address; 0 if only one has it."""
        return self._registered.n_firms[mention] if self._registered else 0

    def ids(self, name: str) -> list[str]:
        """Return the ids of all buildings with a known name, including every tower; KeyError for an unknown name."""
        return [building_id for ids in self.towers[name].values() for building_id in ids]

    def foreign_place(self, text: str) -> str | None:
        """Return the province or city at the start of a text, without 省 or 市, if no building is in it; else None."""
        start = next((text[:n] for n in _PLACE_LENGTHS if text[:n] in PROVINCES or text[:n] in city_names()), None)
        if start is None or any(here.startswith(start) for here in (*self._cities, *self._districts)):
            return None
        # Without known provinces or cities of buildings, nothing counts as elsewhere.
        is_known = bool(self._provinces if start in PROVINCES else self._cities)
        return start if is_known and PROVINCES.get(start) not in self._provinces else None

    def in_other_province(self, addresses: pd.DataFrame) -> Mask:
        """Return whether each address names a province (code, column `province`) in which no building lies."""
        return _is_other(addresses["province"], self._provinces)

    def is_elsewhere(self, addresses: pd.DataFrame) -> Mask:
        """
        Return whether each address names a province or city in which this gazetteer has no building.

        `addresses`: columns `province` (code) and `city`. False if both are missing, or no building's place is known.
        """
        is_other_city = _is_other(addresses["city"], self._cities, self._districts, self._county_cities)
        return self.in_other_province(addresses) | is_other_city

    def _is_here(self, place: str) -> bool:
        """Return whether a text is the province or city in which the buildings are, written without 省 or 市."""
        return place in self._short_cities or (place in PROVINCES and not self.foreign_place(place))

    def _add(self, name: str, tower: str | None, building_id: str) -> None:
        ids = self.towers.setdefault(name, {}).setdefault(tower, [])
        if building_id not in ids:
            ids.append(building_id)

    def _doors(self) -> dict[Door, list[str]]:
        doors: dict[Door, list[str]] = defaultdict(list)
        for place in self.places.values():
            if place.street and place.number:
                doors[place.street, place.number].append(place.building_id)
        for key, building_id in (self._registered.doors if self._registered else {}).items():
            if building_id in self.places and key not in doors:
                doors[key].append(building_id)
        single = frozenset(doors)
        for place in self.places.values():
            for number in houses_of(place.number or ""):
                if place.street and (place.street, number) not in single:
                    doors[place.street, number].append(place.building_id)
        return doors

    def _lanes(self) -> dict[Door, list[str]]:
        lanes: dict[Door, list[str]] = defaultdict(list)
        for place in self.places.values():
            lane = split_lane(place.number or "")
            if place.street and lane:
                lanes[place.street, lane[0]].append(place.building_id)
        return lanes


def _lengths(names: Collection[str]) -> dict[str, list[int]]:
    """Return lengths of names, longest first, by their first two characters: an index to find the names in a text."""
    lengths = defaultdict(set)
    for name in names:
        lengths[name[:2]].add(len(name))
    return {start: sorted(by, reverse=True) for start, by in lengths.items()}


def _mentions(text: str, names: Collection[str], lengths: dict[str, list[int]]) -> list[Mention]:
    """Return the longest known name at each position of a text; `lengths`: result of `_lengths` for `names`."""
    found = []
    for at in range(len(text) - 1):
        for length in lengths.get(text[at : at + 2], ()):
            name = text[at : at + length]
            if name in names and not _cuts_number(text, at, at + length):
                found.append(Mention(name, at, at + length))
                break
    return found


def _cuts_number(text: str, start: int, end: int) -> bool:
    return any(text[at - 1 : at].isdecimal() and text[at : at + 1].isdecimal() for at in (start, end))


def _is_misspelling(street: str, known: str) -> bool:
    error = spelling_error(street, known)
    # 历山路 has only two characters of its own: an error in one leaves too little.
    return error is not None and (error not in ("lost", "wrong") or min(len(street), len(known)) > 4)


def _other_names(buildings: gpd.GeoDataFrame) -> Iterator[tuple[str, str]]:
    if "other_names" in buildings:
        rows = buildings[buildings["other_names"].notna()]
        for building_id, names in zip(rows["building_id"], rows["other_names"], strict=True):
            yield from ((building_id, text) for text in _SEVERAL.split(names))


def _names_in_names(buildings: gpd.GeoDataFrame) -> Iterator[tuple[str, str]]:
    """Yield (building id, name) of names in a building's name: 百胜集团大楼 in T20(百胜集团大楼)."""
    for building_id, text in zip(buildings["building_id"], buildings["building_name"], strict=True):
        if isinstance(text, str):
            parts = _STROKE.split(text)
            yield from ((building_id, part) for part in parts if len(parts) > 1)
            notes = (building_name(note.removeprefix("原"), is_cut=False) for note in notes_of(plain_text(text)))
            yield from ((building_id, name) for name in notes if name)


def _split(text: str) -> tuple[str | None, str | None]:
    """Return (name, tower) in a building's name; None for a name that is not distinctive and for a missing tower."""
    key = name_key(text)
    name, tower = split_tower(key)
    if tower and not parse_address(name).number and parse_address(key).number:
        return key, None  # 南昌路559号大楼 is no tower of 南昌路.
    if is_distinctive(name, _MIN_CHARACTERS):
        return name, tower
    return (key, None) if is_distinctive(key) else (None, tower or tower_after(key))


def _places(buildings: gpd.GeoDataFrame) -> dict[str, BuildingAddress]:
    parsed = {text: parse_address(text) for text in buildings["address"].dropna().unique()}
    places = {}
    columns = (buildings[name] for name in ("building_id", "address", "building_name"))
    for building_id, text, called in zip(*columns, strict=True):
        address = parsed[text] if isinstance(text, str) else Address()
        name, tower = _split(called) if isinstance(called, str) else (None, None)
        number = (door(address) or (None, None))[1]
        outer = address.province, address.city, address.district, address.street
        places[building_id] = BuildingAddress(building_id, *outer, number, name, tower)
    return places


def _is_other(named: Column, *here: frozenset[str]) -> Mask:
    # Without known places of buildings, nothing counts as elsewhere.
    return ~named.str.endswith(tuple(frozenset().union(*here)), na=True) & bool(here[0])
