"""Interpretation of OpenStreetMap building tags: floors, address, and the reason for an office building."""

import re
from collections.abc import Mapping

Tags = Mapping[str, str]

OFFICE_BUILDINGS = ("office", "commercial")
OFFICE_NAME_ENDINGS = ("大厦", "广场", "中心", "大楼", "写字楼")
# Values that leave the use open, so that height decides.
_ANY_USE = ("yes", "commercial;residential", "mixed_use", "tower")
# Keys of other uses, which outweigh the name: 人民医院门诊大楼 is no office building.
_USES = ("amenity", "healthcare", "leisure", "shop", "tourism", "religion")
# Values of these keys that also occur in office towers.
_IN_OFFICES = ("bank", "coworking_space", "conference_centre", "parking", "restaurant", "cafe")

_OTHER_NAMES = ("name:zh", "alt_name", "old_name", "short_name", "official_name", "loc_name")
_ADDRESS_PARTS = ("addr:province", "addr:city", "addr:district", "addr:street")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_METRES = re.compile(r"(\d+(?:\.\d+)?)\s*(?:m|米)?")
_BARE_HOUSE_NUMBER = re.compile(r"\d+(?:-\d+)?")


def office_reason(tags: Tags) -> str | None:
    """
    Return what makes a building an office building: tag, name ending or height, as `office=yes` or `floors=12`.

    None if it is no office building. A tag of another use outweighs name and height.
    """
    if tags.get("building") in OFFICE_BUILDINGS:
        return f"building={tags['building']}"
    if "office" in tags and tags["office"] != "no":
        return f"office={tags['office']}"
    if _has_other_use(tags):
        return None
    name = building_name(tags) or ""
    ending = next((ending for ending in OFFICE_NAME_ENDINGS if name.endswith(ending)), None)
    if ending:
        return f"name={ending}"
    floors = n_floors(tags)
    # A public building above 24 m is a high-rise one (GB 50016-2014, 5.1.1): 7 floors of 3.5 m.
    return f"floors={floors:.0f}" if tags.get("building") in _ANY_USE and floors >= 7 else None


def _has_other_use(tags: Tags) -> bool:
    """Return whether a tag states a use other than offices, which outweighs name and height."""
    is_other = tags.get("building", "yes") not in _ANY_USE
    return is_other or any(tags.get(key, "no") not in ("no", *_IN_OFFICES) for key in _USES)


def building_name(tags: Tags) -> str | None:
    """Return the name that the map shows (tag `name`), else the Chinese name (`name:zh`), else None."""
    return tags.get("name") or tags.get("name:zh")


def other_names(tags: Tags) -> str | None:
    """Return Chinese, old, short and other names, separated by `;`, without the name on the map; or None."""
    names = (part.strip() for key in _OTHER_NAMES for part in tags.get(key, "").split(";"))
    return ";".join(dict.fromkeys(name for name in names if name and name != building_name(tags))) or None


def address(tags: Tags) -> str | None:
    """Return the full address if tagged, else its parts in Chinese order, province first; None without a street."""
    if tags.get("addr:full"):
        return tags["addr:full"]
    if not tags.get("addr:street"):
        return None
    number = tags.get("addr:housenumber", "")
    if _BARE_HOUSE_NUMBER.fullmatch(number):
        number += "号"
    return "".join(tags.get(part, "") for part in _ADDRESS_PARTS) + number


def n_floors(tags: Tags) -> float:
    """Return the largest number in `building:levels`, else height / 3.5 m, rounded, at least 1; NaN without either."""
    levels = [float(text) for text in _NUMBER.findall(tags.get("building:levels", ""))]
    if levels and max(levels) > 0:
        return float(max(1, round(max(levels))))
    height = _METRES.fullmatch(tags.get("height", "").strip())
    if height and float(height[1]) > 0:
        # Height of an office floor: 3.5 m.
        return float(max(1, round(float(height[1]) / 3.5)))
    return float("nan")
