"""map.html: one file with everything in it, opened from disk, that asks no host for anything."""

from __future__ import annotations

import re

import folium
from branca.element import Figure
from markupsafe import escape

from geodata.texts import Texts
from sweep.publish.edition import Edition
from sweep.publish.escape import json_for_script
from sweep.publish.facts import team_facts
from sweep.publish.leaflet import leaflet_css, leaflet_js
from sweep.publish.maplayers import map_content, value_legend
from sweep.publish.pages import render_part, static_text, with_policy

_MAP_ID = "sweep"
_VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>')


def map_page(edition: Edition, texts: Texts) -> str:
    """
    The whole map as HTML.

    Parameters
    ----------
    edition
        A plan that breaks no rule.
    texts
        The language of the page.
    """
    content = map_content(edition, texts)
    head = "\n".join(
        (
            f"<style>{leaflet_css()}</style>",
            f"<style>{static_text('map.css')}</style>",
            f"<script>{leaflet_js()}</script>",
        )
    )
    panel = render_part(
        "map_panel.html.j2", texts, edition=edition, teams=team_facts(edition), legend=value_legend(edition)
    )
    body = f'{panel}\n<script type="application/json" id="plan-data">{json_for_script(content)}</script>'
    # Put in as text, from the end to the start, so that nothing put in is searched again: branca would run an element's
    # text as a template, and a building named `{{ ... }}` with it.
    page, end, rest = _folium_page().rpartition("</script>")
    page = f"{page}{static_text('map.js')}{end}{rest}"
    page = page.replace("<body>", f"<body>\n{body}", 1)
    page = page.replace("</head>", f"{head}\n</head>", 1)
    # folium forbids to zoom the page, which those who see poorly need.
    page = _VIEWPORT.sub('<meta name="viewport" content="width=device-width, initial-scale=1">', page, count=1)
    title = escape(texts("map.title", name=edition.scenario.name))
    page = page.replace("<head>", f"<head>\n<title>{title}</title>", 1)
    page = page.replace("<html>", f'<html lang="{texts.html_lang}">', 1)
    return with_policy(page)


def _folium_page() -> str:
    """The bare page about an empty map named `map_sweep`."""
    figure = Figure()
    page_map = folium.Map(
        location=(0.0, 0.0),
        tiles=None,
        prefer_canvas=True,
        control_scale=False,
        attributionControl=False,
        zoom_snap=0.5,
    )
    page_map.default_js = []
    page_map.default_css = []
    figure.add_child(page_map)
    # branca draws random names, with which two runs would differ.
    for element in (figure, page_map):
        element._id = _MAP_ID
    return str(figure.render())
