"""Inlining of Leaflet (map library) into pages, and the source and datum of map tiles."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import folium
from branca.element import Element, Figure
from markupsafe import Markup
from xstatic.pkg import leaflet

from geodata.datum.datum_names import BD09, BD09MC, GCJ02, Datum
from sweep.publish.edition import Edition

_FOLDER = Path(leaflet.BASE_DIR)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=\S+\s*$")
_VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">'
_IMAGE = re.compile(r"url\((images/[\w.-]+\.png)\)")


@cache
def leaflet_js() -> str:
    """Return Leaflet's script with its copyright notice, without web addresses."""
    text = (_FOLDER / "leaflet.js").read_text(encoding="utf-8")
    return _SOURCE_MAP.sub("\n", text).replace("https://leafletjs.com", "")


@cache
def leaflet_css() -> str:
    """Return Leaflet's style sheet with its images inlined."""
    text = _COMMENT.sub("", (_FOLDER / "leaflet.css").read_text(encoding="utf-8"))
    return _IMAGE.sub(lambda found: f"url({_data_uri(_FOLDER / found[1])})", text)


class Verbatim(Element):
    """HTML added to a page unchanged; branca would run it, with the table values in it, as a template."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html

    def render(self, **_: object) -> str:
        """Return the element's HTML unchanged, not as a template."""
        return self.html


class OfflineMap(folium.Map):
    """folium map that opens without a network: its page holds Leaflet, and no library for folium's own markers."""

    default_js, default_css = [], []

    def render(self, **kwargs: object) -> str:
        """Add Leaflet and the map to the page that holds the map; return an empty string."""
        header, name = cast(Figure, self.get_root()).header, self.get_name()
        header.add_child(Verbatim(f"<style>{leaflet_css()}</style>\n<script>{leaflet_js()}</script>"), name="leaflet")
        super().render(**kwargs)  # type: ignore[no-untyped-call]
        # Replaces the head of folium's map, which disables zooming of the page, which users with poor sight need.
        sides = (f"{side}: {''.join(map(str, getattr(self, side)))}" for side in ("width", "height", "left", "top"))
        style = (
            f"html, body {{ height: 100%; margin: 0; }} #{name} {{ position: {self.position}; {'; '.join(sides)}; }}"
        )
        header.add_child(Verbatim(f"{_VIEWPORT}\n<style>{style}</style>"), name=name)
        return ""


def _data_uri(path: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode("ascii")


_DRAWN_IN: Mapping[Datum | None, str] = {GCJ02: "gcj02", BD09: "bd09", BD09MC: "bd09"}


@dataclass(frozen=True, slots=True)
class TileSource:
    """Source of the page's map tiles; an empty `url` means no tiles."""

    url: str
    """Template of the tiles' addresses, with placeholders for zoom, column and row."""
    datum: str
    """Datum of the tiles: `wgs84`, `gcj02` or `bd09` (Baidu's own tile grid); CGCS2000 counts as WGS-84."""
    max_zoom: int

    @property
    def image_sources(self) -> str:
        """Image source that the page's security policy must allow for the tiles: one origin, or `file:`."""
        if not self.url:
            return ""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else "file:"

    @property
    def body_tag(self) -> Markup:
        """Body tag of the page, with address, largest zoom and datum of the tiles as attributes for its script."""
        if not self.url:
            return Markup("<body>")
        tag = Markup('<body data-tiles="{}" data-tiles-max="{}" data-datum="{}">')
        return tag.format(self.url, self.max_zoom, self.datum)


def tile_ground(edition: Edition) -> TileSource:
    """Return the source of map tiles that the scenario sets; without one, a source with an empty `url`."""
    given = edition.scenario.map
    if given.tiles is None:
        return TileSource("", "wgs84", 0)
    return TileSource(given.tiles, _DRAWN_IN.get(given.tiles_datum, "wgs84"), given.tiles_max_zoom)
