"""map.html: one self-contained file, opened from disk, that loads nothing but tiles named by the user."""

import re
from functools import cache
from importlib import resources

import folium
from branca.element import Figure
from markupsafe import escape

from geodata.message_catalogue import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.team_facts import team_facts
from sweep.publish.map.layers import map_content, unserved_reasons, value_legend
from sweep.publish.map.leaflet import TileSource, leaflet_css, leaflet_js, tile_ground
from sweep.publish.page.escape import json_for_script
from sweep.publish.page.team_colours import REASON_COLOURS
from sweep.publish.page.templates import render_part, static_text, with_policy

_VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>')


def map_page(edition: Edition, texts: Texts) -> str:
    """The whole map as HTML."""
    ground = tile_ground(edition)
    head = "\n".join(
        (
            f"<style>{leaflet_css()}</style>",
            f"<style>{static_text('map/style.css')}</style>",
            f"<script>{leaflet_js()}</script>",
        )
    )
    data = json_for_script(map_content(edition, texts))
    body = f'{_panel(edition, ground, texts)}\n<script type="application/json" id="plan-data">{data}</script>'
    # Inserted as text, from the end to the start, so that inserted text is not searched again: branca would render it
    # as a template, including a building named `{{ ... }}`.
    page, end, rest = _folium_page().rpartition("</script>")
    page = f"{page}{map_script()}{end}{rest}"
    page = page.replace("<body>", f"{ground.body_tag}\n{body}", 1)
    page = page.replace("</head>", f"{head}\n</head>", 1)
    # folium disables zooming of the page, which users with poor sight need.
    page = _VIEWPORT.sub('<meta name="viewport" content="width=device-width, initial-scale=1">', page, count=1)
    title = escape(texts("map.title", name=edition.scenario.name))
    page = page.replace("<head>", f"<head>\n<title>{title}</title>", 1)
    page = page.replace("<html>", f'<html lang="{texts.html_lang}">', 1)
    return with_policy(page, images=ground.image_sources)


def _panel(edition: Edition, ground: TileSource, texts: Texts) -> str:
    return render_part(
        "map/panel.html.j2",
        texts,
        edition=edition,
        teams=team_facts(edition),
        legend=value_legend(edition),
        reasons=unserved_reasons(edition, texts),
        reason_colours=REASON_COLOURS,
        n_leads=int(edition.ranking["n_leads"].sum()),
        datum=ground.datum,
    )


@cache
def map_script() -> str:
    """Script of the page: the files of `script/` in the order of their names, in one closure."""
    folder = resources.files("sweep.publish.map") / "script"
    parts = sorted((p for p in folder.iterdir() if p.name.endswith(".js")), key=lambda p: p.name)
    code = "\n".join(part.read_text(encoding="utf-8") for part in parts)
    return f'\n(function () {{\n"use strict";\n{code}}})();\n'


def _folium_page() -> str:
    """HTML of an empty folium map named `map_sweep`."""
    figure = Figure()
    page_map = folium.Map(
        location=(0.0, 0.0),
        tiles=None,
        control_scale=False,
        attributionControl=False,
        fade_animation=False,
    )
    page_map.default_js = []
    page_map.default_css = []
    figure.add_child(page_map)
    # branca uses random ids, which would differ between runs.
    for element in (figure, page_map):
        element._id = "sweep"
    return str(figure.render())
