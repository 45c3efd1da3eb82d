"""Role of a named building in a sentence: the place that the text is about, or a landmark, a home, a place passed."""

import re
from functools import cache
from importlib.resources import files

# Text that a role depends on is near the name.
_BEFORE, _AFTER = 20, 30
_WORD = re.compile("[一-龥]{2}")
_FIGURES = re.compile(r"\d+")
_FLOOR = re.compile(r"0[楼层室房F]")
_AT_FLOOR = re.compile(r"[,、的第-]*(?:0[楼层F室房号]|0$|[一二三四五六七八九十]+[楼层]|0-0|上0[楼层])")


@cache
def _weights() -> dict[str, float]:
    """
    Return, by text feature, the log-odds that a named building is only a landmark.

    A building counts as a landmark if the sum exceeds the value of the key `threshold`. Fitted by
    `tests/benchmarks/places/place_roles.py`.
    """
    lines = files(__package__).joinpath("place_role_weights.txt").read_text(encoding="utf-8").splitlines()
    rows = (line.split(" ") for line in lines)
    return {feature: int(weight) / 10 for weight, *features in rows for feature in features}


def role_features(before: str, after: str) -> set[str]:
    """
    Return the text features by which a classifier judges whether a named building is the address or only a landmark.

    Each is a short text with a prefix for its kind: sequences of one to three characters before and after the name, the
    one to four characters next to it on each side, and whether a floor follows.
    """
    head = ("^" + _FIGURES.sub("0", before))[-_BEFORE:]
    tail = (_FIGURES.sub("0", after) + "$")[:_AFTER]
    # Slices of one or two characters at the end repeat shorter ones.
    found = {"b" + head[at : at + n] for n in (1, 2, 3) for at in range(len(head))}
    found |= {"a" + tail[at : at + n] for n in (1, 2, 3) for at in range(len(tail))}
    found |= {side for n in (1, 2, 3, 4) for side in (f"B{head[-n:]}", f"A{tail[:n]}")}
    found |= {"floor"} if _FLOOR.search(tail) else set()
    return found | ({"at-floor"} if _AT_FLOOR.match(tail) else set())


def is_mere_landmark(before: str, after: str) -> bool:
    """
    Return whether a named building is only a landmark, a home or a place passed, by the text before and after its name.

    The caller has replaced other building names in this text by 乙, see `geodata.match.named_places.text_around`.
    """
    if not _WORD.search(before) and not _WORD.search(after):
        return False
    weights = _weights()
    return sum(weights[feature] for feature in role_features(before, after) & weights.keys()) > weights["threshold"]
