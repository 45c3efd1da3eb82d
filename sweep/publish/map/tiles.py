"""The pictures below the map, where the closed network has some: from where, and in which datum they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from markupsafe import Markup

from geodata.datum.names import BD09, BD09MC, GCJ02, Datum
from sweep.publish.edition import Edition

_DRAWN_IN: Mapping[Datum | None, str] = {GCJ02: "gcj02", BD09: "bd09", BD09MC: "bd09"}


@dataclass(frozen=True, slots=True)
class TileGround:
    """What the page must know of its tiles; all empty without any."""

    url: str
    datum: str
    """`wgs84`, `gcj02` or `bd09`, which is in Baidu's own grid; CGCS2000 is drawn as WGS-84."""
    max_zoom: int

    @property
    def image_sources(self) -> str:
        """What the page's policy must allow besides images inside it: one origin, or files."""
        if not self.url:
            return ""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else "file:"

    @property
    def body_tag(self) -> Markup:
        """The page's body with what its script reads of the tiles."""
        if not self.url:
            return Markup("<body>")
        tag = Markup('<body data-tiles="{}" data-tiles-max="{}" data-datum="{}">')
        return tag.format(self.url, self.max_zoom, self.datum)


def tile_ground(edition: Edition) -> TileGround:
    """The tiles that the scenario names."""
    given = edition.scenario.map
    if given.tiles is None:
        return TileGround("", "wgs84", 0)
    return TileGround(given.tiles, _DRAWN_IN.get(given.tiles_datum, "wgs84"), given.tiles_max_zoom)
