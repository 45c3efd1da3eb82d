"""Resolution of one address to a building: name, alias, misspelling, door; or candidates and a reason."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from geodata.match.address import Address, parse_address, plain_text
from geodata.match.address_wording.lane_numbers import split_lane
from geodata.match.address_wording.surrounding_sentence import FINAL, after_lead_in, is_moved, is_not_there
from geodata.match.building_names import has_form, name_key, plain_key
from geodata.match.gazetteer import BuildingAddress, Gazetteer, Mention
from geodata.match.inner_address import tower_after, tower_key
from geodata.match.learned_names import Door, door
from geodata.match.named_places import (
    are_several,
    has_other_place,
    is_apart,
    is_landmark,
    is_whole,
    known_names,
    places_meant,
)
from geodata.match.outer_address_parser import is_other_district, is_same_district

_MOST_CANDIDATES = 5
_PART_OF_STREET = re.compile(r"[东西南北中一二三四五六七八九十]{1,2}(?:大街|大道|路|街|道)")


@dataclass(frozen=True, slots=True)
class Params:
    """
    Thresholds and score adjustments of name matching.

    The score of a name is its similarity plus one of the three adjustments `same_street`, `same_door` and `elsewhere`,
    at most 1.
    """

    min_score: float = 0.88
    """
    Lowest accepted score. Of 33,847 made-up addresses it matches 32,894 correctly and 57 wrongly; at 0.83 it is 33,175
    and 75, at 0.91 28,844 and 57.
    """
    min_margin: float = 0.05
    """Minimum difference between the best score and that of the best candidate of another name."""
    same_street: float = 0.05
    """Added to the similarity of a name if the building is on the street of the address."""
    same_door: float = 0.15
    """Added instead of `same_street` if street and house number are those of the address."""
    elsewhere: float = -0.1
    """Added to the similarity if the building is on another street or in another district."""
    ends_in_name: float = 0.85
    """Similarity of an unknown name that ends in a known one: 东五环大厦."""
    holds_name: float = 0.5
    """Similarity of an unknown name that contains a known one: 软件园创业广场."""
    alias: float = 0.9
    """Minimum similarity of a name that counts as an alias; below it, the match method is `fuzzy`."""
    at_door: float = 0.9
    """Score of a building found by street and number only, without a name."""


PARAMS = Params()


@dataclass(frozen=True, slots=True)
class Resolution:
    """Building found for an address, or the reason why none was found."""

    building_id: str | None
    """Id of the building; None: none found."""
    method: str
    """Match method: `name`, `alias`, `fuzzy`, `address` or `none`."""
    score: float
    """Score from 0 to 1, 1 for the building's own name; without a building, the score of the best candidate."""
    margin: float
    """Difference between the score and that of the best candidate of another name."""
    reason: str | None = None
    """Reason for no building (catalogue key `unmatched.<reason>`)."""
    candidates: tuple[tuple[str, float], ...] = ()
    """Building ids and scores, best first; also given if a building was chosen among several."""


def resolve(text: str, address: Address, gazetteer: Gazetteer) -> Resolution:
    """Return the building that an address means, or the reason for none; `address`: `parse_address` of `text`."""
    found = _resolve(text, address, gazetteer)
    if found.building_id is None or not _has_foreign_place(text, address, found.building_id, gazetteer):
        return found
    return _unmatched("other_place", [(found.building_id, found.score)], found)


def _resolve(text: str, address: Address, gazetteer: Gazetteer) -> Resolution:
    has_moved = is_moved(plain_text(text))
    address = replace(address, street=gazetteer.known_street(address.street), district=gazetteer.district(address))
    address = _with_door(text, address, gazetteer)
    mention = plain_key(address.building) if address.building else ""
    key, named = known_names(text, mention, gazetteer)
    there = places_meant(named, key, gazetteer, has_moved=has_moved)
    if has_moved and not named:
        ids = _ids_at(here, address, gazetteer) if (here := door(address)) else []
        return _unmatched(
            "moved", [(i, PARAMS.at_door) for i in ids], Resolution(None, "none", PARAMS.at_door if ids else 0.0, 0.0)
        )
    if named and not there:
        return _unmatched_names("moved" if has_moved else "beside", named, gazetteer)
    if are_several(there, key, gazetteer) or (there and has_other_place(key, there[0], named)):
        return _unmatched_names("several_places", there, gazetteer)
    exact = there[0] if there else None
    if exact and is_landmark(exact, key, named):
        return _unmatched_names("beside", there, gazetteer)
    if exact and (is_whole(exact, key, mention, gazetteer) or is_apart(exact, text, key)):
        return _by_name(exact.name, tower_after(key[exact.end :]) or _tower(address), address, gazetteer)
    similar = _by_similar_name(mention, exact.name if exact else None, address, gazetteer) if mention or exact else None
    if mention and not exact and (similar is None or not similar.building_id) and (inner := after_lead_in(mention)):
        similar = _by_similar_name(inner, None, address, gazetteer) or similar
    if address.written and not exact and (similar is None or not similar.building_id):
        similar = _by_similar_name(plain_key(address.written), None, address, gazetteer) or similar
    if similar and similar.building_id:
        return similar
    return _by_door(mention, address, gazetteer) or similar or _no_candidate(mention, address, gazetteer)


def _with_door(text: str, address: Address, gazetteer: Gazetteer) -> Address:
    """
    Return the address with the only door (street and number) on a known street that the text names, else unchanged.

    A door after a word such as 现地址 precedes others: 曾用地址|漕溪路1号,现地址|零陵路2号. If the address's own street
    is known, only such a door replaces it.
    """
    plain = plain_text(text)
    doors = [(plain[:at], parse_address(plain[at:])) for at in gazetteer.streets_in(plain)]
    doors = [(before, one) for before, one in doors if door(one) and not is_not_there(before, "")]
    final = [one for before, one in doors if FINAL.search(before)]
    is_read = address.is_near_only or gazetteer.is_street(address.street or "")
    there = final if final or is_read else [one for _, one in doors]
    if len({door(one) for one in there}) != 1:
        return address
    return replace(there[0], province=address.province, city=address.city, district=address.district)


def _unmatched_names(reason: str, named: Sequence[Mention], gazetteer: Gazetteer) -> Resolution:
    ids = dict.fromkeys(i for one in named for i in gazetteer.ids(one.name))
    return _unmatched(reason, [(i, 1.0) for i in ids], Resolution(None, "none", 1.0, 0.0))


def _tower(address: Address) -> str | None:
    return tower_key(address.tower) if address.tower else None


def _by_name(name: str, tower: str | None, address: Address, gazetteer: Gazetteer) -> Resolution:
    method, score = ("alias", 0.98) if name in gazetteer.other_names else ("name", 1.0)
    return _choose(name, tower, address, gazetteer, Resolution(None, method, score, score))


def _by_similar_name(mention: str, part: str | None, address: Address, gazetteer: Gazetteer) -> Resolution | None:
    """Return the result for the known name most similar to `mention`, None without any; `part`: a known name inside."""
    similarities = dict(gazetteer.similar_names(mention))
    if part:
        similarities.setdefault(part, PARAMS.ends_in_name if mention.endswith(part) else PARAMS.holds_name)
    ranked = sorted(
        ((min(1.0, s + _location_score(name, address, gazetteer)), name) for name, s in similarities.items()),
        key=lambda row: (-row[0], row[1]),
    )
    if not ranked:
        return None
    score, name = ranked[0]
    own = set(gazetteer.ids(name))
    margin = score - max((s for s, other in ranked[1:] if own != set(gazetteer.ids(other))), default=0.0)
    found = Resolution(None, "alias" if similarities[name] >= PARAMS.alias or name == part else "fuzzy", score, margin)
    weighed = [(i, s) for s, other in ranked for i in gazetteer.ids(other)][:_MOST_CANDIDATES]
    is_another = similarities[name] < PARAMS.alias and gazetteer.n_firms(mention) and score < 1.0
    if score < PARAMS.min_score or margin < PARAMS.min_margin or is_another:
        return _unmatched("near_miss", weighed, found)
    chosen = _choose(name, _tower(address), address, gazetteer, found)
    return replace(chosen, candidates=tuple(weighed)) if chosen.building_id else chosen


def _location_score(name: str, address: Address, gazetteer: Gazetteer) -> float:
    places = [gazetteer.places[i] for i in gazetteer.ids(name)]
    here = door(address)
    if here and any((place.street, place.number) == here for place in places):
        return PARAMS.same_door
    if all(is_other_district(place.district, address.district) for place in places):
        return PARAMS.elsewhere
    streets = {place.street for place in places if place.street}
    if not address.street or not streets:
        return 0.0
    return PARAMS.same_street if address.street in streets else PARAMS.elsewhere


def _choose(name: str, tower: str | None, address: Address, gazetteer: Gazetteer, found: Resolution) -> Resolution:
    """Return `found` with the building that fits name, tower and address or, unless it is just one, with a reason."""
    towers = gazetteer.towers[name]
    named_towers = [name_of_tower for name_of_tower in towers if name_of_tower is not None]
    if tower in towers:
        ids: Sequence[str] = towers[tower]
    elif not named_towers:
        ids = towers[None]
    else:
        return _unmatched("which_tower", [(i, found.score) for i in gazetteer.ids(name)], found)
    ids = _narrowed(ids, address, gazetteer)
    if len(ids) > 1:
        return _unmatched("ambiguous_name", [(i, found.score) for i in ids], found)
    if _has_other_district_and_street(ids[0], address, gazetteer):
        return _unmatched("other_place", [(ids[0], found.score)], found)
    return Resolution(ids[0], found.method, found.score, found.margin)


def _narrowed(ids: Sequence[str], address: Address, gazetteer: Gazetteer) -> Sequence[str]:
    """Return the buildings at the address's door, else those in its street, else those in its district, else all."""
    if len(ids) < 2:
        return ids
    here = door(address)
    places = [gazetteer.places[i] for i in ids]
    for same in (
        [p.building_id for p in places if here and (p.street, p.number) == here],
        [p.building_id for p in places if address.street and p.street == address.street],
        [p.building_id for p in places if is_same_district(p.district, address.district)],
    ):
        if same:
            return same
    return ids


def _has_other_district_and_street(building_id: str, address: Address, gazetteer: Gazetteer) -> bool:
    place = gazetteer.places[building_id]
    is_same_street = bool(address.street) and place.street == address.street
    return is_other_district(place.district, address.district) and not is_same_street


def _has_foreign_place(text: str, address: Address, building_id: str, gazetteer: Gazetteer) -> bool:
    """
    Return whether an address begins with a province or city elsewhere, without 省 or 市: 北京国贸大厦.

    Excluded: 上海大厦 as a known building's name, 北京路, and a brand after a location.
    """
    first = address.district or address.street or (plain_key(address.building) if address.building else "")
    place = None if address.province or address.city else gazetteer.foreign_place(first)
    # 北京|国贸大厦 and 北京|建国路 are in 北京; 北京|大厦, 北京|路 and 北京|东大街 are names in themselves.
    if place is None or len(first) < len(place) + 3:
        return False
    if first == address.street and (gazetteer.is_street(first) or _PART_OF_STREET.fullmatch(first[len(place) :])):
        return False
    there = gazetteer.places[building_id]
    names = (one.name for one in gazetteer.named(name_key(text)) if building_id in gazetteer.ids(one.name))
    return not any(own and own.startswith(place) for own in (there.name, there.street, *names))


def _by_door(mention: str, address: Address, gazetteer: Gazetteer) -> Resolution | None:
    """
    Return the resolution to the building at the address's street and number; None if no building is there.

    If names or towers conflict, the resolution has a reason and candidates instead of a building.
    """
    here = door(address)
    places, is_misspelled = _places_at(here, address, gazetteer) if here else ([], False)
    tower = _tower(address)
    if len(places) > 1 and tower:
        places = [place for place in places if place.tower == tower] or places
    if not places:
        return None
    scores = [_door_score(mention, place, gazetteer) for place in places]
    candidates = [(place.building_id, score) for place, score in zip(places, scores, strict=True)]
    method = "fuzzy" if is_misspelled or (mention and places[0].name) else "address"
    found = Resolution(None, method, max(scores), max(scores))
    if max(scores) < PARAMS.min_score:
        return _unmatched("other_name", candidates, found)
    if len(places) > 1 or (tower and places[0].tower and places[0].tower != tower):
        return _unmatched("which_tower", candidates, found)
    return Resolution(places[0].building_id, method, found.score, found.margin)


def _places_at(here: Door, address: Address, gazetteer: Gazetteer) -> tuple[list[BuildingAddress], bool]:
    """Return the buildings at a door, and whether they were found only by reading the street as a misspelling."""
    if found := _in_district(_ids_at(here, address, gazetteer), address, gazetteer):
        return found, False
    doors = [(street, here[1]) for street in gazetteer.misspelled_streets(here[0])]
    return _in_district([i for one in doors for i in _ids_at(one, address, gazetteer)], address, gazetteer), True


def _in_district(ids: Sequence[str], address: Address, gazetteer: Gazetteer) -> list[BuildingAddress]:
    places = [gazetteer.places[i] for i in ids]
    return [place for place in places if not is_other_district(place.district, address.district)]


def _ids_at(here: Door, address: Address, gazetteer: Gazetteer) -> list[str]:
    """
    Return the ids of the buildings at a door (street and number).

    For a door on a lane that no building has, they are those of the house or tower that door or address names, or else
    the only building of the whole lane. If neither names a house or tower, they are all buildings on the lane.
    """
    if here in gazetteer.doors:
        return gazetteer.doors[here]
    street, number = here
    lane = split_lane(number)
    if lane is None:
        return []
    house = lane[1] or _tower(address)
    if (street, f"{lane[0]}{house}") in gazetteer.doors:
        return gazetteer.doors[street, f"{lane[0]}{house}"]
    # A tower of a named compound on the lane, or the table's only building for the whole lane.
    on_lane = [gazetteer.places[i] for i in gazetteer.lanes.get((street, lane[0]), [])]
    own = [place.building_id for place in on_lane if house and place.tower == house]
    is_whole = len(on_lane) == 1 and on_lane[0].number == lane[0] and on_lane[0].tower is None
    return own or [place.building_id for place in on_lane if is_whole or not house]


def _door_score(mention: str, place: BuildingAddress, gazetteer: Gazetteer) -> float:
    # Words without a form, 宛平南路88号面谈, are rarely the name of another building.
    if not mention or not place.name or not has_form(mention):
        return PARAMS.at_door
    return min(1.0, gazetteer.name_similarity(mention, place.name) + PARAMS.same_door)


def _no_candidate(mention: str, address: Address, gazetteer: Gazetteer) -> Resolution:
    reason = (
        "beside"
        if address.is_near_only
        else "no_name"
        if not mention
        else "registered_name"
        if gazetteer.n_firms(mention)
        else "unknown_name"
    )
    return Resolution(None, "none", 0.0, 0.0, reason)


def _unmatched(reason: str, candidates: Sequence[tuple[str, float]], found: Resolution) -> Resolution:
    margin = 0.0 if reason in ("ambiguous_name", "which_tower") else found.margin
    return Resolution(None, "none", found.score, margin, reason, tuple(candidates[:_MOST_CANDIDATES]))
