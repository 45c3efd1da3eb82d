"""Leaflet from its package, made to stand inside a page: no link, no file beside it, no outside address."""

from __future__ import annotations

import base64
import re
from functools import cache
from pathlib import Path
from typing import cast

import folium
from branca.element import Element, Figure
from xstatic.pkg import leaflet

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=\S+\s*$")
_IMAGE = re.compile(r"url\((images/[\w.-]+\.png)\)")


@cache
def leaflet_js() -> str:
    """The library's script; its notice of copyright stays, its links go."""
    text = (_folder() / "leaflet.js").read_text(encoding="utf-8")
    return _SOURCE_MAP.sub("\n", text).replace("https://leafletjs.com", "")


@cache
def leaflet_css() -> str:
    """The library's style sheet with its images inside."""
    text = _COMMENT.sub("", (_folder() / "leaflet.css").read_text(encoding="utf-8"))
    return _IMAGE.sub(lambda found: f"url({_data_uri(_folder() / found[1])})", text)


def self_contained(page_map: folium.Map) -> folium.Map:
    """The same folium map, changed so that its page holds Leaflet and opens with no network."""
    page_map.default_js, page_map.default_css = [], []
    head = f"<style>{leaflet_css()}</style><script>{leaflet_js()}</script>"
    # branca runs the text of an element as a template.
    cast(Figure, page_map.get_root()).header.add_child(Element(f"{{% raw %}}{head}{{% endraw %}}"))
    return page_map


def _folder() -> Path:
    return Path(leaflet.BASE_DIR)


def _data_uri(path: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode("ascii")
