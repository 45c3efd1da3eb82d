"""The names of datums, as scenarios and tables write them, to the one that the program uses."""

from __future__ import annotations

import re

from geodata.datum.grids import BY_ZONE, epsg_fault

DATUMS = ("wgs84", "cgcs2000", "gcj02", "bd09", "bd09mc", BY_ZONE)
"""Besides these, `epsg:` and any code."""

_OTHER_NAMES = {
    "epsg:4326": "wgs84",
    "epsg:4490": "cgcs2000",
    "wgs84ll": "wgs84",
    "gcj02ll": "gcj02",
    "bd09ll": "bd09",
    "国家2000": "cgcs2000",
    "2000国家大地坐标系": "cgcs2000",
    "火星坐标": "gcj02",
    "高德": "gcj02",
    "腾讯": "gcj02",
    "百度": "bd09",
    "百度米制": "bd09mc",
}
_LOCAL = re.compile(r"local|独立|地方|城建|城市坐标|济南|青岛|jinan|qingdao")


def parse_datum(text: str) -> str:
    """
    One of `DATUMS`, or `epsg:<code>`.

    Parameters
    ----------
    text
        As a user writes it: case, blanks, `-` and `_` do not count.

    Raises
    ------
    ValueError
        If there is no such datum, the code is none of a plane, or it is a city's own grid, whose parameters are not
        public.
    """
    plain = re.sub(r"[\s_-]+", "", text).lower()
    name = next((name for name in DATUMS if name.replace("-", "") == plain), _OTHER_NAMES.get(plain, plain))
    if name in DATUMS:
        return name
    code = re.fullmatch(r"(?:urn:ogc:def:crs:)?epsg:{1,2}(\d{1,6})", name)
    if code:
        fault = epsg_fault(int(code[1]))
        if fault:
            raise ValueError(f"datum {text!r}: {fault}")
        return f"epsg:{int(code[1])}"
    if _LOCAL.search(name):
        raise ValueError(
            f"datum {text!r}: the parameters of a city's own grid are not public; have the table in CGCS2000, "
            "EPSG:4548 (central meridian 117) or EPSG:4549 (120), say"
        )
    raise ValueError(f"datum must be one of {DATUMS} or 'EPSG:<code>', got {text!r}")
