"""The buildings that can be named: by name, other names and doors, each tower by itself."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geodata.division_codes import city_names
from geodata.match.address import Address, parse_address
from geodata.match.address_wording.lane_numbers import houses_of, split_lane
from geodata.match.address_wording.spelling_errors import slip_between, slip_keys
from geodata.match.address_wording.surrounding_sentence import is_whole_name
from geodata.match.building_names import is_distinctive, keys, likeness, name_key
from geodata.match.inner_address import split_tower, tower_after
from geodata.match.outer_address import PROVINCES, district_stem
from geodata.match.registered_aliases import Door, Registered, door
from geodata.raw_table import Column, Mask

# Of the names of provinces and cities: 呼和浩特 to 北京.
_PLACE_LENGTHS = (4, 3, 2)
_SEVERAL = re.compile(r"[;；|、,，/]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a building of the table stands, as far as its row says."""

    building_id: str
    province: str | None
    """Two digits of GB/T 2260."""
    city: str | None
    district: str | None
    street: str | None
    number: str | None
    name: str | None
    """Without its tower, as `geodata.match.building_names.name_key` gives it."""
    tower: str | None


@dataclass(frozen=True, slots=True)
class Mention:
    """A name that stands in a text."""

    name: str
    start: int
    end: int


class Gazetteer:
    """The names of one table of buildings; no street of the map is taken for a slip of the pen for another."""

    def __init__(
        self, buildings: gpd.GeoDataFrame, registered: Registered | None = None, streets: Collection[str] = ()
    ) -> None:
        self._registered = registered
        self.places = _places(buildings)
        self.towers: dict[str, dict[str | None, list[str]]] = {}
        """Building ids by name and tower."""
        for place in self.places.values():
            if place.name:
                self._add(place.name, place.tower, place.building_id)
        own = frozenset(self.towers)
        for building_id, text in _other_names(buildings):
            name, tower = _split(text)
            if name and name not in own:
                self._add(name, tower, building_id)
        known = frozenset(self.towers)
        for (name, tower), building_id in (registered.names if registered else {}).items():
            # What the table calls another building is not learned again.
            if name not in known and building_id in self.places:
                self._add(name, tower, building_id)
        self.other_names = frozenset(self.towers) - own
        """Names that are not the table's own for any building: old ones, and what firms call it."""
        # How long the names are that begin with two signs, longest first: a few look-ups per place of an address.
        lengths = defaultdict(set)
        for name in self.towers:
            lengths[name[:2]].add(len(name))
        self._lengths = {start: sorted(by, reverse=True) for start, by in lengths.items()}
        self.doors = self._doors()
        self.lanes = self._lanes()
        """Building ids by street and lane."""
        self._streets = frozenset(street for street, _ in self.doors) | frozenset(streets)
        self._cities = frozenset(place.city for place in self.places.values() if place.city)
        self._districts = frozenset(place.district for place in self.places.values() if place.district)
        # A city of the county's rank, today's or a former one, stands where a city or a district stands: 章丘市.
        stems = {district_stem(district) for district in self._districts} - city_names()
        self._county_cities = frozenset(f"{stem}市" for stem in stems) - self._cities
        named = frozenset(place.province for place in self.places.values() if place.province)
        self._provinces = named | frozenset(buildings["division_code"].dropna().str.slice(0, 2))
        self._short_cities = frozenset(city.removesuffix("市") for city in self._cities)
        self._by_key: dict[str, list[str]] | None = None
        self._streets_by_key: dict[str, list[str]] | None = None

    def named(self, text: str) -> list[Mention]:
        """The names in a `name_key` text, the longest first; of two that overlap the longer one, else the earlier."""
        found = []
        for at in range(len(text) - 1):
            for length in self._lengths.get(text[at : at + 2], ()):
                name = text[at : at + length]
                if name in self.towers and not _cuts_number(text, at, at + length):
                    found.append(Mention(name, at, at + length))
                    break
        whole: list[Mention] = []
        for one in sorted(found, key=lambda one: (one.start - one.end, one.start)):
            if all(one.end <= other.start or other.end <= one.start for other in whole):
                whole.append(one)
        return whole

    def like(self, mention: str) -> list[tuple[str, float]]:
        """Names like a name that is not here, with their likeness, best first."""
        if self._by_key is None:
            self._by_key = defaultdict(list)
            for name in self.towers:
                for key in keys(name, self._short_cities):
                    self._by_key[key].append(name)
        near = {name for key in keys(mention, self._short_cities) for name in self._by_key.get(key, ())}
        scored = [(name, likeness(mention, name, self._short_cities)) for name in near]
        return sorted(((n, s) for n, s in scored if s > 0), key=lambda pair: (-pair[1], pair[0]))

    def is_street(self, street: str) -> bool:
        """Whether a building here has a street of this name, or the map."""
        return street in self._streets

    def known_street(self, street: str | None) -> str | None:
        """A street here that ends a longer text, where a city or a lead-in stands before it; else the text as it is."""
        if street is None or street in self._streets:
            return street
        for at in range(1, len(street) - 1):
            before, rest = street[:at], street[at:]
            if rest in self._streets and (self._is_here(before) or is_whole_name(before)):
                return rest
        return street

    def starts_name(self, before: str) -> bool:
        """Whether a name begins where a text ends: `is_whole_name`, or behind a province or a city of here."""
        return is_whole_name(before) or any(
            self._is_here(before[-n:]) and self.starts_name(before[:-n]) for n in _PLACE_LENGTHS if n <= len(before)
        )

    def district(self, address: Address) -> str | None:
        """The district of an address; a city of the county's rank is one where no other district is named."""
        return address.district or (address.city if address.city in self._county_cities else None)

    def slipped_streets(self, street: str) -> list[str]:
        """Streets of the doors here that a street of none of them may be a slip of the pen for."""
        if street in self._streets:
            return []
        if self._streets_by_key is None:
            self._streets_by_key = defaultdict(list)
            for known in sorted({street for street, _ in self.doors}):
                for key in slip_keys(known):
                    self._streets_by_key[key].append(known)
        near = {known for key in slip_keys(street) for known in self._streets_by_key.get(key, ())}
        return [known for known in sorted(near) if _is_sure_slip(street, known)]

    def likeness(self, one: str, other: str) -> float:
        """As `geodata.match.building_names.likeness`, for the cities here."""
        return likeness(one, other, self._short_cities)

    def n_firms(self, mention: str) -> int:
        """Firms of the register that use a name, 0 below two."""
        return self._registered.n_firms[mention] if self._registered else 0

    def ids(self, name: str) -> list[str]:
        """Every building that bears a name, with whatever tower."""
        return [building_id for ids in self.towers[name].values() for building_id in ids]

    def foreign_place(self, text: str) -> str | None:
        """The province or the city, without 省 or 市, that a text begins with, if nothing that is here is called so."""
        start = next((text[:n] for n in _PLACE_LENGTHS if text[:n] in PROVINCES or text[:n] in city_names()), None)
        if start is None or any(here.startswith(start) for here in (*self._cities, *self._districts)):
            return None
        # With nothing known of here, nothing is known to be elsewhere.
        is_known = bool(self._provinces if start in PROVINCES else self._cities)
        return start if is_known and PROVINCES.get(start) not in self._provinces else None

    def in_other_province(self, addresses: pd.DataFrame) -> Mask:
        """Whether an address names a province that no building is in."""
        return _is_other(addresses["province"], self._provinces)

    def is_elsewhere(self, addresses: pd.DataFrame) -> Mask:
        """Whether an address is in another province or city: the same names (万达广场) stand in every city."""
        is_other_city = _is_other(addresses["city"], self._cities, self._districts, self._county_cities)
        return self.in_other_province(addresses) | is_other_city

    def _is_here(self, place: str) -> bool:
        """Whether a text is the province or a city where buildings are, without 省 or 市."""
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


def _cuts_number(text: str, start: int, end: int) -> bool:
    """Whether a part of a text begins or ends within a number: 71号创意园 in 171号创意园."""
    return any(text[at - 1 : at].isdecimal() and text[at : at + 1].isdecimal() for at in (start, end))


def _is_sure_slip(street: str, known: str) -> bool:
    slip = slip_between(street, known)
    # Of 历山路 two signs are its own: one of them wrong leaves too little.
    return slip is not None and (slip not in ("lost", "wrong") or min(len(street), len(known)) > 4)


def _other_names(buildings: gpd.GeoDataFrame) -> Iterator[tuple[str, str]]:
    if "other_names" in buildings:
        rows = buildings[buildings["other_names"].notna()]
        for building_id, names in zip(rows["building_id"], rows["other_names"], strict=True):
            yield from ((building_id, text) for text in _SEVERAL.split(names))


def _split(text: str) -> tuple[str | None, str | None]:
    """Name and tower; no name where any compound might bear it, then the tower alone."""
    key = name_key(text)
    name, tower = split_tower(key)
    if is_distinctive(name):
        return name, tower
    return (key, None) if is_distinctive(key) else (None, tower or tower_after(key))


def _places(buildings: gpd.GeoDataFrame) -> dict[str, Place]:
    parsed = {text: parse_address(text) for text in buildings["address"].dropna().unique()}
    places = {}
    columns = (buildings[name] for name in ("building_id", "address", "building_name"))
    for building_id, text, called in zip(*columns, strict=True):
        address = parsed[text] if isinstance(text, str) else Address()
        name, tower = _split(called) if isinstance(called, str) else (None, None)
        number = (door(address) or (None, None))[1]
        outer = address.province, address.city, address.district, address.street
        places[building_id] = Place(building_id, *outer, number, name, tower)
    return places


def _is_other(named: Column, *here: frozenset[str]) -> Mask:
    # With nothing known of here, nothing is known to be elsewhere.
    return named.notna() & ~named.isin(frozenset().union(*here)) & bool(here[0])
