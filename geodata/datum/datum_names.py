"""Datums, and parsing of datum names in scenarios and column headers."""

import re
from dataclasses import dataclass

import pyproj


@dataclass(frozen=True, slots=True)
class Datum:
    """Reference system of a table's coordinates: a geodetic datum, or a projection by its EPSG code."""

    name: str
    """Name of the datum: one of the names of `DATUMS`, or `epsg:<code>`."""
    epsg: int | None = None
    """EPSG code of a projected or other geographic system; None for `DATUMS`."""

    def __str__(self) -> str:
        return self.name

    @property
    def is_degrees(self) -> bool:
        """Return whether coordinates in this datum are certainly degrees; False for every EPSG code."""
        return self in (WGS84, CGCS2000, GCJ02, BD09)


WGS84, CGCS2000, GCJ02, BD09 = Datum("wgs84"), Datum("cgcs2000"), Datum("gcj02"), Datum("bd09")
BD09MC = Datum("bd09mc")
"""Baidu's Mercator projection of BD-09, in metres."""
BY_ZONE = Datum("cgcs2000-3deg")
"""Three-degree zones of CGCS2000, with the zone number in each easting: 39 500 000 is zone 39."""

DATUMS = (WGS84, CGCS2000, GCJ02, BD09, BD09MC, BY_ZONE)
"""All named datums; `epsg:<code>` is accepted in addition."""

_BY_NAME = {
    **{datum.name.replace("-", ""): datum for datum in DATUMS},
    "epsg:4326": WGS84,
    "epsg:4490": CGCS2000,
    "wgs84ll": WGS84,
    "gcj02ll": GCJ02,
    "bd09ll": BD09,
    "国家2000": CGCS2000,
    "2000国家大地坐标系": CGCS2000,
    "火星坐标": GCJ02,
    "高德": GCJ02,
    "腾讯": GCJ02,
    "百度": BD09,
    "百度米制": BD09MC,
}
_LOCAL = re.compile(r"local|独立|地方|城建|城市坐标|济南|青岛|jinan|qingdao")


_IN_HEADER = (
    (re.compile(r"百度|bd09|baidu|bdl|bdx|bdy"), BD09),
    (re.compile(r"高德|腾讯|火星|gcj|amap|gaode|tencent|qq"), GCJ02),
    (re.compile(r"wgs|gps"), WGS84),
    (re.compile(r"cgcs|国家2000|2000坐标"), CGCS2000),
)


class DatumError(ValueError):
    """
    Unknown or unsupported datum name.

    Parameters
    ----------
    key
        `datum`: unknown name. `own_grid`: a city's own grid. `no_code`: no such EPSG code. `not_flat`: the code is
        neither projected nor geographic.
    problem
        The error in words, for the text of the exception.
    values
        `got`, the name; for `datum` also `known`, the valid names; for `not_flat` also `name`, EPSG's name of the code.
    """

    def __init__(self, key: str, problem: str, **values: str) -> None:
        super().__init__(f"datum {values['got']}: {problem}")
        self.key = key
        self.values = values


def parse_datum(text: str) -> Datum:
    """Parse a name of `DATUMS` or an EPSG code, ignoring case and spaces; DatumError for any other text."""
    plain = re.sub(r"[\s_-]+", "", text).lower()
    if plain in _BY_NAME:
        return _BY_NAME[plain]
    written = re.fullmatch(r"(?:urn:ogc:def:crs:)?epsg:{1,2}(\d{1,6})", plain)
    if written:
        code = int(written[1])
        _refuse_no_plane(code, repr(text))
        return Datum(f"epsg:{code}", code)
    if _LOCAL.search(plain):
        raise DatumError("own_grid", "the parameters of a city's own grid are not public", got=repr(text))
    known = ", ".join([*(datum.name for datum in DATUMS), "EPSG:<code>"])
    raise DatumError("datum", f"must be one of {known}", got=repr(text), known=known)


def datum_in(header: str) -> Datum | None:
    """Return the datum that a coordinate column's header names (百度经度, lng_gcj02); None if it names none."""
    plain = re.sub(r"[\s_-]+", "", header).lower()
    return next((datum for pattern, datum in _IN_HEADER if pattern.search(plain)), None)


def _refuse_no_plane(code: int, got: str) -> None:
    try:
        crs = pyproj.CRS.from_epsg(code)
    except pyproj.exceptions.CRSError as error:
        raise DatumError("no_code", "there is no such code", got=got) from error
    if not (crs.is_projected or crs.is_geographic) or len(crs.axis_info) != 2:
        raise DatumError("not_flat", f"it is {crs.name}, not degrees or metres on a plane", got=got, name=crs.name)
