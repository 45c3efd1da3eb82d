"""Section [map]: tiles of the map in map.html."""

import re
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from geodata.datum.datum_names import BD09, BD09MC, CGCS2000, GCJ02, WGS84, Datum
from sweep.scenario.base_section import NamedDatum, Section
from sweep.scenario.setting_errors import setting_error

# No part of an address may end a directive of the page's content security policy or add a source to it.
_HOST = re.compile(r"[\w.-]+(?::\d{1,5})?|\[[0-9a-fA-F:]+\](?::\d{1,5})?", re.ASCII)
_TILE_DATUMS = (WGS84, CGCS2000, GCJ02, BD09, BD09MC)


def _tile_datum(datum: Datum) -> Datum:
    if datum not in _TILE_DATUMS:
        raise setting_error("tiles_datum", known=", ".join(map(str, _TILE_DATUMS)), got=datum.name)
    return datum


class Map(Section):
    """[map]: background tiles from the closed network; without them the map shows the district's streets."""

    tiles: str | None = None
    """Template with {z}, {x} and {y}: http(s)://host/..., or a path, absolute or from the folder of map.html; without
    it no tiles."""
    tiles_datum: Annotated[NamedDatum, AfterValidator(_tile_datum)] | None = None
    """Datum of the tiles, required with them: the drawing is shifted to it, the data are not. `bd09` also means
    Baidu's own numbers for {z}, {x} and {y}, counted from the equator northward."""
    tiles_max_zoom: Annotated[int, Field(ge=1, le=22)] = 18
    """Closest zoom level of the tiles."""

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if (self.tiles is None) != (self.tiles_datum is None):
            raise setting_error("together", one="tiles", other="tiles_datum")
        if self.tiles is None:
            return self
        if missing := [hole for hole in ("{z}", "{x}", "{y}") if hole not in self.tiles]:
            raise setting_error("tiles_lack", names=", ".join(missing))
        parts = urlsplit(self.tiles)
        if parts.scheme not in ("", "http", "https") or (parts.scheme and not _HOST.fullmatch(parts.netloc)):
            raise setting_error("tiles_form")
        if not parts.scheme and parts.netloc:
            raise setting_error("tiles_scheme")
        return self
