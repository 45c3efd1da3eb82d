"""[map]: what the map of an edition is drawn on."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from geodata.datum.names import parse_datum
from sweep.scenario.section import Section

# Of an address nothing may end a directive of the page's policy or bring a second source into it.
_HOST = re.compile(r"[\w.-]+(?::\d{1,5})?|\[[0-9a-fA-F:]+\](?::\d{1,5})?", re.ASCII)
_TILE_DATUMS = ("wgs84", "cgcs2000", "gcj02", "bd09", "bd09mc")


def _tile_datum(text: str) -> str:
    datum = parse_datum(text)
    if datum not in _TILE_DATUMS:
        raise ValueError(f"tiles are drawn in one of {', '.join(_TILE_DATUMS)}; {text} is none of them")
    return datum


class Map(Section):
    """[map]: pictures of the closed network below the map; without them it is drawn from the district's streets."""

    tiles: str | None = None
    """Template with {z}, {x} and {y}: http(s)://host/..., or a path, absolute or from the folder of map.html."""
    tiles_datum: Annotated[str, AfterValidator(_tile_datum)] | None = None
    """Datum of the tiles: required with them. The data stay true; what is drawn is shifted to it.

    `bd09` is Baidu's: its own grid, and its own numbers for {z}, {x} and {y}, counted from the equator northward."""
    tiles_max_zoom: Annotated[int, Field(ge=1, le=22)] = 18
    """The closest zoom that there are tiles of."""

    @model_validator(mode="after")
    def _usable(self) -> Map:
        if (self.tiles is None) != (self.tiles_datum is None):
            raise ValueError("tiles and tiles_datum go together")
        if self.tiles is None:
            return self
        if missing := [hole for hole in ("{z}", "{x}", "{y}") if hole not in self.tiles]:
            raise ValueError(f"tiles lacks {', '.join(missing)}")
        parts = urlsplit(self.tiles)
        if parts.scheme not in ("", "http", "https") or (parts.scheme and not _HOST.fullmatch(parts.netloc)):
            raise ValueError("tiles must be http(s)://host[:port]/... or a path")
        if not parts.scheme and parts.netloc:
            raise ValueError("tiles must name http or https before //host")
        return self
