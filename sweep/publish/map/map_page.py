"""map.html: one self-contained file, opened from disk, that loads nothing except map tiles set by the user."""

import folium
from branca.element import Figure
from folium.template import Template
from markupsafe import escape

from geodata.message_catalogue import Texts, load_texts
from sweep.publish.edition import Edition
from sweep.publish.map.folium_elements import (
    CityGround,
    LeadClusters,
    PlanPanel,
    RankedBuildings,
    TeamRoutes,
    TimeSlider,
    UnservedVisits,
)
from sweep.publish.map.inline_leaflet import OfflineMap, tile_ground
from sweep.publish.page.render_pages import with_policy

_LAYERS = (CityGround, RankedBuildings, LeadClusters, TeamRoutes, UnservedVisits)


def map_page(edition: Edition, texts: Texts) -> str:
    """Return the map of a plan as HTML, with a policy that allows only its own scripts and styles."""
    return with_policy(str(plan_map(edition, texts).get_root().render()), images=tile_ground(edition).image_sources)


def plan_map(edition: Edition, texts: Texts | None = None) -> folium.Map:
    """
    Return the folium map of a plan: all its layers, time slider and panel, over the scenario's tiles.

    Further folium layers and plugins may be added; their controls fit on the left, where no panel covers them. Plugins
    that load files need a network.

    Parameters
    ----------
    edition
        A published plan.
    texts
        Texts of the map; default: in the scenario's language.
    """
    texts = texts or load_texts(edition.scenario.lang)
    figure = _Page(edition, texts)
    page_map = OfflineMap(tiles=None, attributionControl=False, fade_animation=False)
    elements = [element(edition, texts) for element in (*_LAYERS, TimeSlider, PlanPanel)]
    for element in elements:
        page_map.add_child(element)
    figure.add_child(page_map)
    # branca uses random ids, which would differ between runs.
    for named in (figure, page_map, *elements):
        named._id = "sweep"
    return page_map


class _Page(Figure):
    _template = Template("""<!DOCTYPE html>
<html lang="{{ this.texts.html_lang }}">
<head>
<title>{{ this.title }}</title>
{{ this.header.render(**kwargs) }}
</head>
{{ this.body_tag }}
{{ this.html.render(**kwargs) }}
<script>
{{ this.script.render(**kwargs) }}
</script>
</body>
</html>
""")

    def __init__(self, edition: Edition, texts: Texts) -> None:
        super().__init__(title=escape(texts("map.title", name=edition.scenario.name)))
        self.texts, self.body_tag = texts, tile_ground(edition).body_tag
