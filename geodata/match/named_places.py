"""Known building names of a text: which are complete, and which of them are the place of the row."""

import re
from collections.abc import Sequence

from geodata.match.address_wording.place_role import is_mere_landmark
from geodata.match.address_wording.surrounding_sentence import (
    BESIDE,
    CLAUSE_ENDS,
    FINAL,
    LIST,
    NEXT,
    ONE_PLACE,
    is_not_there,
    is_sentence,
    is_whole_name,
    without_lead_in,
)
from geodata.match.building_names import CONTINUATION, MIN_CHARACTERS, WHOLE_FORM, is_rare, name_key
from geodata.match.distinct_addresses import text_key
from geodata.match.floor_labels import FLOOR
from geodata.match.gazetteer import Gazetteer, Mention
from geodata.match.inner_address import PART
from geodata.vocabulary.chinese_numerals import NUMBER

_FIGURE = re.compile(r"\d")
_INSIDE = re.compile(rf"[,、的第-]*(?:{FLOOR.pattern}|\d{{3,4}}|上了?{NUMBER}[楼层])")
# Text around a name of two characters that is apart: 那个楼叫|衡园|.
_ENDS = re.compile(r"(?:^|[^一-龥]|[在是叫的到去于将把])$")
_STARTS = re.compile(r"$|[^一-龥]|[的里内]")


def known_names(text: str, mention: str, gazetteer: Gazetteer) -> tuple[str, list[Mention]]:
    """
    Return a text in normal form and the known building names in it, longest first.

    Names in bracketed notes count only if there are no others. A name of two characters counts only if it equals
    `mention`, the building that the address parser found ('' for none), or if no other words adjoin it.
    """
    key = name_key(text)
    named = gazetteer.named(key)
    if not named:
        key = text_key(text)
        named = gazetteer.named(key)
    return key, [
        one
        for one in named
        if len(one.name) >= MIN_CHARACTERS
        or one.name == mention
        or (_ENDS.search(key[: one.start]) and _STARTS.match(key, one.end))
    ]


def places_meant(named: Sequence[Mention], key: str, gazetteer: Gazetteer, *, has_moved: bool) -> list[Mention]:
    """
    Return those of the known names, longest first, that the text gives as the place of its row; empty if uncertain.

    `named`, `key`: names and text of `known_names`; `has_moved`: whether the text reports a move.

    Places that the row is near, has left or denies do not count. Of several places, only the one that the text calls
    actual counts, else the last one if it alone has a floor, else all. After a move, only a new place with a number
    (floor or room) counts.
    """
    there = _there(named, key)
    if not has_moved and are_several(there, key, gazetteer):
        there = _with_floor(there, key)
    final = [one for one in there if FINAL.search(key[: one.start]) and (not has_moved or _FIGURE.search(key, one.end))]
    if has_moved or (final and are_several(there, key, gazetteer)):
        return [max(final, key=lambda one: one.start)] if final else []
    return there


def _there(named: Sequence[Mention], key: str) -> list[Mention]:
    there: list[Mention] = []
    last = None
    for one in sorted(named, key=lambda one: one.start):
        is_listed = last is not None and last not in there and LIST.fullmatch(key, last.end, one.start)
        if not is_listed and not is_not_there(key[: one.start], _after_tower(key, one)):
            there.append(one)
        last = one
    return sorted(there, key=lambda one: one.start - one.end)


def is_landmark(here: Mention, key: str, named: Sequence[Mention]) -> bool:
    """Return whether the words around the name `here` in the text `key` show that it is only a landmark for the row."""
    return is_mere_landmark(*text_around(here, key, named))


def text_around(here: Mention, key: str, named: Sequence[Mention]) -> tuple[str, str]:
    """
    Return the parts of the normalised address `key` before and after the name `here` with its tower number.

    Names of buildings in the parts are replaced by 乙: names in `named` in both parts; names that are recognised by
    their form only (`WHOLE_FORM`) in the part after. The parts are input of `is_mere_landmark`.
    """
    before, after = key[: here.start], _after_tower(key, here)
    for one in named:
        before, after = before.replace(one.name, "乙"), after.replace(one.name, "乙")
    return before, WHOLE_FORM.sub("乙", after)


def _with_floor(there: list[Mention], key: str) -> list[Mention]:
    """Return the last of several places in an address if only it has a floor or a room, otherwise all of them."""
    *others, before, last = sorted(there, key=lambda one: one.start)
    inside = [one for one in (*others, before, last) if _INSIDE.match(_after_tower(key, one))]
    return [last] if inside == [last] and not LIST.fullmatch(key, before.end, last.start) else there


def _after_tower(key: str, one: Mention) -> str:
    found = PART.match(key, one.end)
    return key[found.end() if found else one.end :]


def are_several(there: Sequence[Mention], key: str, gazetteer: Gazetteer) -> bool:
    """Return whether the names `there` in `key` are different places; a compound and a house in it are one place."""
    if len(there) < 2:
        return False
    first, *others = sorted(there, key=lambda one: one.start)
    ids = set(gazetteer.ids(first.name))
    ends = [first.end, *(one.end for one in others)]
    return any(
        not ONE_PLACE.fullmatch(key, end, one.start) and not ids & set(gazetteer.ids(one.name))
        for end, one in zip(ends, others, strict=False)
    )


def has_other_place(key: str, here: Mention, named: Sequence[Mention]) -> bool:
    """
    Return whether a text (`name_key`) names a further building, neither `here` nor in `named`.

    A name counts if it is in another clause than `here`, or if a word for a next stop (后到, 再去) joins it to `here`.
    """
    for one in named:
        if one != here:
            key = key[: one.start] + "-" * (one.end - one.start) + key[one.end :]
    if any(NEXT.search(key[found.end() : here.start]) for found in WHOLE_FORM.finditer(key[: here.start])):
        return True
    if NEXT.match(key, here.end, here.end + 2) and WHOLE_FORM.match(key, here.end + 2):
        return True
    start = max(key.rfind(mark, 0, here.start) for mark in CLAUSE_ENDS) + 1
    ends = [at for mark in CLAUSE_ENDS if (at := key.find(mark, here.end)) >= 0]
    others = (key[:start], key[min(ends, default=len(key)) :])
    return any(
        not BESIDE.match(clause, found.end())
        for clause in others
        for found in WHOLE_FORM.finditer(without_lead_in(clause))
    )


def is_apart(found: Mention, text: str, key: str) -> bool:
    """
    Return whether a known name follows a phrase and a blank (李警官在吗 银荷大厦2107) and is the whole name.

    `text`: the text as written; `key`: its normal form, in which `found` is the name.
    """
    return bool(re.search(rf"\S{{5}}\s+{re.escape(found.name)}", text)) and not CONTINUATION.match(key, found.end)


def is_whole(found: Mention, key: str, mention: str, gazetteer: Gazetteer) -> bool:
    """
    Return whether a known name found in a text is the whole name there: not 时代大厦 in 海尔时代大厦, another building.

    `key`: the text in normal form, from `known_names`; `mention`: building found by the address parser, '' for none.
    """
    before = key[: found.start]
    # A sentence in front of a name of its own is no brand: 麻烦来看下|银荷大厦.
    is_context = is_rare(found.name) and found.name not in gazetteer.ends and is_sentence(before, key[found.end :])
    if not mention:
        return is_context or gazetteer.starts_name(before)
    head, own, tail = mention.partition(found.name)
    return not own or ((not head or is_context or is_whole_name(head)) and not CONTINUATION.match(tail))
